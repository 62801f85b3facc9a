"""State files of environments that no cepler file has any more."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.gate.sources import state_path
from promoter.lint.finding import Finding
from promoter.lint.subject import FOLDER, GateSnapshot

ID = "orphan-state"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Every state file that belongs to no environment."""
    if any(finding.file not in subject.states for finding in subject.invalid):
        return  # whose they are is not known while a cepler file cannot be read
    known = {state_path(each.file, each.deployment, each.name) for each in subject.environments()}
    for path in sorted(subject.states - known):
        deployment, _, name = path.removesuffix(".state").rpartition("/")
        yield Finding(
            ID,
            path,
            f"no file of {FOLDER}/ has environment {name} of {deployment.rpartition('/')[2]}",
            "destroy what still runs there, then remove the state file; or restore the environment",
        )
