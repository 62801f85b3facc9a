"""The environment that has to pass first has not been deployed."""

from dataclasses import dataclass
from typing import Self

from promoter.gate.evaluator import Outlook
from promoter.gate.holds.hold import Hold


@dataclass(frozen=True)
class NotDeployed(Hold):
    """The environment ``passed`` has no record at the commit that the decision reads."""

    passed: str

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold unless a later gate would find a record of ``passed``."""
        passed = outlook.environment.passed
        if passed is None or outlook.passed_is_deployed:
            return None
        later = outlook.passed_is_recorded and outlook.decided_at != outlook.tip
        return None if later else cls((), passed)

    def __str__(self) -> str:
        """Return cepler's own words."""
        return f"Previous environment '{self.passed}' not deployed yet"

    def next_step(self, environment: str) -> str:  # noqa: ARG002
        """Return the deploy that has to come first."""
        return f"promoter deploy {self.passed} first"
