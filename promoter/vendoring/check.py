"""`promoter vendor check`: compare the vendored folders with their lock, byte by byte."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.git import is_full_id
from promoter.vendoring.config import CONFIG_NAME, VendirConfig, read_config
from promoter.vendoring.folders import files_below
from promoter.vendoring.globs import glob
from promoter.vendoring.lock import LOCK_NAME, Lock, content_paths, read_lock
from promoter.vendoring.sync import Stager
from promoter.vendoring.workspace import workspace


@dataclass(frozen=True)
class Difference:
    """A path, relative to vendir.yml, that differs from its lock, and the reason."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def check(
    root: Path, *, vendir: Path | None = None, progress: Progress | None = None
) -> list[Difference]:
    """Return the differences between ``root``'s vendored folders and its lock, in path order.

    vendir.yml, vendir.lock.yml and the folders have to agree: the locked commits are
    fetched anew and compared by content, executable bit and symlink target; extra and
    missing files count. Nothing in ``root`` changes. Raises `InvalidFile`, `VendorError`.
    """
    root = root.resolve()
    config = read_config(root / CONFIG_NAME)
    lock = read_lock(root / LOCK_NAME)
    if lock is None:
        return [Difference(LOCK_NAME, "is missing")]
    if problems := _problems_of_lock(config, lock):
        return [Difference(LOCK_NAME, problem) for problem in problems]
    ignored = [
        glob(f"{dependency.path}/{pattern}")
        for dependency in config.dependencies()
        for pattern in dependency.contents.ignore_paths
    ]
    with workspace(root) as stage:
        stager = Stager(root, stage, lock, vendir, progress or Silent(), locked=True, lazy=False)
        folders, _ = stager.run(config)
        return [
            difference
            for path, folder in folders.items()
            for difference in _compare(folder, root / path, path)
            if not any(pattern.matches(difference.path) for pattern in ignored)
        ]


def _problems_of_lock(config: VendirConfig, lock: Lock) -> list[str]:
    problems = []
    if content_paths(config) != content_paths(lock):
        problems.append(f"its contents are not those of {CONFIG_NAME}")
    for dependency in config.dependencies():
        sha, ref = lock.commit(dependency), dependency.contents.git.ref
        if sha and is_full_id(ref) and sha != ref:
            problems.append(f"{dependency.path} is locked at {sha}, but {CONFIG_NAME} says {ref}")
    return problems


def _compare(expected: Path, actual: Path, shown: str) -> Iterator[Difference]:
    source, vendored = _files(expected), _files(actual)
    for path in sorted(source.keys() | vendored.keys()):
        old, new = source.get(path), vendored.get(path)
        if old is None:
            yield Difference(f"{shown}/{path}", "is not in the source")
        elif new is None:
            yield Difference(f"{shown}/{path}", "is missing")
        elif old[0] != new[0]:
            yield Difference(f"{shown}/{path}", f"is {new[0]}, and {old[0]} in the source")
        elif old != new:
            yield Difference(f"{shown}/{path}", "its content differs from the source")


def _files(folder: Path) -> dict[str, tuple[str, str]]:
    """Return kind and content hash (or link target) of everything that is not a folder."""
    files = {}
    for path, entry in files_below(folder):
        if entry.is_symlink():
            files[path] = ("a symlink", str(Path(entry.path).readlink()))
        elif entry.is_file():
            kind = "an executable file" if entry.stat().st_mode & 0o100 else "a plain file"
            content = Path(entry.path).read_bytes()
            files[path] = (kind, hashlib.sha256(content).hexdigest())
        else:
            files[path] = ("neither file nor symlink", "")
    return files
