"""Rules that cepler does not know refuse the change: approvals, windows, soaks or stops."""

from dataclasses import dataclass
from typing import Self

from promoter.gate.control import Refusal
from promoter.gate.evaluator import Outlook
from promoter.gate.holds.hold import Hold


@dataclass(frozen=True)
class Refused(Hold):
    """The deployment's control refuses ``changes``, for at least one reason."""

    refusals: tuple[Refusal, ...]

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        """Return the hold if the control of the deployment refuses what the gate clears."""
        refusals = outlook.refusals
        return cls(outlook.changes if outlook.is_due else (), refusals) if refusals else None

    def __str__(self) -> str:
        """Return every reason."""
        return "; ".join(refusal.reason for refusal in self.refusals)

    def next_step(self, environment: str) -> str:  # noqa: ARG002
        """Return what resolves the first reason."""
        return self.refusals[0].next_step
