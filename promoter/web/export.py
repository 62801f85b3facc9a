"""The pages as files: complete, linked, and the same bytes for the same commits and time."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

from promoter.common.errors import PromoterError, UsageError
from promoter.common.files import exchange
from promoter.common.progress import Progress
from promoter.web.pages import every_path
from promoter.web.rendering import (
    SCRIPT,
    STATIC,
    UNREADABLE_PAGE,
    render_error,
    render_page,
    static_file,
)
from promoter.web.snapshot import Snapshot

MARK = ".promoter-web"
"""The name of the file that lists what an export wrote, a path per line."""


def export(snapshot: Snapshot, folder: Path, progress: Progress) -> int:
    """Write every page into ``folder``; return their number.

    The files are written aside first, then the folder is replaced; a symlink to a folder stays
    one. Raises `UsageError` for a folder with anything that no export wrote.
    """
    folder = folder.resolve()
    _refuse_other_files(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with progress.task("write pages") as detail:
            count = _write(snapshot, staged / "new", detail)
        _refuse_other_files(folder)
        _put(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return count


def _put(staged: Path, folder: Path) -> None:
    """Put ``new`` of ``staged`` in the place of ``folder``, whose files stay in ``staged``."""
    new, old = staged / "new", staged / "old"
    if folder.exists() and exchange(new, folder):
        return
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _write(snapshot: Snapshot, folder: Path, detail: Callable[[str], None]) -> int:
    folder.mkdir()
    paths = list(every_path(snapshot))
    for path in paths:
        detail(path)
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_page(snapshot, path), encoding="utf-8")
    files = [name for name in STATIC if name != SCRIPT]
    for name in files:
        (folder / name).write_bytes(static_file(name))
    (folder / MARK).write_text("".join(f"{path}\n" for path in paths + files), encoding="utf-8")
    return len(paths)


def _page(snapshot: Snapshot, path: str) -> str:
    """Return the page, or that of the error by which it cannot be shown."""
    try:
        return render_page(snapshot, path)
    except PromoterError as error:
        return render_error(path, 500, UNREADABLE_PAGE, str(error), error.next_step)


def _refuse_other_files(folder: Path) -> None:
    """Raise `UsageError` if ``folder`` has something that no export wrote, or is a file."""
    if folder.is_file():
        raise UsageError(f"export to {folder}: it is a file", next_step="name a folder")
    mark = folder / MARK
    written = {MARK, *mark.read_text(encoding="utf-8").splitlines()} if mark.is_file() else set()
    others = sorted(set(_files(folder)) - written)
    if others:
        raise UsageError(
            f"export to {folder}: it has files that no export wrote: {', '.join(others[:3])}",
            next_step="move them away, or name an empty folder or a new one",
        )


def _files(folder: Path) -> Iterator[str]:
    """Yield every file and symlink in ``folder``, relative to it."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        yield from (str((Path(parent) / name).relative_to(folder)) for name in [*names, *links])
