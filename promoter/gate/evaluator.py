"""Evaluates the environments of one deployment: the changes that the gate clears or holds back.

Cepler knows "something new" and "nothing new". Changes that wait are ours: they come from
comparing what is cleared with the tip.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from promoter.gate.begun import Begun
from promoter.gate.config import EnvironmentConfig
from promoter.gate.deployment import Deployment
from promoter.gate.evaluation import Evaluation, HashOnDisk, View
from promoter.gate.history import History
from promoter.gate.rules import FileChange, changes_between, taken_from
from promoter.gate.sources import Committed
from promoter.gate.state import LATEST, DeployState, EnvironmentState, ident, path_of
from promoter.git.objects import TreeEntry

if TYPE_CHECKING:
    from promoter.gate.control import Refusal


class Evaluator:
    """Evaluates environments of ``deployment`` while ``history`` is open, each view once."""

    def __init__(
        self, deployment: Deployment, history: History, *, ignore_queue: bool = False
    ) -> None:
        self.deployment = deployment
        self._history = history
        self._ignore_queue = ignore_queue
        self._committed = Committed(history, deployment.config_path)
        self._views: dict[tuple[str, str], View] = {}
        self._if_passed: dict[str, DeployState | None] = {}

    def decided_at(self, name: str) -> str:
        """Return the commit that ``name`` is decided at (see `Deployment.decided_at`)."""
        return self.deployment.decided_at(name, self._history)

    def view(self, name: str, commit: str | None = None) -> View:
        """Return what ``name`` would run at ``commit``, by default the one it is decided at."""
        key = (name, commit or self.decided_at(name))
        if key not in self._views:
            self._views[key] = self._evaluate(self._evaluation(name), *key)
        return self._views[key]

    def oldest(self, view: View) -> View:
        """Return the same view at its trigger: the oldest commit with the same outcome."""
        return self._evaluation(view.environment.name).oldest_equivalent(view)

    def new_state(self, view: View, *, origins: bool) -> DeployState | None:
        """Return the state that ``view`` makes, triggered by its oldest commit; None if not new.

        What a deploy that was begun and not recorded left there is not what is recorded, so any
        state is new then.
        """
        name = view.environment.name
        recorded, begun = self.deployment.recorded(name), self.deployment.begun(name)
        if recorded and not begun and not changes_between(view.state(), recorded.current):
            return None
        oldest = self.oldest(view)
        return self._with_origins(oldest) if origins else oldest.state()

    def state_at(self, name: str, commit: str) -> DeployState | None:
        """Return what ``name`` would run if it were decided at ``commit``; None if it is not new.

        Its own files do not name the commits that they come from; no control is queried.
        """
        outlook = Outlook(self, name, commit)
        if not outlook.in_history(commit) or not outlook.is_due:
            return None
        return self.new_state(outlook.view, origins=False)

    def refusals(self, name: str, would: DeployState | None) -> tuple[Refusal, ...]:
        """Return the reasons of the deployment's control against ``would``, if it has one."""
        deployment = self.deployment
        if deployment.control is None:
            return ()
        recorded, gated = deployment.recorded(name), deployment.is_gated(name)
        return deployment.control.judge(name, recorded, would, gated=gated)

    def state_on_disk(self, name: str, disk: HashOnDisk) -> DeployState:
        """Return what ``name`` would run by the commits, triggered by the files on ``disk``."""
        evaluation = self._evaluation(name, disk)
        view = self._evaluate(evaluation, name, self.decided_at(name))
        return self._with_origins(evaluation.oldest_equivalent(view))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether ``ancestor`` is ``descendant`` or one of its ancestors."""
        return self._history.is_ancestor(ancestor, descendant)

    def state_if_passed(self, name: str) -> DeployState | None:
        """Return what ``name`` would run if the tip had passed every environment before it."""
        if name in self._if_passed:
            return self._if_passed[name]
        self._if_passed[name] = None  # a cycle of passed environments ends here
        view = self.view(name, self.deployment.tip)
        passed = view.environment.passed
        upstream = self.state_if_passed(passed) if passed else None
        if upstream is not None:
            view = view._replace(taken=taken_from(upstream, view.environment))
        self._if_passed[name] = view.state()
        return self._if_passed[name]

    def changes_with_origins(self, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
        """Return ``changes`` at the tip, each file with the commit that the tip has it from."""
        from promoter.gate.origins import origins  # not for a check

        tip = self.deployment.tip
        latest: dict[str, TreeEntry] = {}
        for change in changes:
            if change.current is not None and not change.current.from_commit:
                entry = self._history.entry(tip, change.path)
                if entry is not None and entry.blob == change.current.file_hash:
                    latest[change.path] = entry
        found = origins(self._history, tip, latest)
        return tuple(
            change._replace(current=found[change.path]) if change.path in found else change
            for change in changes
        )

    def _evaluation(self, name: str, disk: HashOnDisk | None = None) -> Evaluation:
        own = self.deployment.recorded(name)
        return Evaluation(self._committed, own, ignore_queue=self._ignore_queue, disk=disk)

    def _evaluate(self, evaluation: Evaluation, name: str, commit: str) -> View:
        environment = self.deployment.environment(name)
        return evaluation.at(commit, environment, self.deployment.name)

    def _with_origins(self, view: View) -> DeployState:
        from promoter.gate.origins import origins  # not for a check

        recorded = self.deployment.recorded(view.environment.name)
        current = recorded.current if recorded else None
        folders = view.environment.latest_patterns().folders()
        found = origins(self._history, view.commit, view.latest, current, folders)
        bare = view.state()
        own = {ident(LATEST, path): file for path, file in found.items()}
        return bare._replace(files={**bare.files, **own})


class Outlook:
    """The changes that the gate clears or holds back, without the commits that they come from.

    With ``commit`` those of a gate that names it.
    """

    def __init__(self, evaluator: Evaluator, name: str, commit: str | None = None) -> None:
        self._evaluator = evaluator
        self._commit = commit
        self.environment: EnvironmentConfig = evaluator.deployment.environment(name)
        self.recorded: EnvironmentState | None = evaluator.deployment.recorded(name)
        self.begun: Begun | None = evaluator.deployment.begun(name)
        self.tip: str = evaluator.deployment.tip

    @cached_property
    def decided_at(self) -> str:
        """The commit that the decision reads: the gate's or the tip."""
        return self._commit or self._evaluator.decided_at(self.environment.name)

    def in_history(self, commit: str) -> bool:
        """Return whether ``commit`` is the tip or one of its ancestors."""
        return self._evaluator.is_ancestor(commit, self.tip)

    @cached_property
    def view(self) -> View:
        """The files that the environment would run at the commit that the decision reads."""
        return self._evaluator.view(self.environment.name, self.decided_at)

    @property
    def passed_is_recorded(self) -> bool:
        """True if the environment that has to pass first has a record now, or if there is none."""
        return self.environment.passed in (None, *self._evaluator.deployment.states)

    @property
    def passed_is_deployed(self) -> bool:
        """True if it had one at the commit that the decision reads, too."""
        if self.environment.passed is None:
            return True
        return self.passed_is_recorded and self.view.propagated_head is not None

    @cached_property
    def changes(self) -> tuple[FileChange, ...]:
        """The changes that the gate clears."""
        return self._changes(self.view.state()) if self.passed_is_deployed else ()

    @property
    def is_due(self) -> bool:
        """True if the gate clears something: a change, the first deployment, or one begun."""
        new = self.recorded is None or self.begun is not None or bool(self.changes)
        return self.passed_is_deployed and new

    @cached_property
    def changes_at_tip(self) -> tuple[FileChange, ...]:
        """The changes that would be cleared if the gate named the tip."""
        return self._changes(self._evaluator.view(self.environment.name, self.tip).state())

    @cached_property
    def changes_not_passed(self) -> tuple[FileChange, ...]:
        """The changes that a gate at the tip would not clear before they passed elsewhere."""
        state = self._evaluator.state_if_passed(self.environment.name)
        known = {change.identity for change in self.changes_at_tip}
        changes = self._changes(state) if state is not None else ()
        return tuple(change for change in changes if change.identity not in known)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The reasons of the deployment's control against the change, if there are any."""
        would = self.view.state() if self.is_due else None
        return self._evaluator.refusals(self.environment.name, would)

    def _changes(self, state: DeployState) -> tuple[FileChange, ...]:
        return changes_between(state, self.recorded.current if self.recorded else None)


def covered(deployment: Deployment, name: str, *, ignore_queue: bool = False) -> tuple[str, ...]:
    """Return the paths that ``name`` would run now, in the order of their identities."""
    with deployment.reading() as history:
        view = Evaluator(deployment, history, ignore_queue=ignore_queue).view(name)
    return tuple(path_of(key) for key in sorted(view.hashes()))
