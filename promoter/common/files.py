"""Write files so that a kill at any instant leaves the old content or the new."""

import ctypes
import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.EXDEV, errno.ENOTSUP, errno.EPERM)


def write_atomically(file: Path, content: bytes, mode: int | None = None) -> None:
    """Replace ``file`` by ``content`` and flush both file and folder to the disk.

    Missing folders are created. Without ``mode`` an existing file keeps its own and a new
    one gets what the umask allows.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, staged = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(staged).chmod(_present_mode(file) if mode is None else mode)
        Path(staged).replace(file)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step; return False where the system cannot (only Linux can)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    if libc.renameat2(*paths, _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _present_mode(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
