"""The files that one environment would run at a commit, and how far back they stay the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from promoter.common.errors import PromoterError
from promoter.gate.config import EnvironmentConfig, state_folder
from promoter.gate.graph import PathChange
from promoter.gate.history import Steps
from promoter.gate.patterns import Patterns, compiled
from promoter.gate.rules import identities, propagated_target, taken_from
from promoter.gate.sources import Committed, state_path
from promoter.gate.state import LATEST, DeployState, EnvironmentState, FileState, ident, path_of
from promoter.git.objects import TreeEntry

HashOnDisk = Callable[[str], str | None]


class View(NamedTuple):
    """The files that an environment would run at ``commit``.

    ``latest`` has the commit's own files by path, ``taken`` those of the passed environment
    (shadowed ones included), ``propagated_head`` the trigger that these were deployed by.
    """

    commit: str
    environment: EnvironmentConfig
    deployment: str
    latest: Mapping[str, TreeEntry]
    taken: Mapping[str, FileState]
    propagated_head: str | None

    def hashes(self) -> dict[str, str]:
        """Return every file's hash by identity."""
        return identities(
            self.environment,
            {path: entry.blob for path, entry in self.latest.items()},
            self.taken,
        )

    def state(self) -> DeployState:
        """Return the state that a deploy would make; its own files do not name their commits."""
        files: dict[str, FileState] = {
            ident(self.environment.passed or "", path): file
            for path, file in self.taken.items()
            if path not in self.latest
        }
        for path, entry in self.latest.items():
            files[ident(LATEST, path)] = FileState(entry.blob, "", "")
        return DeployState(self.commit, self.propagated_head, files)


