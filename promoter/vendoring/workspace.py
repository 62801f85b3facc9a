"""A staging folder, and swaps out of it that leave the old or the new at a kill.

On Linux `renameat2(RENAME_EXCHANGE)` swaps two folders in one step. Where the kernel or
the file system cannot, the old one is moved aside first with a note, from which the next
run restores it (`recover`).
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from promoter.common.files import exchange
from promoter.vendoring.errors import VendorError

HOME = ".promoter-vendoring"
JOURNAL = "bump.json"

_POLL_SECONDS = 0.05


@contextmanager
def workspace(root: Path, *, timeout: float = 120) -> Iterator[Path]:
    """Yield a staging folder in ``root``, which one process at a time may use.

    It lies on the file system that it is swapped into, is hidden from git, and is removed
    after the block; only what an interrupted run left stays, for the next run to finish.
    Raises `VendorError` when another run holds ``root`` for ``timeout`` seconds, or when the
    file system refuses (full, read-only, no permission).
    """
    home = root / HOME
    try:
        with _lock(root, timeout):
            home.mkdir(exist_ok=True)
            (home / ".gitignore").write_text("*\n")
            recover(root)
            stage = Path(mkdtemp(prefix="stage-", dir=home))
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)
                if {entry.name for entry in home.iterdir()} == {".gitignore"}:
                    shutil.rmtree(home)
    except OSError as error:
        raise VendorError(
            f"vendor into {error.filename or root}: {error.strerror or error}",
            next_step="free space, or make it writable, then run the command again: "
            "it finishes what was interrupted",
        ) from error


@contextmanager
def _lock(root: Path, timeout: float) -> Iterator[None]:
    """Hold the kernel's lock on the folder itself, which ends with the process."""
    deadline = time.monotonic() + timeout
    descriptor = os.open(root, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise VendorError(
                        f"vendor: another run has held {root} for {timeout:g} s",
                        next_step="wait for it to end, then run the command again",
                    ) from error
                time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def recover(root: Path) -> None:
    """Restore what an interrupted swap without exchange had moved aside; remove the rest."""
    for old in (root / HOME).glob("stage-*/aside/*/old"):
        # The note is written before `old` is moved; an interrupted cleanup may have removed it.
        note = old.parent / "target"
        if note.exists() and not (root / note.read_text()).exists():
            old.rename(root / note.read_text())
    for stage in (root / HOME).glob("stage-*"):
        # A git that outlived a killed run may still write into it; then the next run removes it.
        shutil.rmtree(stage, ignore_errors=True)


def swap(staged: Path, target: Path, root: Path, stage: Path) -> None:
    """Put ``staged`` in place of ``target``; the old one stays in ``stage``, removed with it."""
    for parent in reversed(target.relative_to(root).parents):
        # vendir creates the parents of a folder with this mode.
        (root / parent).mkdir(mode=0o700, exist_ok=True)
    if not os.path.lexists(target):
        staged.rename(target)
    elif not exchange(staged, target):
        _replace(staged, target, root, stage)


def _replace(staged: Path, target: Path, root: Path, stage: Path) -> None:
    aside = stage / "aside" / staged.name
    aside.mkdir(parents=True)
    (aside / "target").write_text(str(target.relative_to(root)))
    target.rename(aside / "old")
    try:
        staged.rename(target)
    except OSError:
        (aside / "old").rename(target)
        raise


def replace_file(file: Path, content: bytes, mode: int, stage: Path) -> None:
    """Write ``content`` to ``file``; an existing file keeps its mode, a new one has ``mode``.

    Staged in ``stage``, not next to the file: there a killed run would leave it behind.
    """
    if file.exists() and file.read_bytes() == content:
        return
    staged = stage / f"{file.name}.new"
    staged.write_bytes(content)
    staged.chmod(file.stat().st_mode & 0o7777 if file.exists() else mode)
    staged.replace(file)
