"""One deployment: its environments, what is recorded for them, and what may come next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from promoter.errors import GitError, InvalidFile, NothingNewer, PromoterError
from promoter.gate.config import EnvironmentConfig, state_folder
from promoter.gate.decision import (
    Blocked,
    Decision,
    Due,
    FileChange,
    HeldByGate,
    Hold,
    NotDeployedYet,
    NotPassedYet,
    UpToDate,
    after_record,
    changes_between,
    taken_from,
)
from promoter.gate.evaluation import Evaluation, HashOnDisk, View
from promoter.gate.history import Entry, History
from promoter.gate.sources import Commit, Folder, Source, load_config, load_states, state_path
from promoter.gate.state import LATEST, DeployState, EnvironmentState, FileState, ident
from promoter.gate.state_file import write_state
from promoter.gate.workspace import Disk, Workspace, as_of, cleared_files
from promoter.git import Git

if TYPE_CHECKING:
    from promoter.gate.gates import Gates


class RecordMoved(PromoterError):
    """The environment was recorded by someone else since the decision was made."""


class AlreadyRecorded(NothingNewer):
    """What was to be recorded is recorded already."""


class Recorded(NamedTuple):
    """A record to commit: the state file's path and bytes, and cepler's commit message."""

    environment: str
    path: str
    content: bytes
    message: str
    state: EnvironmentState
    changes: tuple[FileChange, ...]


class Deployment:
    """A cepler file with its state files, read from a work tree or from a commit.

    ``tip`` is the commit that ungated environments are decided at. Everything that commits
    are asked for is read through git processes that end with each call.
    """

    def __init__(
        self,
        git: Git,
        tip: str,
        config_path: str,
        source: Source,
        gates: Gates | None,
        history: History | None = None,
    ) -> None:
        self._open = history
        self.git = git
        self.tip = tip
        self.config_path = config_path
        self.gates = gates
        self._source = source
        self.config = load_config(source, config_path)

    @classmethod
    def at_commit(
        cls, git: Git, commit: str, config_path: str, gates: Gates | None = None
    ) -> Deployment:
        """The deployment as ``commit`` has it: config and state files from its tree.

        Raises `InvalidFile` for a config or state file that is missing or wrong.
        """
        with History(git) as history:
            tip = history.commit(commit)
            if tip is None:
                raise GitError(f"read commit {commit} in {git.dir}: there is no such commit")
            return cls(git, tip, config_path, Commit(git, tip), gates)

    @classmethod
    def in_worktree(
        cls,
        git: Git,
        config_path: str,
        gates: Gates | None = None,
        *,
        history: History | None = None,
    ) -> Deployment:
        """The deployment as the folder ``git.dir`` has it; commits count from HEAD.

        With ``history``, all that is read of commits is read through it, and it stays open.
        """
        with nullcontext(history) if history is not None else History(git) as reading:
            tip = reading.commit("HEAD")
        if tip is None:
            raise GitError(
                f"read HEAD in {git.dir}: there is no commit", next_step="commit something first"
            )
        return cls(git, tip, config_path, Folder(git.dir), gates, history)

    @contextmanager
    def _reading(self) -> Iterator[History]:
        if self._open is not None:
            yield self._open
            return
        with History(self.git) as history:
            yield history

    def under(self, gates: Gates | None) -> Deployment:
        """The same deployment under other gates (None: every environment is ungated)."""
        other = copy(self)
        other.gates = gates
        return other

    # --- what there is -------------------------------------------------------------

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
        return load_states(self._source, state_folder(self.config_path, self.name))

    def environment(self, name: str) -> EnvironmentConfig:
        """The environment called ``name``; raises `InvalidFile` where there is none."""
        return self.config.environment(name, self.config_path)

    def recorded(self, name: str) -> EnvironmentState | None:
        """What is recorded for ``name``, None before its first deployment."""
        return self.states.get(name)

    def state_path(self, name: str) -> str:
        """Where the state file of ``name`` is, from the repository's top."""
        return state_path(self.config_path, self.name, name)

    def decided_at(self, name: str, history: History | None = None) -> str:
        """The commit that ``name`` is decided at: its gate's, or the tip.

        Raises `InvalidFile` where the gates file lacks the environment or names no commit.
        """
        gate = self.gates.commit(name) if self.gates is not None else None
        if gate is None:
            return self.tip
        with nullcontext(history) if history is not None else self._reading() as reading:
            if reading.commit(gate) is None:
                file = self.gates.file if self.gates else ""
                raise InvalidFile(
                    file,
                    f"environment {name}",
                    f"Gate commit doesn't exist: {gate}",
                    next_step="fetch it, or approve another commit",
                )
        return gate

    def covered(self, name: str, *, ignore_queue: bool = False) -> tuple[str, ...]:
        """The paths that ``name`` would run now, in the order of their identities."""
        with self._reading() as history:
            at = self.decided_at(name, history)
            view = self._view(history, name, at, ignore_queue=ignore_queue)
        return tuple(key[key.index("}") + 2 :] for key in sorted(view.hashes()))

    # --- deciding ------------------------------------------------------------------

    def decide(self, name: str, *, ignore_queue: bool = False, origins: bool = True) -> Decision:
        """Whether ``name`` is up to date, may take a change, or is held back.

        With ``origins`` every file of a `Due` says which commit it comes from; without, only
        propagated ones do (``from_commit`` and ``message`` of others are empty): that is all
        that a check needs, and cheaper.
        """
        passed = self.environment(name).passed
        recorded = self.recorded(name)
        if passed is not None and passed not in self.states:
            return Blocked(name, (NotDeployedYet(passed),), recorded)
        with self._reading() as history:
            at = self.decided_at(name, history)
            view = self._view(history, name, at, ignore_queue=ignore_queue)
            if passed is not None and view.propagated_head is None:
                return Blocked(name, (self._before_passed(history, name, passed, at),), recorded)
            due = self._due(history, view, ignore_queue=ignore_queue, origins=origins)
            return due or self._held_or_up_to_date(history, name, at, view)

    def check(self, name: str, *, ignore_queue: bool = False, origins: bool = False) -> Due | None:
        """What ``cepler check`` finds: a `Due`, or None for nothing new.

        Raises `PromoterError` where the passed environment has no record.
        """
        passed = self.environment(name).passed
        with self._reading() as history:
            at = self.decided_at(name, history)
            if passed is not None and passed not in self.states:
                raise PromoterError(
                    f"check {name}: {NotDeployedYet(passed)}", next_step=f"deploy {passed} first"
                )
            view = self._view(history, name, at, ignore_queue=ignore_queue)
            return self._due(history, view, ignore_queue=ignore_queue, origins=origins)

    def _evaluation(
        self,
        history: History,
        name: str,
        *,
        ignore_queue: bool = False,
        disk: HashOnDisk | None = None,
    ) -> Evaluation:
        return Evaluation(
            history, self.config_path, self.recorded(name), ignore_queue=ignore_queue, disk=disk
        )

    def _view(
        self, history: History, name: str, commit: str, *, ignore_queue: bool = False
    ) -> View:
        evaluation = self._evaluation(history, name, ignore_queue=ignore_queue)
        return evaluation.at(commit, self.environment(name), self.name)

    def _due(
        self, history: History, view: View, *, ignore_queue: bool, origins: bool
    ) -> Due | None:
        name = view.environment.name
        recorded = self.recorded(name)
        current = recorded.current if recorded else None
        if current is not None and not changes_between(_bare_state(view), current):
            return None
        evaluation = self._evaluation(history, name, ignore_queue=ignore_queue)
        oldest = evaluation.oldest_equivalent(view)
        state = self._state(history, oldest) if origins else _bare_state(oldest)
        return Due(
            environment=name,
            decided_at=view.commit,
            version=recorded.version + 1 if recorded else 1,
            state=state,
            changes=changes_between(state, current),
            recorded=recorded,
        )

    def _before_passed(self, history: History, name: str, passed: str, at: str) -> Hold:
        """What holds ``name`` back where ``passed`` has no record at the commit decided at."""
        if at == self.tip:
            return NotDeployedYet(passed)
        recorded = self.recorded(name)
        at_tip = _bare_state(self._view(history, name, self.tip))
        return HeldByGate(at, changes_between(at_tip, recorded.current if recorded else None))

    def _held_or_up_to_date(self, history: History, name: str, at: str, view: View) -> Decision:
        recorded = self.states[name]
        at_tip = view if at == self.tip else self._view(history, name, self.tip)
        cleared = changes_between(_bare_state(at_tip), recorded.current)
        holds: list[Hold] = [HeldByGate(at, cleared)] if cleared else []
        hoped = self._hoped(history, name, {})
        passed = view.environment.passed
        if hoped is not None and passed is not None:
            known = {change.identity for change in cleared}
            rest = changes_between(hoped, recorded.current)
            rest = tuple(change for change in rest if change.identity not in known)
            holds += [NotPassedYet(passed, rest)] if rest else []
        return Blocked(name, tuple(holds), recorded) if holds else UpToDate(name, recorded)

    def _hoped(
        self, history: History, name: str, done: dict[str, DeployState | None]
    ) -> DeployState | None:
        """What ``name`` would run if everything at the tip had passed everywhere before it."""
        if name in done:
            return done[name]
        done[name] = None  # a cycle of passed environments ends here
        view = self._view(history, name, self.tip)
        passed = view.environment.passed
        upstream = self._hoped(history, passed, done) if passed else None
        if upstream is not None:
            view = view._replace(taken=taken_from(upstream, view.environment))
        done[name] = _bare_state(view)
        return done[name]

    # --- recording -----------------------------------------------------------------

    def observe(self, name: str, *, ignore_queue: bool = False) -> DeployState:
        """What the work tree has of the files that ``name`` takes: what a record would say.

        A file that differs from what was decided is dirty, one that is missing has no hash.
        Only for a deployment read `in_worktree`.
        """
        disk = Disk(self.git.dir)
        with self._reading() as history:
            at = self.decided_at(name, history)
            evaluation = self._evaluation(history, name, ignore_queue=ignore_queue, disk=disk)
            view = evaluation.at(at, self.environment(name), self.name)
            state = self._state(history, evaluation.oldest_equivalent(view))
        files = {
            key: file._replace(
                file_hash=(found := disk(key[key.index("}") + 2 :])), dirty=found != file.file_hash
            )
            for key, file in state.files.items()
        }
        return state._replace(files=files)

    def record(self, due: Due) -> Recorded:
        """The record of what was decided, on top of this deployment (the new tip, say).

        Raises `AlreadyRecorded` where exactly this is recorded here already, and
        `RecordMoved` where the environment was recorded otherwise since the decision.
        """
        now = self.recorded(due.environment)
        if now == due.recorded:
            return self.record_state(due.environment, due.state)
        path = self.state_path(due.environment)
        if now is not None and now.version >= due.version and _same(now.current, due.state):
            raise AlreadyRecorded(
                f"record {due.environment}: {path} has version {now.version} of it already"
            )
        raise RecordMoved(
            f"record {due.environment} at {due.trigger[:12]}: {path} moved from "
            f"{_version(due.recorded)} to {_version(now)} meanwhile",
            next_step=f"look at git log -p -- {path}, then deploy again",
        )

    def record_state(self, name: str, state: DeployState) -> Recorded:
        """The state file that says that ``name`` now runs ``state``."""
        recorded = self.recorded(name)
        after = after_record(name, self.environment(name).passed, state, self.states)
        return Recorded(
            environment=name,
            path=self.state_path(name),
            content=write_state(after),
            message=record_message(self.name, name),
            state=after,
            changes=changes_between(state, recorded.current if recorded else None),
        )

    def gating_files(self) -> list[tuple[str, Entry]]:
        """The config and the state files as the tip has them: what decides, to be written."""
        states = state_folder(self.config_path, self.name)
        with self._reading() as history:
            found = history.listing(self.tip, [self.config_path, states])
        return [
            (path, entry)
            for path, entry in found.items()
            if path == self.config_path or path.rpartition("/")[0] == states
        ]

    # --- work trees ----------------------------------------------------------------

    def prepare(self, worktree: Git, due: Due) -> None:
        """Make ``worktree`` (of the same repository) hold exactly the files cleared by ``due``.

        Cepler's ``prepare --force-clean``: config, state files, the top .gitignore and what
        git ignores stay; links and executable bits are as the commits have them. HEAD and
        index do not change.
        """
        workspace = Workspace(worktree, self.config_path, self.name)
        workspace.clean()
        with self._reading() as history:
            workspace.write(cleared_files(history, due.decided_at, due.state))

    def prepare_here(self, name: str, *, clean: bool, ignore_queue: bool = False) -> None:
        """Cepler's ``prepare`` in the folder that this deployment was read from.

        Files that ``latest`` matches (with ``clean``: all that git does not ignore) are
        replaced by those of the commit decided at, propagated ones by those that passed.
        """
        environment = self.environment(name)
        workspace = Workspace(self.git, self.config_path, self.name)
        with self._reading() as history:
            at = self.decided_at(name, history)
            view = self._view(history, name, at, ignore_queue=ignore_queue)
            evaluation = self._evaluation(history, name, ignore_queue=ignore_queue)
            state = _bare_state(evaluation.oldest_equivalent(view))
            files = list(cleared_files(history, at, state))
        workspace.clean(None if clean else environment.latest_patterns())
        workspace.write(files)

    def reproduce_here(self, name: str, *, clean: bool) -> EnvironmentState:
        """Cepler's ``reproduce``: every recorded file as the commit has it that it came from."""
        self.environment(name)
        recorded = self.recorded(name)
        if recorded is None:
            raise PromoterError(
                f"reproduce {name}: No state recorded for {name}", next_step=f"deploy {name} first"
            )
        workspace = Workspace(self.git, self.config_path, self.name)
        with self._reading() as history:
            files = [
                entry
                for key, file in recorded.current.files.items()
                for entry in as_of(history, key[key.index("}") + 2 :], file.from_commit)
            ]
        if clean:
            workspace.clean()
        workspace.write(files)
        return recorded

    def differences(self, worktree: Git, name: str, state: DeployState) -> tuple[str, ...]:
        """Paths at which ``worktree`` is not what ``state`` says that ``name`` runs.

        Changed, missing, or there without belonging: covered by the environment's patterns
        (and not ignored by git) but not in ``state``.
        """
        environment = self.environment(name)
        patterns = (environment.latest_patterns(), environment.propagated_patterns())
        workspace = Workspace(worktree, self.config_path, self.name)
        return workspace.differences(state, lambda path: any(p.matches(path) for p in patterns))

    def _state(self, history: History, view: View) -> DeployState:
        from promoter.gate.origins import origins  # not for a check

        recorded = self.recorded(view.environment.name)
        found = origins(history, view, recorded.current if recorded else None)
        bare = _bare_state(view)
        own = {ident(LATEST, path): file for path, file in found.items()}
        return bare._replace(files={**bare.files, **own})


def record_message(deployment: str, environment: str) -> str:
    """The message of the commit that records ``environment``, as cepler words it."""
    if deployment == "default":
        return f"ci(cepler): Updated '{environment}' state"
    return f"ci(cepler): Updated '{deployment}' state in '{environment}'"


def _same(one: DeployState, other: DeployState) -> bool:
    return one.head_commit == other.head_commit and dict(one.files) == dict(other.files)


def _bare_state(view: View) -> DeployState:
    files: dict[str, FileState] = {
        ident(view.environment.passed or "", path): file
        for path, file in view.taken.items()
        if path not in view.latest
    }
    files.update(
        (ident(LATEST, path), FileState(entry.blob, "", "")) for path, entry in view.latest.items()
    )
    return DeployState(view.commit, view.propagated_head, files)


def _version(state: EnvironmentState | None) -> str:
    return f"version {state.version} ({state.current.head_commit[:12]})" if state else "nothing"
