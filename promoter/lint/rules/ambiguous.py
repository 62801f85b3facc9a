"""Environments and deployments that two cepler files have: one of them does not count."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.subject import GateSnapshot

ID = "ambiguous-name"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Every file that has a deployment or an environment of an earlier file."""
    first: dict[str, str] = {}
    for file, config in subject.configs.items():
        names = [f"deployment {config.deployment}"]
        names += [f"environment {name}" for name in config.environments]
        for name in names:
            if first.setdefault(name, file) != file:
                yield Finding(
                    ID,
                    file,
                    f"{first[name]} has {name}, too, so it is open whose rules hold",
                    "give it another name, or keep it in one of the two files",
                )
