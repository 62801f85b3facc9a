"""Checks of the rules: that they are valid, and what of keys and approvals expires soon."""

from collections.abc import Iterator
from datetime import timedelta

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.control import GitControl
from promoter.approvals.keys import key_ends
from promoter.approvals.statement import Statement, record_digest
from promoter.common.errors import PromoterError
from promoter.gate.deployment import Deployment
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.site.site import Site

_KEYS_SOON, _VOTES_SOON = timedelta(days=30), timedelta(hours=24)
_VOTES = {"approve": "an approval", "override": "an override"}


def check_control(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Find rules that are wrong or wait for approvals, and keys and approvals that expire soon."""
    site = surroundings.site
    for name in dict.fromkeys(each.deployment for each in surroundings.environments):
        try:
            found = list(_problems(site, site.gated(name)))
        except PromoterError as error:
            yield CheckResult.failed(f"rules of {name}", error)
            continue
        for problem, remedy in found:
            yield CheckResult(f"rules of {name}", CheckState.PROBLEM, problem, remedy)
        if not found:
            yield CheckResult(f"rules of {name}", CheckState.OK, "valid, nothing expires soon")


def _problems(site: Site, deployment: Deployment) -> Iterator[tuple[str, str]]:
    control = site.control(deployment)
    if control.in_force is None:
        return
    _ = control.in_force.rules
    files = control.in_force
    for path, content in ((ALLOWED_SIGNERS, files.signers), (ALLOWED_DEPLOYERS, files.deployers)):
        for name, ends in key_ends(content):
            # The line of somebody who left stays, with its end in the past.
            present = ends > control.now or files.teams.owner("keys", name)
            if present and ends < control.now + _KEYS_SOON:
                verb = "ends" if ends > control.now else "ended"
                remedy = f"add a new line for {name}; promoter approve {deployment.name} --rules"
                yield f"the key of {name} in {path} {verb} at {ends.isoformat()}", remedy
    for vote in _waiting(control):
        if vote.ends and control.now < vote.ends < control.now + _VOTES_SOON:
            remedy = f"deploy before, or promoter approve {vote.environment} --reason '...'"
            by = f"{_VOTES[vote.kind]} of {vote.environment} by {vote.person}"
            yield f"{by} ends at {vote.expires}", remedy


def _waiting(control: GitControl) -> Iterator[Statement]:
    """Yield the approvals and overrides by people of a change of what runs now."""
    deployment = control.deployment
    runs = {name: record_digest(deployment.recorded(name)) for name in deployment.environments}
    for vote in map(control.verified, control.signed):
        if vote.kind in _VOTES and vote.person and runs.get(vote.environment) == vote.runs:
            yield vote
