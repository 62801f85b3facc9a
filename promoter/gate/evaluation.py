"""The files that one environment would run at a commit, and how far back they stay the same."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from promoter.common.errors import PromoterError
from promoter.gate.config import EnvironmentConfig, gating_patterns
from promoter.gate.graph import PathChange
from promoter.gate.history import Steps
from promoter.gate.rules import propagated_target, taken_from
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
        return {key: file.file_hash or "" for key, file in self.state().files.items()}

    def state(self) -> DeployState:
        """Return the state that a deploy would make; its own files do not name their commits.

        A path of the commit shadows a propagated one.
        """
        passed = self.environment.passed or ""
        taken = self.taken.items()
        files = {ident(passed, path): file for path, file in taken if path not in self.latest}
        files.update(
            (ident(LATEST, path), FileState(entry.blob, "", ""))
            for path, entry in self.latest.items()
        )
        return DeployState(self.commit, self.propagated_head, files)


class Evaluation(NamedTuple):
    """Evaluates one environment at commits of one repository.

    ``own`` is its record now; ``disk`` returns the hash of a file in the work tree for a record
    of these files, and is None for a decision.
    """

    committed: Committed
    own: EnvironmentState | None
    ignore_queue: bool = False
    disk: HashOnDisk | None = None

    def at(self, commit: str, environment: EnvironmentConfig, deployment: str) -> View:
        """Return the view at ``commit`` under a config that may not be the commit's own."""
        folders = sorted(environment.latest_patterns().folders())
        listing = self.committed.history.listing(commit, folders)
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
            own = self.own
            upstream = self.committed.state(commit, deployment, environment.passed)
            if environment.passed == environment.name:
                # Nonsense, but cepler accepts it and uses one record for both.
                own = upstream = upstream or own
            target = propagated_target(environment, own, upstream, ignore_queue=self.ignore_queue)
            if target is not None:
                taken, head = taken_from(target, environment), target.head_commit
        return View(commit, environment, deployment, latest, taken, head)

    def oldest_equivalent(self, view: View) -> View:
        """Return the last commit of the walk back from ``view`` at which nothing differs yet.

        Cepler evaluates every commit anew. Here a commit is what its child was, less what
        changed between the two; most change nothing that matters.
        """
        signature = self._signature(view)
        if signature is None:
            return view
        steps = Steps(self.committed.history, view.commit, self._folders(view))
        views = {view.commit: view}
        best, name = view.commit, view.environment.name
        # True if the config is not the commit's own but edited, or of a later commit.
        foreign = self.committed.rules(best, name) != (view.environment, view.deployment)
        for commit, child, changes in steps:
            before = views[child]
            if foreign and child == view.commit:
                rules = self.committed.rules(commit, name)
                found = self.at(commit, *rules) if rules is not None else None
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
        config_path, environment = self.committed.config_path, view.environment
        folders = {config_path, *environment.latest_patterns().folders()}
        if environment.passed is not None:
            folders.add(state_path(config_path, view.deployment, environment.passed))
        return folders

    def _before(self, view: View, commit: str, changes: list[PathChange]) -> View | None:
        """Return the view at ``commit``, the parent of ``view`` by ``changes``; None for no config.

        Gives ``view`` itself where nothing of it changed.
        """
        environment, deployment = view.environment, view.deployment
        touched = {change.path for change in changes}
        if self.committed.config_path in touched:
            rules = self.committed.rules(commit, environment.name)
            if rules is None:
                return None
            environment, deployment = rules
        if environment.latest != view.environment.latest or deployment != view.deployment:
            return self.at(commit, environment, deployment)
        covers = self._covers(environment, deployment)
        own = [change for change in changes if covers(change.path)]
        upstream = state_path(self.committed.config_path, deployment, environment.passed or "")
        if environment == view.environment and not own and upstream not in touched:
            return view
        return self._with_taken(commit, environment, deployment, _undone(view.latest, own))

    def _covers(self, environment: EnvironmentConfig, deployment: str) -> Callable[[str], bool]:
        """Return the test for paths of ``latest`` that are neither config nor state files."""
        latest = environment.latest_patterns()
        gating = gating_patterns(self.committed.config_path, deployment)
        return lambda path: latest.matches(path) and not gating.matches(path)

    def _signature(self, view: View) -> Mapping[str, str | None] | None:
        """Return the hashes to compare; None if a file is dirty: nothing is equivalent then."""
        hashes = view.hashes()
        if self.disk is None:
            return hashes
        on_disk = {identity: self.disk(path_of(identity)) for identity in hashes}
        dirty = any(on_disk[key] not in (None, hashes[key]) for key in hashes)
        return None if dirty else on_disk


def _refuse_unnameable(latest: Mapping[str, TreeEntry], commit: str) -> None:
    try:
        "".join(latest).encode()
    except UnicodeEncodeError:
        odd = next(path for path in latest if path != path.encode(errors="ignore").decode())
        raise PromoterError(
            f"read {odd!r} at {commit[:12]}: its name is not UTF-8, a state file cannot have it",
            next_step="rename the file, or keep it out of the environment's patterns",
        ) from None


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