class Evaluation:
    """Evaluates one environment at commits of one repository.

    ``own`` is what is recorded for it now; ``disk`` gives the hash of a file in the work
    tree where a record is made of what lies there, and is None for a decision.
    """

    def __init__(
        self,
        committed: Committed,
        own: EnvironmentState | None,
        *,
        ignore_queue: bool = False,
        disk: HashOnDisk | None = None,
    ) -> None:
        self._committed = committed
        self._history = committed.history
        self._config_path = committed.config_path
        self._own = own
        self._ignore_queue = ignore_queue
        self._disk = disk
        self._covered: dict[tuple[tuple[str, ...], str], Covered] = {}

    # --- one commit ----------------------------------------------------------------

    def at(self, commit: str, environment: EnvironmentConfig, deployment: str) -> View:
        """Return the view at ``commit`` under a config that may not be the commit's own."""
        folders = environment.latest_patterns().folders()
        listing = self._history.listing(commit, sorted(folders))
        covers = self._covers(environment, deployment)
        latest = {path: entry for path, entry in listing.items() if covers(path)}
        _refuse_unnameable(latest, commit)
        return self._with_taken(commit, environment, deployment, latest)

    def _with_taken(
        self,
        commit: str,
        environment: EnvironmentConfig,
        deployment: str,
        latest: Mapping[str, TreeEntry],
    ) -> View:
        taken: Mapping[str, FileState] = {}
        head = None
        if environment.passed is not None:
            own = self._own
            upstream = self._committed.state(commit, deployment, environment.passed)
            if environment.passed == environment.name:
                # Nonsense, but cepler has an answer: one record stands for both.
                own = upstream = upstream or own
            target = propagated_target(environment, own, upstream, ignore_queue=self._ignore_queue)
            if target is not None:
                taken, head = taken_from(target, environment), target.head_commit
        return View(commit, environment, deployment, latest, taken, head)

    # --- back in history -----------------------------------------------------------

    def oldest_equivalent(self, view: View) -> View:
        """Return the last commit of the walk back from ``view`` at which nothing differs yet.

        Cepler evaluates every commit anew. Here a commit is what its child was, less what
        changed between the two; most change nothing that matters and cost a look.
        """
        signature = self._signature(view)
        if signature is None:
            return view
        steps = Steps(self._history, view.commit, self._folders(view))
        views = {view.commit: view}
        best = view.commit
        foreign = self._is_foreign(view)
        for commit, child, changes in steps:
            before = views[child]
            if foreign and child == view.commit:
                found = self._committed_at(commit, view.environment.name)
            else:
                found = self._before(before, commit, changes) if changes else before
            if found is not before:
                if found is None or self._signature(found) != signature:
                    break
                steps.widen(self._folders(found))
            views[commit] = found
            best = commit
        return views[best]._replace(commit=best)

    def _folders(self, view: View) -> set[str]:
        """Return the paths below which everything lies that the view depends on."""
        folders = {self._config_path, *view.environment.latest_patterns().folders()}
        if view.environment.passed is not None:
            folders.add(state_path(self._config_path, view.deployment, view.environment.passed))
        return folders

    def _before(self, view: View, commit: str, changes: list[PathChange]) -> View | None:
        """Return the view at ``commit``, the parent of ``view`` by ``changes``; None for no config.

        Gives ``view`` itself where nothing of it changed.
        """
        environment, deployment = view.environment, view.deployment
        touched = {change.path for change in changes}
        if self._config_path in touched:
            rules = self._committed.rules(commit, environment.name)
            if rules is None:
                return None
            environment, deployment = rules
        if environment.latest != view.environment.latest or deployment != view.deployment:
            return self.at(commit, environment, deployment)
        covers = self._covers(environment, deployment)
        own = [change for change in changes if covers(change.path)]
        upstream = state_path(self._config_path, deployment, environment.passed or "")
        if environment == view.environment and not own and upstream not in touched:
            return view
        return self._with_taken(commit, environment, deployment, _undone(view.latest, own))

    def _covers(self, environment: EnvironmentConfig, deployment: str) -> Covered:
        key = (environment.latest, deployment)
        if key not in self._covered:
            self._covered[key] = Covered(
                environment.latest_patterns(), self._config_path, deployment
            )
        return self._covered[key]

    def _is_foreign(self, view: View) -> bool:
        """Return whether the view's config is not its commit's own (edited, or of a later one)."""
        rules = self._committed.rules(view.commit, view.environment.name)
        return rules != (view.environment, view.deployment)

    def _committed_at(self, commit: str, name: str) -> View | None:
        rules = self._committed.rules(commit, name)
        return self.at(commit, *rules) if rules is not None else None

    def _signature(self, view: View) -> Mapping[str, str | None] | None:
        """Return what equivalence compares; None if a file is dirty: nothing is equivalent then."""
        hashes = view.hashes()
        if self._disk is None:
            return hashes
        on_disk = {identity: self._disk(path_of(identity)) for identity in hashes}
        dirty = any(on_disk[key] not in (None, hashes[key]) for key in hashes)
        return None if dirty else on_disk


def _refuse_unnameable(latest: Mapping[str, TreeEntry], commit: str) -> None:
    try:
        "".join(latest).encode()
    except UnicodeEncodeError:
        odd = next(path for path in latest if not _is_text(path))
        raise PromoterError(
            f"read {odd!r} at {commit[:12]}: its name is not UTF-8, a state file cannot have it",
            next_step="rename the file, or keep it out of the environment's patterns",
        ) from None


def _is_text(path: str) -> bool:
    return not any("\udc80" <= character <= "\udcff" for character in path)


def _undone(latest: Mapping[str, TreeEntry], changes: list[PathChange]) -> Mapping[str, TreeEntry]:
    if not changes:
        return latest
    before = dict(latest)
    for change in changes:
        if change.parent is None:
            before.pop(change.path, None)
        else:
            before[change.path] = change.parent
    return before


class Covered:
    """The patterns of ``latest``, without the config and the state files."""

    def __init__(self, patterns: Patterns, config_path: str, deployment: str) -> None:
        self._patterns = patterns
        self._gating = compiled((config_path, f"{state_folder(config_path, deployment)}/*"))

    def __call__(self, path: str) -> bool:
        """Return whether the environment takes ``path`` from the commit."""
        return self._patterns.matches(path) and not self._gating.matches(path)
