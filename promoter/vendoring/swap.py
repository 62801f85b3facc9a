"""Put a staged folder or file in place so that a kill leaves the old or the new one.

On Linux `renameat2(RENAME_EXCHANGE)` swaps two folders in one step. Where the kernel or
the file system cannot, the old one is moved aside first and a note says so, from which
the next run puts it back (`recover`).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from promoter.vendoring.errors import VendorError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_PAUSE = 0.05
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.ENOTSUP, errno.EPERM)


@contextmanager
def workshop(root: Path, *, patience: float = 120) -> Iterator[Path]:
    """A staging folder of one's own below ``root``, held by one process at a time.

    What an interrupted run left is cleaned up first. It lies in ``.local``, on the file
    system that it is swapped into, and ignores itself for git. Raises `VendorError` when
    another run has held it for ``patience`` seconds, and when the file system refuses (full,
    read-only, another's folder).
    """
    home = root / ".local" / "vendoring"
    with _told(root):
        home.mkdir(parents=True, exist_ok=True)
        (home / ".gitignore").write_text("*\n")
        with _held(home / "lock", patience):
            recover(root, home)
            stage = Path(mkdtemp(prefix="stage-", dir=home))
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise VendorError(
            f"vendor into {error.filename or root}: {error.strerror or error}",
            next_step="make room, or make it writable, then run the command again: "
            "it finishes what was begun",
        ) from error


@contextmanager
def _held(lock: Path, patience: float) -> Iterator[None]:
    """The kernel's lock on ``lock``, which a killed process loses with its life."""
    ends = time.monotonic() + patience
    with lock.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > ends:
                    raise VendorError(
                        f"vendor: another run has held {lock} for {patience:g} s",
                        next_step="wait for it to end, then run the command again",
                    ) from error
                time.sleep(_PAUSE)
        yield


def recover(root: Path, home: Path) -> None:
    """Put back what an interrupted swap without exchange had moved aside; drop the rest."""
    for old in home.glob("stage-*/aside/*/old"):
        # The note is written before `old` is moved, and may be gone in a cleaning cut short.
        note = old.parent / "target"
        if note.exists() and not (root / note.read_text()).exists():
            old.rename(root / note.read_text())
    for stage in home.glob("stage-*"):
        # A git that outlived a killed run may still be writing into it; then the next run.
        shutil.rmtree(stage, ignore_errors=True)


def swap(staged: Path, target: Path, root: Path, stage: Path) -> None:
    """Make ``staged`` be ``target``; the old one stays in ``stage``, to be removed with it."""
    missing = [one for one in reversed(target.relative_to(root).parents) if one.parts]
    for parent in missing:
        if not (root / parent).exists():
            # vendir makes a folder's parents with this mode.
            (root / parent).mkdir(mode=0o700)
    if not os.path.lexists(target):
        staged.rename(target)
    elif not _exchange(staged, target):
        _replace(staged, target, root, stage)


def _exchange(one: Path, other: Path) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    done = libc.renameat2(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
    )
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _replace(staged: Path, target: Path, root: Path, stage: Path) -> None:
    aside = stage / "aside" / staged.name
    aside.mkdir(parents=True)
    (aside / "target").write_text(str(target.relative_to(root)))
    target.rename(aside / "old")
    staged.rename(target)


def replace_file(file: Path, content: bytes, mode: int, stage: Path) -> None:
    """Make ``file`` hold ``content``; an existing file keeps its mode, a new one has ``mode``."""
    try:
        if file.read_bytes() == content:
            return
        mode = file.stat().st_mode & 0o7777
    except FileNotFoundError:
        pass
    staged = stage / f"{file.name}.new"
    staged.write_bytes(content)
    staged.chmod(mode)
    staged.replace(file)
