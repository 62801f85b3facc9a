"""Locks between processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress


@contextmanager
def exclusive(
    file: Path, waiting_for: str, progress: Progress, seconds: float = -1
) -> Iterator[None]:
    """Hold the lock ``file`` while the block runs; wait for it at most ``seconds`` (-1: forever).

    Raises `PromoterError` when another process still holds it then.
    """
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with progress.task(f"wait for {waiting_for}"):
            try:
                lock.acquire(timeout=seconds)
            except Timeout as error:
                raise PromoterError(
                    f"lock {file.parent}: another command has held it for {seconds:.0f} s",
                    next_step="wait for it, or end it",
                ) from error
    try:
        yield
    finally:
        lock.release()
