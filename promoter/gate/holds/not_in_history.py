"""The gate of the environment names a commit that the branch does not have."""

from dataclasses import dataclass
from typing import Self

from promoter.gate.evaluator import Outlook
from promoter.gate.holds.hold import Hold


@dataclass(frozen=True)
class NotInHistory(Hold):
    """The gate names ``commit``: the branch was rewritten since, or it was never on it."""

    commit: str

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold unless the tip is the gate's commit or on top of it."""
        commit = outlook.decided_at
        return None if outlook.in_history(commit) else cls((), commit)

    def __str__(self) -> str:
        """Return the gate's commit."""
        return f"its gate names {self.commit[:12]}, which is not in the history of the branch"

    def next_step(self, environment: str) -> str:
        """Return the approval of a commit of the branch."""
        return f"promoter approve {environment} --commit <a commit of the branch> --reason '...'"
