"""Check what a first real run needs. A check is one function and one entry of `CHECKS`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

from promoter.common.errors import PromoterError, UsageError
from promoter.git import Git
from promoter.setup.doctor import control, forge, foundation, machine, places, repository
from promoter.setup.doctor.check import Check, CheckResult, CheckState, Surroundings
from promoter.site.site import Site
from promoter.toolchain import Toolchain

MACHINE: Mapping[str, Check] = {
    "programs": machine.check_programs,
    "cache": machine.check_cache,
}
"""The checks that need nothing of the remote, in the order of their rows."""

PLATFORM: Mapping[str, Check] = {
    "gates": repository.check_gates,
    "productions": repository.check_productions,
    "rules": control.check_control,
    "cluster": places.check_clusters,
    "images": places.check_images,
    "state": places.check_states,
}
"""The checks of local environments, whose remote is the embedded platform's own."""

CHECKS: Mapping[str, Check] = {
    "signing": machine.check_signing,
    "push": repository.check_push,
    "gates": repository.check_gates,
    "productions": repository.check_productions,
    "keys": repository.check_keys,
    "rules": control.check_control,
    "settings": repository.check_placeholders,
    "rulesets": forge.check_rulesets,
    "workflows": forge.check_workflows,
    "variables": forge.check_variables,
    "credentials": machine.check_credentials,
    "providers": foundation.check_locks,
    "accounts": foundation.check_foundations,
    "backups": repository.check_backups,
    **PLATFORM,
}
"""The checks of a repository on a forge."""

SECONDS = 40.0
"""The time after which a check that has not ended is unknown."""


def diagnose(
    folder: Path,
    names: Sequence[str] = (),
    kubeconfig: Path | None = None,
    *,
    remote: str | None = None,
    branch: str = "main",
    fetch: bool = True,
) -> tuple[CheckResult, ...]:
    """Return the rows of all checks for the environments that ``names`` select.

    A remote that cannot be read is a row, and the checks go on with the next one. Raises
    `UsageError` for an unknown name.
    """
    git = Git(Git(folder).top())
    toolchain = Toolchain(git.dir)
    unread = Surroundings(git, Site(git, "", branch, ""), toolchain, (), kubeconfig)
    rows = [*examine(unread, MACHINE)]
    try:
        sites, errors = Site.each(git.dir, names, remote=remote, branch=branch, fetch=fetch)
    except UsageError:
        raise
    except PromoterError as error:
        return (*rows, CheckResult.failed("repository", error))
    for site, chosen in sites:
        site.select(chosen)
        surroundings = replace(unread, site=site, names=tuple(chosen))
        rows += examine(surroundings, PLATFORM if site.local else CHECKS)
    rows += [CheckResult.failed(f"remote {name}", error) for name, error in errors.items()]
    return tuple(rows)


def examine(
    surroundings: Surroundings, checks: Mapping[str, Check], seconds: float = SECONDS
) -> tuple[CheckResult, ...]:
    """Return the rows of all checks, run side by side for at most ``seconds``.

    A check that raises `PromoterError` is a problem with that message.
    """
    results: dict[str, tuple[CheckResult, ...]] = {}

    def run(name: str, check: Check) -> None:
        try:
            results[name] = tuple(check(surroundings))
        except PromoterError as error:
            results[name] = (CheckResult.failed(name, error),)

    # Daemons: one that hangs must not keep the command from ending.
    threads = [Thread(target=run, args=each, daemon=True) for each in checks.items()]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = f"it did not end within {seconds:.0f} s"
    return tuple(
        row
        for name in checks
        for row in results.get(name, (CheckResult(name, CheckState.UNKNOWN, late),))
    )


__all__ = [
    "CHECKS",
    "MACHINE",
    "PLATFORM",
    "CheckResult",
    "CheckState",
    "Surroundings",
    "diagnose",
    "examine",
]
