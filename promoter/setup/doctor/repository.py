"""Checks of the repository: push rights, gates, lists of keys, settings."""

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.common.errors import PromoterError
from promoter.common.values import texts
from promoter.concourse.deployments import FOUNDATION
from promoter.gate.gates import BRANCH, UNGATED
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git.signing import listed_keys
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.setup.remote import require_push
from promoter.site.gates import PRODUCTION
from promoter.site.site import Site
from promoter.testflight.attestation import ALLOWED_TESTERS

_ZEROS = re.compile(r"[0-]*0{8}-0{4}[0-]*")
_EXAMPLES = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
"""Addresses for documentation (RFC 5737)."""


def check_push(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that the remote accepts pushes from here; its rulesets apply only to real ones."""
    site = surroundings.site
    require_push(site, BRANCH)
    yield CheckResult(
        "push", CheckState.OK, f"{site.remote} accepts pushes; its rules were not tried"
    )


def check_gates(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find deployments whose gates file is missing, incomplete or wrong."""
    site = surroundings.site
    for error in site.unreadable.values():
        yield CheckResult.failed("gates", error)
    for deployment in dict.fromkeys(each.deployment for each in surroundings.environments):
        check = f"gates of {deployment}"
        try:
            yield CheckResult(check, CheckState.OK, _gated(site, deployment))
        except PromoterError as error:
            yield CheckResult(check, CheckState.PROBLEM, str(error), "promoter init")


def _gated(site: Site, deployment: str) -> str:
    """Return which environments are held; raises `PromoterError` for an invalid gate."""
    gated = site.gated(deployment)
    with gated.reading() as history:
        for name in gated.environments:
            gated.decided_at(name, history)
    gates = site.approvals.gates(deployment)
    held = [name for name in gated.environments if gates.commit(name)]
    return f"every environment has one; held at a commit: {', '.join(held) or 'none'}"


def check_productions(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find productions that nobody has to approve: settings became a production's later."""
    for environment in surroundings.environments:
        if environment.stage != PRODUCTION:
            continue
        with suppress(PromoterError):  # `check_gates` names a gate that cannot be read.
            gates = surroundings.site.approvals.gates(environment.deployment)
            if gates.commit(environment.name) is None:
                detail = f"its stage is {PRODUCTION}, and its gate is {UNGATED}: nobody approves it"
                remedy = f"replace {UNGATED} with a commit in {gates.file} on {BRANCH}"
                yield CheckResult(f"gate of {environment.name}", CheckState.PROBLEM, detail, remedy)


def check_keys(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find lists of signers, deployers and testers that are empty."""
    lists = {
        "signers": (ALLOWED_SIGNERS, "promoter init"),
        "deployers": (ALLOWED_DEPLOYERS, "promoter init --deployer <pipeline's public key>"),
        "testers": (ALLOWED_TESTERS, "promoter init --tester <pipeline's public key>"),
    }
    site = surroundings.site
    for check, (path, remedy) in lists.items():
        if keys := listed_keys(site.git.file(site.tip, path)):
            yield CheckResult(check, CheckState.OK, f"{path} lists {len(keys)}")
        else:
            detail = f"{path} lists nobody on {site.remote}/{site.branch}"
            yield CheckResult(check, CheckState.PROBLEM, detail, remedy)


def check_placeholders(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find settings that still have a placeholder: an id of zeros, an address of documentation."""
    clean = []
    for environment in surroundings.environments:
        deployments = (environment.deployment, "lana-bank", FOUNDATION)
        files = ("shared.yml", *(f"{each}.yml" for each in deployments))
        found = {
            f"{file}: {key}": None
            for file in dict.fromkeys(files)
            for key, text in texts(environment.settings(file))
            if _ZEROS.fullmatch(text) or _is_example(text)
        }
        if not found:
            clean.append(environment.name)
        else:
            detail = f"placeholders: {', '.join(found)}"
            remedy = f"write the real ids and addresses into {environment.folder}/"
            check = f"settings of {environment.name}"
            yield CheckResult(check, CheckState.PROBLEM, detail, remedy)
    if clean:
        yield CheckResult("settings", CheckState.OK, f"no placeholder in {', '.join(clean)}")


def check_backups(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find productions on Google Cloud that would take a release without a recent backup.

    A first deploy has no backup yet, so the settings cannot require it there.
    """
    for environment in surroundings.environments:
        named = (environment.platform, environment.stage)
        if named != ("gcp", PRODUCTION) or environment.deployment == FOUNDATION:
            continue
        settings = environment.settings("lana-bank.yml")
        postgres = settings.get("postgres", {}) if isinstance(settings, dict) else {}
        hours = postgres.get("backup_younger_than_hours")
        check = f"backups of {environment.name}"
        if hours:
            detail = f"a release waits for a backup of the last {hours} hours"
            yield CheckResult(check, CheckState.OK, detail)
        elif environment.recorded:
            detail = "a release that migrates has no way back but a backup, and needs none"
            remedy = f"set postgres.backup_younger_than_hours in {environment.folder}/lana-bank.yml"
            yield CheckResult(check, CheckState.PROBLEM, detail, remedy)


def _is_example(text: str) -> bool:
    """Return whether ``text`` is a range of addresses for documentation."""
    with suppress(ValueError):
        return any(map(IPv4Network(text).subnet_of, _EXAMPLES))
    return False
