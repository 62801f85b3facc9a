"""Fetch one content into a staging folder; nothing outside of that folder changes.

The program vendir fetches where PATH has it, our own git source where it has not. Either
way the content passes the same refusals.
"""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from promoter.common.child import run_child
from promoter.common.errors import GitError
from promoter.git import environment, is_full_id
from promoter.vendoring.config import CONFIG_NAME, Contents, Directory, VendirConfig
from promoter.vendoring.errors import UnsafeContent, VendorError
from promoter.vendoring.folders import files_below
from promoter.vendoring.git_source import (
    GitLock,
    SourceRepository,
    fetch_commit,
    source_repository,
)
from promoter.vendoring.globs import glob
from promoter.vendoring.lock import LOCK_NAME, document_bytes, read_lock
from promoter.vendoring.refusals import first_link, refuse_name
from promoter.vendoring.selection import SUBMODULE, select

_VENDIR_SECONDS = 1800


def find_vendir(choice: str = "auto") -> Path | None:
    """Return the vendir on PATH, None without one or for ``never``.

    Raises `VendorError` without one for ``always``.
    """
    program = shutil.which("vendir") if choice != "never" else None
    if program is None and choice == "always":
        next_step = "install it, or use --vendir auto"
        raise VendorError("find vendir: it is not on PATH", next_step=next_step)
    return Path(program) if program else None


def fetch(
    contents: Contents,
    ref: str,
    current: Path,
    target: Path,
    stage: Path,
    *,
    vendir: Path | None = None,
) -> GitLock:
    """Write the files of ``contents`` at ``ref`` to ``target``, which must not exist yet.

    Without ``vendir`` our own git source fetches. ``current`` is the present vendored folder,
    whose ignored files are kept. ``stage`` is created for intermediate files and removed.

    Raises `UnsafeContent` for files that must not be vendored, `RefNotFound`, `VendorError`.
    """
    stage.mkdir(exist_ok=True)
    if vendir:
        lock = _fetch_by_vendir(vendir, contents, ref, target, stage)
    else:
        lock = _fetch_by_git(contents, ref, target, stage)
    shutil.rmtree(stage, ignore_errors=True)
    for path, _ in files_below(target):
        refuse_name(path)
    _keep_ignored(contents, current, target)
    if contents.permissions is not None:
        target.chmod(contents.permissions)
    return lock


def _fetch_by_vendir(
    program: Path, contents: Contents, ref: str, target: Path, stage: Path
) -> GitLock:
    """Run vendir for this content alone, in the staging folder.

    vendir deletes the old directory before it moves the new one in, and checks symlinks
    after that. Here it only ever replaces files in the staging folder.
    """
    # Kept files and permissions are applied here, and a lazy content is never requested.
    git = replace(contents.git, ref=ref)
    alone = replace(
        contents, path="content", git=git, lazy=False, ignore_paths=(), permissions=None
    )
    config = VendirConfig((Directory("fetched", (alone,)),))
    (stage / CONFIG_NAME).write_bytes(document_bytes("Config", config))
    _run_vendir(program, stage)
    lock = read_lock(stage / LOCK_NAME)
    entry = lock.find("fetched", "content") if lock else None
    if entry is None:
        raise VendorError(f"run {program}: it wrote no lock for {contents.path}")
    folder = stage / "fetched" / "content"
    # vendir keeps its clone's .git where no pattern and no newRootPath removes it.
    shutil.rmtree(folder / ".git", ignore_errors=True)
    folder.rename(target)
    return entry.git


def _run_vendir(program: Path, folder: Path) -> None:
    try:
        command = [str(program), "sync", "--chdir", str(folder)]
        done = run_child(command, env=environment(), seconds=_VENDIR_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VendorError(f"run {program}: {error}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        cause = next((line for line in reversed(lines) if "Error" in line), "no message")
        next_step = "check url and ref in vendir.yml; --vendir never uses our own code"
        raise VendorError(f"run vendir sync: {cause.strip()}", next_step=next_step)


def _fetch_by_git(contents: Contents, ref: str, target: Path, stage: Path) -> GitLock:
    tree = stage / "tree"
    with ThreadPoolExecutor(1) as pool:
        # The files of a full id are fetched while its history is checked for reachability.
        early = pool.submit(_write_commit, contents, ref, stage) if is_full_id(ref) else None
        with source_repository(contents.git, stage / "repository") as source:
            sha = source.resolve(ref)
            files = early or pool.submit(_write_selected, source, sha, contents, tree)
            try:
                lock = source.lock(sha)
                files.result()
            except GitError:
                # Both are fetched anew, but only once the other thread has stopped.
                files.exception()
                source = source.unfiltered() if source.filtered else source
                _write_selected(source, sha, contents, tree)
                lock = source.lock(sha)
    origin = tree / contents.root
    if origin.is_symlink() or not origin.is_dir():
        raise VendorError(
            f"change root of {contents.path}: {contents.new_root_path!r} is not a folder",
            next_step="correct newRootPath in vendir.yml",
        )
    origin.rename(target)
    return lock


def _write_commit(contents: Contents, sha: str, stage: Path) -> None:
    source = fetch_commit(contents.git, sha, stage / "commit")
    _write_selected(source, sha, contents, stage / "tree")


def _write_selected(source: SourceRepository, sha: str, contents: Contents, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    # The mode of vendir's temporary clone, which the content keeps without newRootPath.
    tree.mkdir(mode=0o700)
    entries = source.entries(sha)
    selected = select(entries, contents)
    # The .gitattributes that apply to selected files without being selected.
    attributes = {
        path: entry
        for path, entry in entries.items()
        if path.rpartition("/")[2] == ".gitattributes"
        and path not in selected
        and entry.mode != SUBMODULE
    }
    source.write({**selected, **attributes}, tree)
    for path in attributes:
        _remove(tree, path)


def _remove(tree: Path, path: str) -> None:
    (tree / path).unlink(missing_ok=True)
    for parent in (tree / path).parents:
        if parent == tree or any(parent.iterdir()):
            return
        parent.rmdir()


def _keep_ignored(contents: Contents, current: Path, target: Path) -> None:
    """Copy the files that match ``ignorePaths`` over the fetched ones."""
    patterns = [glob(pattern) for pattern in contents.ignore_paths]
    for path, _ in files_below(current) if patterns else ():
        if any(pattern.matches(path) for pattern in patterns):
            _keep(current / path, target, path)


def _keep(file: Path, target: Path, path: str) -> None:
    def invalid(reason: str) -> UnsafeContent:
        next_step = "move it away, or remove it from ignorePaths in vendir.yml"
        return UnsafeContent(f"keep {path}: {reason}", next_step=next_step)

    kept = target / path
    # A fetched link may lead anywhere, and writing follows it.
    if link := first_link(target, path):
        raise invalid(f"the source has a symlink there, {link.relative_to(target)}")
    if not file.is_file():
        raise invalid("it is a symlink that leads to no file")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.write_bytes(file.read_bytes())
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise invalid("one is a file where the other has a folder") from error
