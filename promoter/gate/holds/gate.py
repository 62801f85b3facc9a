"""The gate of the environment names a commit before the change."""

from dataclasses import dataclass
from typing import Self

from promoter.gate.evaluator import Outlook
from promoter.gate.gates import BRANCH
from promoter.gate.holds.hold import Hold, count


@dataclass(frozen=True)
class HeldByGate(Hold):
    """``changes`` would be cleared at the tip, but the gate names ``commit``."""

    commit: str

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold if nothing is cleared at the gate, but something would be at the tip."""
        if outlook.is_due or not outlook.passed_is_recorded or outlook.decided_at == outlook.tip:
            return None
        changes = outlook.changes_at_tip
        waits = changes or not outlook.passed_is_deployed
        return cls(changes, outlook.decided_at) if waits else None

    def __str__(self) -> str:
        """Return the gate's commit and the number of files that wait."""
        return f"held back by gate {self.commit[:12]}: {count(self.changes)} at the tip"

    def next_step(self, environment: str) -> str:
        """Return the approval that moves the gate."""
        return (
            f"promoter approve {environment} --reason '...' "
            f"(a commit on branch {BRANCH}, where it is held at {self.commit[:12]})"
        )
