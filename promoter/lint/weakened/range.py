"""What is compared: the gate before a change and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from promoter.git import Git
from promoter.lint.subject import Environment, GateSnapshot

MEANT = "restore it; where it is meant, let those who own cepler/ merge it over this check"
"""What to do about a gate that is weaker: people decide, who see it."""


@dataclass(frozen=True)
class Range:
    """The gate where a change began, and as it leaves it; all commits between are in ``git``."""

    git: Git
    before: GateSnapshot
    after: GateSnapshot

    @cached_property
    def now(self) -> Mapping[tuple[str, str], Environment]:
        """The environments of today by deployment and name."""
        return {(each.deployment, each.name): each for each in self.after.environments()}

    def both(self) -> Iterator[tuple[Environment, Environment]]:
        """Every environment that was and is, as it was and as it is."""
        for was in self.before.environments():
            found = self.now.get((was.deployment, was.name))
            if found is not None:
                yield was, found
