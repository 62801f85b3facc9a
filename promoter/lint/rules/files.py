"""Rules for the files of the gate: cepler files and state files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promoter.common.finding import Finding
from promoter.gate.sources import state_path
from promoter.lint.snapshot import FOLDER, GateSnapshot


def check_invalid_files(snapshot: GateSnapshot) -> Iterable[Finding]:
    """Return the cepler files and state files that cannot be read."""
    return snapshot.invalid


def check_ambiguous_names(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find deployments and environments that an earlier cepler file has already."""
    first: dict[str, str] = {}
    for file, config in snapshot.configs.items():
        names = [f"deployment {config.deployment}"]
        names += [f"environment {name}" for name in config.environments]
        for name in names:
            if first.setdefault(name, file) != file:
                yield Finding(
                    file,
                    f"{first[name]} has {name} too, so it is unclear which rules apply",
                    "rename it, or remove it from one of the two files",
                )


def check_orphan_states(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find state files of environments that no cepler file has."""
    if any(finding.place not in snapshot.states for finding in snapshot.invalid):
        return  # their owner may be in the cepler file that cannot be read
    known = {state_path(each.file, each.deployment, each.name) for each in snapshot.environments()}
    for path in sorted(snapshot.states - known):
        deployment, _, name = path.removesuffix(".state").rpartition("/")
        yield Finding(
            path,
            f"no file in {FOLDER}/ has environment {name} of {deployment.rpartition('/')[2]}",
            "destroy what still runs there, then remove the state file; or restore the environment",
        )
