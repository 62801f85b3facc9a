"""One deployment: its environments and their records."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING

from promoter.common.errors import GitError, InvalidFile
from promoter.gate.begun import Begun, mark_path
from promoter.gate.config import EnvironmentConfig, state_folder
from promoter.gate.history import History, reading
from promoter.gate.patterns import literal_folder
from promoter.gate.sources import FileSource, load_config, load_states, state_path
from promoter.gate.state import EnvironmentState
from promoter.git import Git

if TYPE_CHECKING:
    from promoter.gate.control import Control
    from promoter.gate.gates import Gates


class Deployment:
    """A cepler file with its state files, read from a work tree or from a commit.

    ``tip`` is the commit that ungated environments are decided at. Commits are read through
    ``history``, which stays open, or else through git processes that end with each call.
    """

    def __init__(
        self,
        git: Git,
        tip: str,
        config_path: str,
        source: FileSource,
        gates: Gates | None = None,
        history: History | None = None,
    ) -> None:
        self._open = history
        self.git = git
        self.tip = tip
        self.config_path = config_path
        self.gates = gates
        self.control: Control | None = None
        self._marked = False
        self._source = source
        self._recorded: frozenset[str] | None = None
        with self.reading() as opened:
            self.config = load_config(source, opened, config_path)

    @classmethod
    def at_commit(
        cls,
        git: Git,
        commit: str,
        config_path: str,
        gates: Gates | None = None,
        *,
        history: History | None = None,
    ) -> Deployment:
        """Return the deployment in the tree of ``commit``.

        Raises `InvalidFile` for a config or state file that is missing or wrong.
        """
        with reading(git, history) as opened:
            tip = opened.commit(commit)
            if tip is None:
                raise GitError(f"read commit {commit} in {git.dir}: there is no such commit")
            return cls(git, tip, config_path, FileSource(None, tip), gates, history)

    @classmethod
    def in_worktree(
        cls, git: Git, config_path: str, *, history: History | None = None
    ) -> Deployment:
        """Return the deployment in the folder ``git.dir``; commits count from HEAD."""
        with reading(git, history) as opened:
            tip = opened.commit("HEAD")
        if tip is None:
            raise GitError(
                f"read HEAD in {git.dir}: there is no commit", next_step="commit something first"
            )
        return cls(git, tip, config_path, FileSource(git.dir), None, history)

    def reading(self) -> AbstractContextManager[History]:
        """Return the history that commits are read through, open for the block at least."""
        return reading(self.git, self._open)

    def under(self, gates: Gates | None) -> Deployment:
        """Return the same deployment under other gates (None: every environment is ungated)."""
        other = copy(self)
        other.gates = gates
        return other

    def controlled_by(self, control: Control | None) -> Deployment:
        """Return the same deployment, judged by ``control`` as well; cepler has no such rules."""
        other = copy(self)
        other.control = control
        return other

    def is_gated(self, name: str) -> bool:
        """Return whether a gate names the commit that ``name`` is decided at."""
        return self.gates is not None and self.gates.commit(name) is not None

    def alone(self, *names: str) -> Deployment:
        """Return the same deployment with the records that decide ``names``: theirs and `passed`'s.

        A state file of another environment that cannot be read is then no obstacle.
        """
        other = copy(self)
        other.__dict__.pop("states", None)
        passed = (self.environment(name).passed for name in names)
        other._recorded = frozenset(filter(None, (*names, *passed)))
        return other

    def with_marks(self) -> Deployment:
        """Return the same deployment, in which `begun` deploys count; to cepler none does."""
        other = copy(self)
        other._marked = True
        return other

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self.config.deployment

    @property
    def environments(self) -> Mapping[str, EnvironmentConfig]:
        """The environments by name, in the config's order."""
        return self.config.environments

    @cached_property
    def states(self) -> Mapping[str, EnvironmentState]:
        """Everything recorded, by environment; raises `InvalidFile`."""
        folder = state_folder(self.config_path, self.name)
        with self.reading() as history:
            return load_states(self._source, history, folder, self._recorded)

    def environment(self, name: str) -> EnvironmentConfig:
        """Return the environment called ``name``; raise `InvalidFile` if there is none."""
        return self.config.environment(name, self.config_path)

    def recorded(self, name: str) -> EnvironmentState | None:
        """Return the record of ``name``, None before its first deployment."""
        return self.states.get(name)

    def begun(self, name: str) -> Begun | None:
        """Return the deploy of ``name`` that was begun and is not recorded, if marks count."""
        if not self._marked:
            return None
        with self.reading() as history:
            content = self._source.read(history, mark_path(self.name, name))
        recorded = self.recorded(name)
        mark = Begun.read(content) if content is not None else None
        return mark if mark and mark.version > (recorded.version if recorded else 0) else None

    def state_path(self, name: str) -> str:
        """Return the path of the state file of ``name`` from the repository's top."""
        return state_path(self.config_path, self.name, name)

    def decided_at(self, name: str, history: History) -> str:
        """Return the commit that ``name`` is decided at: its gate's, or the tip.

        Raises `InvalidFile` where the gates file lacks the environment or names no commit.
        """
        gate = self.gates.commit(name) if self.gates is not None else None
        if gate is None:
            return self.tip
        if history.commit(gate) is None:
            raise InvalidFile(
                self.gates.file if self.gates else "",
                f"environment {name}",
                f"Gate commit doesn't exist: {gate}",
                next_step="fetch it, or approve another commit",
            )
        return gate

    def folders(self) -> frozenset[str]:
        """Return the paths that decisions read at or below."""
        taken = (text for each in self.environments.values() for text in each.latest)
        gating = (self.config_path, state_folder(self.config_path, self.name))
        return frozenset(gating).union(map(literal_folder, taken))
