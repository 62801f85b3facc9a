"""`promoter vendor check`: is every vendored folder what its lock says, to the byte?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.vendoring.config import CONFIG_NAME, Dependency, VendirConfig, read_config
from promoter.vendoring.folders import files_below
from promoter.vendoring.globs import Glob, glob
from promoter.vendoring.lock import LOCK_NAME, Lock, read_lock
from promoter.vendoring.staging import Fetcher, GitFetcher
from promoter.vendoring.swap import workshop
from promoter.vendoring.sync import Staging


@dataclass(frozen=True)
class Difference:
    """One path that is not as its lock says, relative to vendir.yml, and in what way."""

    path: str
    problem: str

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.path}: {self.problem}"


def check(
    root: Path, *, fetcher: Fetcher | None = None, progress: Progress | None = None
) -> list[Difference]:
    """What differs between ``root``'s vendored folders and its lock, in path order.

    vendir.yml, vendir.lock.yml and the folders have to agree: the locked commits are
    fetched anew and compared by content, executable bit and symlink target; a file too
    many and one too few count. Nothing in ``root`` changes. Raises `InvalidFile`,
    `VendorError`.
    """
    root = root.resolve()
    config = read_config(root / CONFIG_NAME)
    lock = read_lock(root / LOCK_NAME)
    if lock is None:
        return [Difference(LOCK_NAME, "is missing")]
    found = _against_config(config, lock)
    if found:
        return found
    with workshop(root) as stage:
        staging = Staging(
            root,
            stage,
            lock,
            fetcher or GitFetcher(),
            progress or Silent(),
            locked=True,
            lazy=False,
        )
        staged = staging.all(config)
        for path, folder in staged.directories.items():
            skipped = _ignored(config, path)
            found += [
                difference
                for difference in compare(folder, root / path, path)
                if not any(pattern.matches(difference.path) for pattern in skipped)
            ]
    return found


def _against_config(config: VendirConfig, lock: Lock) -> list[Difference]:
    """Where the lock is not of this vendir.yml: other contents, or another ref's commit."""
    found = []
    if config.order() != [(one.path, [c.path for c in one.contents]) for one in lock.directories]:
        found.append(Difference(LOCK_NAME, f"its contents are not those of {CONFIG_NAME}"))
    for dependency in config.dependencies():
        problem = _stale(dependency, lock)
        if problem:
            found.append(Difference(LOCK_NAME, problem))
    return found


def _stale(dependency: Dependency, lock: Lock) -> str:
    entry = lock.find(dependency.directory.path, dependency.contents.path)
    ref = dependency.contents.git.ref
    is_commit = len(ref) == 40 and set(ref) <= set("0123456789abcdef")
    if entry is None or not is_commit or entry.git.sha == ref:
        return ""
    return f"{dependency.path} is locked at {entry.git.sha}, but {CONFIG_NAME} says {ref}"


def _ignored(config: VendirConfig, directory: str) -> list[Glob]:
    return [
        glob(f"{dependency.path}/{pattern}")
        for dependency in config.dependencies()
        if dependency.directory.path == directory
        for pattern in dependency.contents.ignore_paths
    ]


def compare(expected: Path, actual: Path, shown: str) -> list[Difference]:
    """How folder ``actual`` differs from ``expected``; paths are told below ``shown``."""
    wanted, there = _files(expected), _files(actual)
    found = []
    for path in sorted(wanted.keys() | there.keys()):
        problem = _problem(wanted.get(path), there.get(path))
        if problem:
            found.append(Difference(f"{shown}/{path}", problem))
    return found


def _problem(wanted: tuple[str, str] | None, there: tuple[str, str] | None) -> str:
    if wanted is None:
        return "is not in the source"
    if there is None:
        return "is missing"
    if wanted[0] != there[0]:
        return f"is {there[0]}, and {wanted[0]} in the source"
    return "" if wanted == there else "its content differs from the source"


def _files(folder: Path) -> dict[str, tuple[str, str]]:
    """Kind and content hash (or link target) of everything below ``folder`` but folders."""
    found = {}
    for path, entry in files_below(folder):
        if entry.is_symlink():
            found[path] = ("a symlink", str(Path(entry.path).readlink()))
        elif entry.is_file():
            executable = entry.stat().st_mode & 0o100
            kind = "an executable file" if executable else "a plain file"
            found[path] = (kind, _digest(Path(entry.path)))
        else:
            found[path] = ("neither file nor symlink", "")
    return found


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
