"""Decisions: whether an environment is up to date, may take a change, or is held back."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

from promoter.common.errors import NotCleared, NothingNewer, PromoterError
from promoter.gate.begun import Begun
from promoter.gate.deployment import Deployment
from promoter.gate.evaluator import Evaluator, Outlook
from promoter.gate.holds import kinds
from promoter.gate.rules import FileChange, changes_between
from promoter.gate.state import DeployState, EnvironmentState

if TYPE_CHECKING:
    from promoter.gate.holds.hold import Hold


class DecisionStatus(StrEnum):
    """The three outcomes of a decision, as they are shown."""

    UP_TO_DATE = "up to date"
    DUE = "due"
    BLOCKED = "blocked"


class Decision(NamedTuple):
    """The decision about one environment.

    ``changes`` are those that it may take if it is due, or those that ``holds`` hold back.
    ``recorded`` is the record that they were compared with, None before the first deployment.
    A decision that is due has the ``state`` that the environment runs afterwards, and the
    commit that it was ``decided_at`` (the gate's or the tip). ``begun`` is a deploy that was not
    recorded; it makes the environment due without any change.
    """

    environment: str
    recorded: EnvironmentState | None
    changes: tuple[FileChange, ...] = ()
    holds: tuple[Hold, ...] = ()
    state: DeployState = DeployState("")
    decided_at: str = ""
    begun: Begun | None = None

    @property
    def status(self) -> DecisionStatus:
        """The outcome."""
        if self.holds:
            return DecisionStatus.BLOCKED
        return DecisionStatus.DUE if self.is_due else DecisionStatus.UP_TO_DATE

    @property
    def is_due(self) -> bool:
        """True if the environment may take a change."""
        return bool(self.decided_at)

    @property
    def trigger(self) -> str:
        """The commit that names the deployment: by cepler's walk the oldest of the same outcome."""
        return self.state.head_commit

    @property
    def version(self) -> int:
        """The version that recording writes."""
        return self.recorded.version + 1 if self.recorded else 1

    @property
    def next_step(self) -> str:
        """The next command for the environment, "" if it is up to date."""
        if self.is_due:
            return f"promoter deploy {self.environment}"
        return self.holds[0].next_step(self.environment) if self.holds else ""

    def require_due(self) -> Self:
        """Return the decision; raise `NothingNewer` if up to date, `NotCleared` if blocked."""
        if self.is_due:
            return self
        if self.holds:
            raise NotCleared(
                f"deploy {self.environment}: {'; '.join(map(str, self.holds))}",
                next_step=self.next_step,
            )
        raise NothingNewer(f"deploy {self.environment}: already up to date")


def decide(
    deployment: Deployment, name: str, *, ignore_queue: bool = False, origins: bool = True
) -> Decision:
    """Decide whether ``name`` is up to date, may take a change, or is held back.

    Without ``origins``, which is cheaper, only propagated files have the commit that they come
    from (``from_commit`` and ``message`` of others are empty).
    """
    with deployment.reading() as history:
        evaluator = Evaluator(deployment, history, ignore_queue=ignore_queue)
        return _decide(evaluator, name, origins=origins)


def decide_all(deployment: Deployment, *, origins: bool = True) -> dict[str, Decision]:
    """Decide every environment, in the config's order, in one pass over history."""
    with deployment.reading() as history:
        history.expect(deployment.folders())
        evaluator = Evaluator(deployment, history)
        return {name: _decide(evaluator, name, origins=origins) for name in deployment.environments}


def check(
    deployment: Deployment, name: str, *, ignore_queue: bool = False, origins: bool = False
) -> Decision | None:
    """Return what ``cepler check`` finds: a due decision, None for nothing new.

    Holds that cepler does not know are left to `decide`, but what the deployment's control
    refuses is blocked. Raises `PromoterError` where the passed environment has no record.
    """
    passed = deployment.environment(name).passed
    with deployment.reading() as history:
        evaluator = Evaluator(deployment, history, ignore_queue=ignore_queue)
        at = evaluator.decided_at(name)
        if passed is not None and passed not in deployment.states:
            from promoter.gate.holds.not_deployed import NotDeployed  # only for its words

            raise PromoterError(
                f"check {name}: {NotDeployed((), passed)}", next_step=f"deploy {passed} first"
            )
        decision = _cleared(evaluator, name, at, origins=origins)
        refusals = evaluator.refusals(name, decision.state) if decision.is_due else ()
    if refusals:
        from promoter.gate.holds.refused import Refused  # cepler has no such rules

        hold = Refused(decision.changes, refusals)
        return decision._replace(holds=(hold,), decided_at="")
    return decision if decision.is_due else None


def _decide(evaluator: Evaluator, name: str, *, origins: bool) -> Decision:
    outlook = Outlook(evaluator, name)
    holds = tuple(hold for kind in kinds() if (hold := kind.find(outlook)) is not None)
    if not holds:
        return _cleared(evaluator, name, outlook.decided_at, origins=origins)
    if origins:
        holds = tuple(
            replace(hold, changes=evaluator.changes_with_origins(hold.changes)) for hold in holds
        )
    changes = tuple(change for hold in holds for change in hold.changes)
    return Decision(name, outlook.recorded, changes, holds, begun=outlook.begun)


def _cleared(evaluator: Evaluator, name: str, commit: str, *, origins: bool) -> Decision:
    """Return the decision by what the commits have at ``commit``: due or up to date."""
    recorded = evaluator.deployment.recorded(name)
    state = evaluator.new_state(evaluator.view(name, commit), origins=origins)
    if state is None:
        return Decision(name, recorded)
    changes = changes_between(state, recorded.current if recorded else None)
    begun = evaluator.deployment.begun(name)
    return Decision(name, recorded, changes, (), state, commit, begun)
