"""Work trees: filled with cleared or recorded files, and compared with them."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from promoter.common.errors import PromoterError
from promoter.gate.config import gating_patterns, state_folder
from promoter.gate.deployment import Deployment
from promoter.gate.evaluator import Evaluator
from promoter.gate.history import History
from promoter.gate.patterns import Patterns, compiled
from promoter.gate.state import DeployState, EnvironmentState, is_propagated, path_of
from promoter.git import Git
from promoter.git.checkout import write_files
from promoter.git.objects import TreeEntry, decode


def disk_hashes(folder: Path) -> Callable[[str], str | None]:
    """Return the function from a path to the blob id of its file in ``folder``.

    Links are followed, each file is read once, and None means that there is no such file.
    """
    from hashlib import sha1  # a check needs none of it

    @cache
    def blob_id(path: str) -> str | None:
        file = folder / path
        if not file.is_file():
            return None
        content = file.read_bytes()
        return sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324

    return blob_id


class Workspace(NamedTuple):
    """The work tree of one deployment: its top folder is ``git.dir``."""

    git: Git
    config_path: str
    deployment: str

    def gating(self, path: str) -> bool:
        """Return whether ``path`` is the config or a state file."""
        return gating_patterns(self.config_path, self.deployment).matches(path)

    def clean(self, only: Patterns | None = None) -> None:
        """Remove every file that git does not ignore, or of them those that ``only`` matches.

        The config, the state files, and the top .gitignore stay. Folders stay, even empty.
        """
        kept = compiled((".git/*", ".gitignore"))
        # In cepler's order, and each is checked in its turn: a link to a file that was removed
        # before is no file any more, and stays.
        files = self._in_order()
        while files:
            path = files.popleft()
            file = self.git.dir / path
            if kept.matches(path) or self.gating(path) or (only and not only.matches(path)):
                continue
            if file.is_file():
                file.unlink()
                if file.name == ".gitignore":
                    # The files that it named are not ignored any more, and come after it.
                    place = path.split("/")
                    files = deque(each for each in self._in_order() if each.split("/") > place)

    def write(self, files: Iterable[tuple[str, TreeEntry]]) -> None:
        """Write ``files`` with exactly the content and mode of their entries (`write_files`)."""
        write_files(self.git, self.git.dir, files)

    def _in_order(self) -> deque[str]:
        return deque(sorted(self.files(), key=lambda path: path.split("/")))

    def files(self) -> Iterator[str]:
        """Yield the files of the work tree that no ignore rule names, tracked or not."""
        tracked = self.git.output("ls-files", "-z", "--cached")
        ignored: set[bytes] = set()
        if tracked:
            found = self.git.attempt("check-ignore", "--no-index", "-z", "--stdin", stdin=tracked)
            ignored = set(found.stdout.split(b"\0"))
        others = self.git.output("ls-files", "-z", "--others", "--exclude-standard")
        for raw in (*tracked.split(b"\0"), *others.split(b"\0")):
            if raw and raw not in ignored and not raw.endswith(b"/"):
                yield decode(raw)


def prepare(deployment: Deployment, worktree: Git, state: DeployState, commit: str) -> None:
    """Make ``worktree`` (of the same repository) contain exactly the files of ``state``.

    Files of no other environment are read at ``commit``. Like cepler's ``prepare --force-clean``
    it keeps config, state files, the top .gitignore, ignored files, HEAD and index. Unlike it,
    raises `PromoterError` where a commit does not have the content that ``state`` names: that is
    what was approved.
    """
    workspace = Workspace(worktree, deployment.config_path, deployment.name)
    with deployment.reading() as history:
        files = dict(cleared_files(history, commit, state))
    for key, file in state.files.items():
        entry = files.get(path_of(key))
        if not file.dirty and (entry.blob if entry else None) != file.file_hash:
            raise PromoterError(
                f"prepare {path_of(key)}: commit {(file.from_commit or commit)[:12]} has another "
                "content than the record that it is taken from",
                next_step="find out who changed that record: promoter lint --base <commit>",
            )
    workspace.clean()
    workspace.write(files.items())


def prepare_here(
    deployment: Deployment, name: str, *, clean: bool, ignore_queue: bool = False
) -> None:
    """Do cepler's ``prepare`` in the folder that ``deployment`` was read from.

    Files that ``latest`` matches (with ``clean``: all that git does not ignore) are
    replaced by those of the commit decided at, propagated ones by those that passed.
    """
    environment = deployment.environment(name)
    workspace = Workspace(deployment.git, deployment.config_path, deployment.name)
    with deployment.reading() as history:
        evaluator = Evaluator(deployment, history, ignore_queue=ignore_queue)
        view = evaluator.view(name)
        files = list(cleared_files(history, view.commit, evaluator.oldest(view).state()))
    workspace.clean(None if clean else environment.latest_patterns())
    workspace.write(files)


def reproduce_here(deployment: Deployment, name: str, *, clean: bool) -> EnvironmentState:
    """Do cepler's ``reproduce``: write every recorded file as its commit has it."""
    deployment.environment(name)
    recorded = deployment.recorded(name)
    if recorded is None:
        raise PromoterError(
            f"reproduce {name}: No state recorded for {name}", next_step=f"deploy {name} first"
        )
    workspace = Workspace(deployment.git, deployment.config_path, deployment.name)
    with deployment.reading() as history:
        files = [
            entry
            for key, file in recorded.current.files.items()
            for entry in as_of(history, path_of(key), file.from_commit)
        ]
    if clean:
        workspace.clean()
    workspace.write(files)
    return recorded


