"""Files of a checkout of the application."""

from pathlib import Path


class MissingSource(Exception):
    """A file or folder that the application does not have; the message is its path."""


def read(root: Path, path: str) -> str:
    """Return the text of a file; raise `MissingSource` if there is none."""
    file = root / path
    if not file.is_file():
        raise MissingSource(path)
    return file.read_text(encoding="utf-8")


def texts(root: Path, folder: str, pattern: str) -> dict[str, str]:
    """Return the files below ``folder`` by path, sorted; raise `MissingSource` for no folder."""
    if not (root / folder).is_dir():
        raise MissingSource(folder)
    files = sorted(file for file in (root / folder).rglob(pattern) if file.is_file())
    return {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in files}
