"""What one environment would run at a commit, and how far back that stays the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from promoter.gate.config import Config, EnvironmentConfig, read_config, state_folder
from promoter.gate.decision import identities, propagated_target, taken_from
from promoter.gate.history import Entry, History
from promoter.gate.patterns import Patterns
from promoter.gate.sources import state_path
from promoter.gate.state import EnvironmentState, FileState, path_of
from promoter.gate.state_file import read_state

HashOnDisk = Callable[[str], str | None]


@dataclass(frozen=True)
class View:
    """What an environment would run at ``commit``.

    ``latest`` has the commit's own files by path, ``taken`` those of the passed environment
    (shadowed ones included), ``propagated_head`` the trigger that these were deployed by.
    """

    commit: str
    environment: EnvironmentConfig
    deployment: str
    latest: Mapping[str, Entry]
    taken: Mapping[str, FileState]
    propagated_head: str | None

    def hashes(self) -> dict[str, str]:
        """Every file's hash by identity."""
        return identities(
            self.environment,
            {path: entry.blob for path, entry in self.latest.items()},
            self.taken,
        )


class Evaluation:
    """Evaluates one environment at commits of one repository.

    ``own`` is what is recorded for it now; ``disk`` gives the hash of a file in the work
    tree where a record is made of what lies there, and is None for a decision.
    """

    def __init__(
        self,
        history: History,
        config_path: str,
        own: EnvironmentState | None,
        *,
        ignore_queue: bool = False,
        disk: HashOnDisk | None = None,
    ) -> None:
        self._history = history
        self._config_path = config_path
        self._own = own
        self._ignore_queue = ignore_queue
        self._disk = disk
        self._configs: dict[str, Config] = {}

    # --- one commit ----------------------------------------------------------------

    def at(self, commit: str, environment: EnvironmentConfig, deployment: str) -> View:
        """The view at ``commit`` under a config that may not be the commit's own."""
        patterns = environment.latest_patterns()
        listing = self._history.listing(commit, sorted(patterns.folders()))
        covered = Covered(patterns, self._config_path, deployment)
        latest = {path: entry for path, entry in listing.items() if covered(path)}
        return self._with_taken(commit, environment, deployment, latest)

    def _with_taken(
        self,
        commit: str,
        environment: EnvironmentConfig,
        deployment: str,
        latest: Mapping[str, Entry],
    ) -> View:
        taken: Mapping[str, FileState] = {}
        head = None
        if environment.passed is not None:
            own = self._own
            upstream = self._upstream(commit, environment.passed, deployment)
            if environment.passed == environment.name:
                # Nonsense, but cepler has an answer: one record stands for both.
                own = upstream = upstream or own
            target = propagated_target(environment, own, upstream, ignore_queue=self._ignore_queue)
            if target is not None:
                taken, head = taken_from(target, environment), target.head_commit
        return View(commit, environment, deployment, latest, taken, head)

    def _upstream(self, commit: str, passed: str, deployment: str) -> EnvironmentState | None:
        path = state_path(self._config_path, deployment, passed)
        found = self._history.file(commit, path)
        return read_state(found.content, f"{path} at {commit[:12]}") if found else None

    # --- back in history -----------------------------------------------------------

    def oldest_equivalent(self, view: View) -> View:
        """The last commit of the walk back from ``view`` at which nothing differs yet."""
        signature = self._signature(view)
        if signature is None:
            return view
        graph = self._history.graph(view.commit)
        views = {view.commit: view}
        best = view
        for commit, child in graph.walk(view.commit):
            found = self._before(views[child], commit)
            if found is None or self._signature(found) != signature:
                break
            best = views[commit] = found
        return best

    def _before(self, view: View, commit: str) -> View | None:
        config = self._config(commit)
        environment = config.environments.get(view.environment.name) if config else None
        if config is None or environment is None:
            return None
        return self.at(commit, environment, config.deployment)

    def _config(self, commit: str) -> Config | None:
        found = self._history.file(commit, self._config_path)
        if found is None:
            return None
        if found.id not in self._configs:
            self._configs[found.id] = read_config(
                found.content, f"{self._config_path} at {commit[:12]}"
            )
        return self._configs[found.id]

    def _signature(self, view: View) -> Mapping[str, str | None] | None:
        """What equivalence compares; None where nothing is equivalent: a file is dirty."""
        hashes = view.hashes()
        if self._disk is None:
            return hashes
        on_disk = {identity: self._disk(path_of(identity)) for identity in hashes}
        dirty = any(on_disk[key] not in (None, hashes[key]) for key in hashes)
        return None if dirty else on_disk


class Covered:
    """Whether ``latest`` takes a path: its patterns, less the config and the state files."""

    def __init__(self, patterns: Patterns, config_path: str, deployment: str) -> None:
        self._patterns = patterns
        self._gating = Patterns([config_path, f"{state_folder(config_path, deployment)}/*"])

    def __call__(self, path: str) -> bool:
        """Whether the environment takes ``path`` from the commit."""
        return self._patterns.matches(path) and not self._gating.matches(path)
