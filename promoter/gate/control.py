"""The interface of rules that cepler has no fields for: approvals, windows, soaks and stops."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from promoter.gate.state import DeployState, EnvironmentState


class Refusal(NamedTuple):
    """A reason why a change that the gate clears may not be deployed, and what resolves it."""

    reason: str
    next_step: str


class Control(Protocol):
    """The rules of one deployment beyond cepler's; every decision is judged by them."""

    def judge(
        self,
        environment: str,
        recorded: EnvironmentState | None,
        would: DeployState | None,
        *,
        gated: bool,
    ) -> tuple[Refusal, ...]:
        """Return the reasons why ``environment`` may not run ``would`` now, none if it may.

        ``would`` is None where the gate clears nothing: then the result has the approvals that
        are under way. ``gated`` is False where the gate is ``HEAD``.
        """
