"""How one environment of a deployment is decided, after cepler's rules and beyond its words.

Cepler knows "something new" and "nothing new". What is held back, and by what, is ours: it
comes from comparing what is cleared with what the tip would bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promoter.common.errors import PromoterError
from promoter.gate.committed import Committed
from promoter.gate.decision import (
    Blocked,
    Decision,
    Due,
    HeldByGate,
    Hold,
    NotDeployedYet,
    NotPassedYet,
    UpToDate,
    changes_between,
    taken_from,
)
from promoter.gate.evaluation import Evaluation, HashOnDisk, View
from promoter.gate.history import History
from promoter.gate.state import LATEST, DeployState, ident
from promoter.git.objects import TreeEntry

if TYPE_CHECKING:
    from promoter.gate.deployment import Deployment


class Deciding:
    """Decides environments of ``deployment`` while ``history`` is open.

    What one environment's decision needed is kept for the next one's.
    """

    def __init__(
        self, deployment: Deployment, history: History, *, ignore_queue: bool = False
    ) -> None:
        self._deployment = deployment
        self._history = history
        self._ignore_queue = ignore_queue
        self._committed = Committed(history, deployment.config_path)
        self._views: dict[tuple[str, str], View] = {}
        self._hoped: dict[str, DeployState | None] = {}

    def decide(self, name: str, *, origins: bool = True) -> Decision:
        """The decision; with ``origins`` every file says where it comes from."""
        deployment = self._deployment
        passed = deployment.environment(name).passed
        recorded = deployment.recorded(name)
        if passed is not None and passed not in deployment.states:
            return Blocked(name, (NotDeployedYet(passed),), recorded)
        view = self.view(name)
        if passed is not None and view.propagated_head is None:
            holds = [self._before_passed(name, passed, view.commit)]
        else:
            due = self._due(view, origins=origins)
            if due is not None:
                return due
            holds = self._holds(name, view)
        if recorded is not None and not holds:
            return UpToDate(name, recorded)
        told = map(self._with_origins, holds) if origins else holds
        return Blocked(name, tuple(told), recorded)

    def check(self, name: str, *, origins: bool = False) -> Due | None:
        """A `Due`, or None for nothing new, as cepler's ``check`` has it."""
        deployment = self._deployment
        passed = deployment.environment(name).passed
        at = deployment.decided_at(name, self._history)
        if passed is not None and passed not in deployment.states:
            raise PromoterError(
                f"check {name}: {NotDeployedYet(passed)}", next_step=f"deploy {passed} first"
            )
        return self._due(self.view(name, at), origins=origins)

    def view(self, name: str, commit: str | None = None) -> View:
        """What ``name`` would run at ``commit``, or else at the commit that it is decided at."""
        at = commit or self._deployment.decided_at(name, self._history)
        if (name, at) not in self._views:
            environment = self._deployment.environment(name)
            self._views[name, at] = self._evaluation(name).at(
                at, environment, self._deployment.name
            )
        return self._views[name, at]

    def oldest(self, view: View) -> View:
        """The same view at its trigger: the oldest commit with the same outcome."""
        return self._evaluation(view.environment.name).oldest_equivalent(view)

    def on_disk(self, name: str, disk: HashOnDisk) -> DeployState:
        """What ``name`` would run by the commits, triggered as what lies on ``disk`` says."""
        evaluation = self._evaluation(name, disk)
        at = self._deployment.decided_at(name, self._history)
        view = evaluation.at(at, self._deployment.environment(name), self._deployment.name)
        return self._state(evaluation.oldest_equivalent(view))

    def _evaluation(self, name: str, disk: HashOnDisk | None = None) -> Evaluation:
        own = self._deployment.recorded(name)
        return Evaluation(self._committed, own, ignore_queue=self._ignore_queue, disk=disk)

    def _due(self, view: View, *, origins: bool) -> Due | None:
        name = view.environment.name
        recorded = self._deployment.recorded(name)
        current = recorded.current if recorded else None
        if current is not None and not changes_between(view.state(), current):
            return None
        oldest = self.oldest(view)
        state = self._state(oldest) if origins else oldest.state()
        return Due(
            environment=name,
            decided_at=view.commit,
            version=recorded.version + 1 if recorded else 1,
            state=state,
            changes=changes_between(state, current),
            recorded=recorded,
        )

    def _state(self, view: View) -> DeployState:
        from promoter.gate.origins import origins  # not for a check

        recorded = self._deployment.recorded(view.environment.name)
        current = recorded.current if recorded else None
        folders = view.environment.latest_patterns().folders()
        found = origins(self._history, view.commit, view.latest, current, folders)
        bare = view.state()
        own = {ident(LATEST, path): file for path, file in found.items()}
        return bare._replace(files={**bare.files, **own})

    # --- what holds it back --------------------------------------------------------

    def _before_passed(self, name: str, passed: str, at: str) -> Hold:
        """What holds ``name`` back where ``passed`` has no record at the commit decided at."""
        tip = self._deployment.tip
        if at == tip:
            return NotDeployedYet(passed)
        recorded = self._deployment.recorded(name)
        at_tip = self.view(name, tip).state()
        return HeldByGate(at, changes_between(at_tip, recorded.current if recorded else None))

    def _holds(self, name: str, view: View) -> list[Hold]:
        """What holds back a recorded environment for which nothing is due."""
        recorded = self._deployment.states[name]
        at_tip = self.view(name, self._deployment.tip)
        cleared = changes_between(at_tip.state(), recorded.current)
        holds: list[Hold] = [HeldByGate(view.commit, cleared)] if cleared else []
        hoped = self._hope(name)
        passed = view.environment.passed
        if hoped is not None and passed is not None:
            known = {change.identity for change in cleared}
            rest = changes_between(hoped, recorded.current)
            rest = tuple(change for change in rest if change.identity not in known)
            holds += [NotPassedYet(passed, rest)] if rest else []
        return holds

    def _with_origins(self, hold: Hold) -> Hold:
        """The same, each file with the commit that the tip has it from."""
        if isinstance(hold, NotDeployedYet):
            return hold
        from promoter.gate.origins import origins

        tip = self._deployment.tip
        latest: dict[str, TreeEntry] = {}
        for change in hold.changes:
            if change.current is not None and not change.current.from_commit:
                entry = self._history.entry(tip, change.path)
                if entry is not None and entry.blob == change.current.file_hash:
                    latest[change.path] = entry
        found = origins(self._history, tip, latest)
        return hold._replace(
            changes=tuple(
                each._replace(current=found[each.path]) if each.path in found else each
                for each in hold.changes
            )
        )

    def _hope(self, name: str) -> DeployState | None:
        """What ``name`` would run if everything at the tip had passed everywhere before it."""
        if name in self._hoped:
            return self._hoped[name]
        self._hoped[name] = None  # a cycle of passed environments ends here
        view = self.view(name, self._deployment.tip)
        passed = view.environment.passed
        upstream = self._hope(passed) if passed else None
        if upstream is not None:
            view = view._replace(taken=taken_from(upstream, view.environment))
        self._hoped[name] = view.state()
        return self._hoped[name]
