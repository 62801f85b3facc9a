"""Write files of the object store into a folder, byte for byte."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from promoter.common.errors import GitError
from promoter.git.commands import Commands
from promoter.git.objects import TreeEntry
from promoter.git.reader import read_object


def write_files(git: Commands, folder: Path, files: Iterable[tuple[str, TreeEntry]]) -> None:
    """Write ``files`` (paths and entries) below ``folder``, replacing what is in their way.

    Unlike a checkout by git, the bytes are those that were recorded, whatever filters, line ends
    or attributes are configured. Raises `GitError` for a missing object, or a path that git itself
    refuses because it leads out of the folder or into ``.git``.
    """
    for path, entry in files:
        if (found := read_object(git, entry.blob)) is None:
            raise GitError(f"write {path}: object {entry.blob} is missing in {git.dir}")
        _write(_cleared(folder, path), found.content, entry)


def _cleared(folder: Path, path: str) -> Path:
    """Return the file of ``path``, which does not exist; its folders do, and none is a link."""
    *parents, name = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in (*parents, name)):
        raise GitError(f"write {path!r}: not a path inside of a work tree")
    for part in parents:
        folder /= part
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
            folder.mkdir()
    file = folder / name
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    file.unlink(missing_ok=True)
    return file


def _write(file: Path, content: bytes, entry: TreeEntry) -> None:
    if entry.symlink:
        file.symlink_to(content.decode("utf-8", "surrogateescape"))
        return
    file.write_bytes(content)
    if entry.executable:
        mode = file.stat().st_mode
        file.chmod(mode | (mode & 0o444) >> 2)
