"""Cepler's rules: the files an environment would run, what is new, and what a record keeps.

No I/O here: commits, state files and listings come in as records.
"""

from collections.abc import Mapping
from typing import NamedTuple

from promoter.gate.config import EnvironmentConfig
from promoter.gate.state import DeployState, EnvironmentState, FileState, path_of


class FileChange(NamedTuple):
    """One file that differs from what is recorded; ``current`` is None where it goes away."""

    identity: str
    current: FileState | None
    added: bool

    @property
    def path(self) -> str:
        """The file's path."""
        return path_of(self.identity)

    @property
    def kind(self) -> str:
        """``added``, ``changed`` or ``removed``."""
        if self.added:
            return "added"
        return "removed" if self.current is None else "changed"


def propagated_target(
    environment: EnvironmentConfig,
    recorded: EnvironmentState | None,
    upstream: EnvironmentState | None,
    *,
    ignore_queue: bool = False,
) -> DeployState | None:
    """Return the passed environment's deployment that ``environment`` takes next, or None.

    That is the current one, unless the queue holds deployments since the one recorded here
    that change files taken from there: then the oldest of these, so that none is skipped.
    """
    if upstream is None:
        return None
    if recorded is None or recorded.current.propagated_head is None:
        return upstream.current
    taken = recorded.current.propagated_head
    if ignore_queue or environment.ignore_queue or taken == upstream.current.head_commit:
        return upstream.current
    target = upstream.current
    patterns = environment.propagated_patterns()
    files = sorted(recorded.current.files.items(), reverse=True)  # of equal paths the first counts
    have = {path_of(identity): file.file_hash for identity, file in files}
    for queued in upstream.propagation_queue:
        if queued.head_commit == taken:
            break
        hashes = ((path_of(key), file.file_hash) for key, file in queued.files.items())
        if any(
            patterns.matches(path) and (path not in have or have[path] != blob)
            for path, blob in hashes
        ):
            target = queued
    return target


def taken_from(target: DeployState, environment: EnvironmentConfig) -> dict[str, FileState]:
    """Return the files, by path, that ``environment`` takes from ``target``, which passed."""
    patterns = environment.propagated_patterns()
    files = ((path_of(identity), target.files[identity]) for identity in sorted(target.files))
    return {
        path: file._replace(dirty=False)
        for path, file in files
        if file.file_hash is not None and patterns.matches(path)
    }


def changes_between(new: DeployState, old: DeployState | None) -> tuple[FileChange, ...]:
    """Return the changes in ``new``, in the order of identities, removed files at the end.

    A dirty file always differs, unless it is absent on both sides.
    """
    if old is None:
        return tuple(FileChange(key, new.files[key], True) for key in sorted(new.files))
    changes = [
        change
        for key in sorted(new.files)
        if (change := _change(key, new.files[key], old.files.get(key))) is not None
    ]
    gone = sorted(old.files.keys() - new.files.keys())
    return (*changes, *(FileChange(key, None, False) for key in gone))


def _change(identity: str, new: FileState, old: FileState | None) -> FileChange | None:
    current = new if new.file_hash is not None else None
    if old is None:
        return FileChange(identity, current, True)
    if new.file_hash is None and old.file_hash is None:
        return None
    if new.dirty or old.dirty or new.file_hash != old.file_hash:
        return FileChange(identity, current, old.file_hash is None)
    return None


def after_record(
    name: str,
    passed: str | None,
    state: DeployState,
    recorded: Mapping[str, EnvironmentState],
) -> EnvironmentState:
    """Return the environment's state after recording ``state``; ``recorded`` has all states."""
    state = state._replace(any_dirty=any(file.dirty for file in state.files.values()))
    before = recorded.get(name)
    if before is None:
        return EnvironmentState(1, state, passed)
    queue = (before.current, *before.propagation_queue)
    # As cepler counts: an environment whose deployment lies before what is kept already is
    # not found again from there, and then everything stays.
    kept = 0
    for other in sorted(recorded):
        taken = recorded[other].current.propagated_head
        follows = other != name and recorded[other].propagated_from == name
        if follows and taken not in (None, state.head_commit):
            while kept < len(queue) and queue[kept].head_commit != taken:
                kept += 1
    return EnvironmentState(before.version + 1, state, passed, queue[:kept])
