"""The pages as files: complete, linked, and the same bytes for the same commits and time."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from promoter.common.errors import PromoterError, UsageError
from promoter.common.progress import Progress
from promoter.web.pages import every_path
from promoter.web.rendering import STYLE, UNREADABLE_PAGE, render_error, render_page, static_file
from promoter.web.snapshot import Snapshot

MARK = ".promoter-web"
"""The name of the file by which a later export knows that it may replace the folder."""


def export(snapshot: Snapshot, folder: Path, progress: Progress) -> int:
    """Write every page into ``folder``; return their number.

    The files are written aside first, then the folder is replaced. Raises `UsageError` for a
    folder with anything that no export wrote.
    """
    if folder.exists() and not _is_replaceable(folder):
        raise UsageError(
            f"export to {folder}: it has files that no export wrote",
            next_step="name an empty folder, or a new one",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with progress.task("write pages") as detail:
            count = _write(snapshot, staged, detail)
        staged.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        staged.rename(folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return count


def _write(snapshot: Snapshot, folder: Path, detail: Callable[[str], None]) -> int:
    count = 0
    for count, path in enumerate(every_path(snapshot), 1):  # noqa: B007
        detail(path)
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_page(snapshot, path), encoding="utf-8")
    (folder / STYLE).write_bytes(static_file(STYLE))
    (folder / MARK).write_bytes(b"")
    return count


def _page(snapshot: Snapshot, path: str) -> str:
    """Return the page, or that of the error by which it cannot be shown."""
    try:
        return render_page(snapshot, path)
    except PromoterError as error:
        return render_error(path, 500, UNREADABLE_PAGE, str(error), error.next_step)


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARK).exists() or not any(folder.iterdir()))