def gating_files(deployment: Deployment) -> list[tuple[str, TreeEntry]]:
    """Return the config and the state files as the tip has them."""
    states = state_folder(deployment.config_path, deployment.name)
    with deployment.reading() as history:
        found = history.listing(deployment.tip, [deployment.config_path, states])
    return [
        (path, entry)
        for path, entry in found.items()
        if path == deployment.config_path or path.rpartition("/")[0] == states
    ]


def differences(
    deployment: Deployment, worktree: Git, name: str, state: DeployState
) -> tuple[str, ...]:
    """Return the paths at which ``worktree`` differs from ``state``, a state of ``name``.

    Changed, missing, or not in ``state`` though the environment's patterns cover it (and git
    does not ignore it).
    """
    environment = deployment.environment(name)
    patterns = (environment.latest_patterns(), environment.propagated_patterns())
    workspace = Workspace(worktree, deployment.config_path, deployment.name)
    disk = disk_hashes(worktree.dir)
    expected = {path_of(key): file.file_hash for key, file in state.files.items()}
    wrong = {path for path, blob in expected.items() if disk(path) != blob}
    extra = {
        path
        for path in workspace.files()
        if path not in expected
        and any(each.matches(path) for each in patterns)
        and not workspace.gating(path)
        and os.path.lexists(worktree.dir / path)
    }
    return tuple(sorted(wrong | extra))


def cleared_files(
    history: History, commit: str, state: DeployState
) -> Iterator[tuple[str, TreeEntry]]:
    """Yield the files of ``state``: latest ones as ``commit`` has them, others as they passed.

    Raises `PromoterError` where the commit that a propagated file comes from is not there.
    """
    latest = [path_of(key) for key in state.files if not is_propagated(key)]
    if latest:
        listing = history.listing(commit)
        yield from ((path, listing[path]) for path in latest)
    for key, file in state.files.items():
        if is_propagated(key):
            yield from as_of(history, path_of(key), file.from_commit)


def as_of(history: History, path: str, commit: str) -> Iterator[tuple[str, TreeEntry]]:
    """Yield ``path`` as ``commit`` has it; nothing if it has no such file."""
    if history.commit(commit) is None:
        raise PromoterError(
            f"prepare {path}: commit {commit[:12]}, where it comes from, is not in this clone",
            next_step="fetch the whole history: git fetch --unshallow",
        )
    entry = history.entry(commit, path)
    if entry is not None:
        yield path, entry
