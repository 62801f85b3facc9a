"""Folders as git sees them: path, mode and blob id; and commits made of them."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from promoter.git import NO_OBJECT, Git
from promoter.git.objects import TreeEntry

FolderFiles = Mapping[str, TreeEntry]
"""The files of a folder, as modes and blob ids by path."""


def files_below(folder: Path, prefix: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield path and entry of files and symlinks (unfollowed) below ``folder``, if it exists."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry


def store_folder(git: Git, folder: Path) -> dict[str, TreeEntry]:
    """Store the files below ``folder``, as fetched: no filter of .gitattributes applies."""
    links: dict[str, TreeEntry] = {}
    modes: dict[str, str] = {}
    for path, entry in files_below(folder):
        if entry.is_symlink():
            target = os.fsencode(Path(entry.path).readlink())
            links[path] = TreeEntry("120000", git.write_blob(target))
        elif entry.is_file():
            modes[path] = "100755" if entry.stat().st_mode & 0o100 else "100644"
    listed = "".join(f"{folder.resolve() / path}\n" for path in modes).encode()
    ids = git.output("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed)
    blobs = zip(modes.items(), ids.decode().split(), strict=True)
    return {path: TreeEntry(mode, blob) for (path, mode), blob in blobs} | links


def tree_with_folder(
    git: Git, base: str, path: str, folder: FolderFiles, files: Mapping[str, bytes], index: Path
) -> str:
    """Return the tree of ``base`` with ``folder`` as all of ``path``, and ``files``.

    ``index`` is written in place of git's own.
    """
    removed = git.listing(base, path).keys() - folder.keys()
    lines = [f"0 {NO_OBJECT}\t{path}/{name}" for name in sorted(removed)]
    lines += [f"{entry.mode} {entry.blob}\t{path}/{name}" for name, entry in folder.items()]
    lines += [f"100644 {git.write_blob(content)}\t{name}" for name, content in files.items()]
    stdin = "".join(f"{line}\0" for line in lines).encode(errors="surrogateescape")
    scratch = {"GIT_INDEX_FILE": str(index)}
    git.text("read-tree", base, env=scratch)
    git.output("update-index", "-z", "--index-info", stdin=stdin, env=scratch)
    return git.text("write-tree", env=scratch)


def write_folder(git: Git, files: FolderFiles, folder: Path) -> None:
    """Write ``files`` to the new ``folder``, byte for byte."""
    folder.mkdir()
    contents = git.blobs(entry.blob for entry in files.values())
    for path, entry in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if entry.symlink:
            file.symlink_to(os.fsdecode(contents[entry.blob]))
            continue
        file.write_bytes(contents[entry.blob])
        if entry.executable:
            file.chmod(file.stat().st_mode | 0o111)
