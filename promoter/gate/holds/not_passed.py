"""The environment that has to pass first does not run the change yet."""

from dataclasses import dataclass
from typing import Self

from promoter.gate.evaluator import Outlook
from promoter.gate.holds.hold import Hold, count


@dataclass(frozen=True)
class NotPassed(Hold):
    """``changes`` exist at the tip, but ``passed`` does not run them (or not all of them)."""

    passed: str

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold if the tip has changes that only deploying ``passed`` would clear."""
        passed = outlook.environment.passed
        if passed is None or outlook.is_due or not outlook.passed_is_deployed:
            return None
        changes = outlook.changes_not_passed
        return cls(changes, passed) if changes else None

    def __str__(self) -> str:
        """Return the number of files that wait, and the environment they wait for."""
        return f"{count(self.changes)} at the tip, not passed by '{self.passed}' yet"

    def next_step(self, environment: str) -> str:  # noqa: ARG002
        """Return the deploy that has to come first."""
        return f"promoter deploy {self.passed} first"
