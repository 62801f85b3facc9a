"""Folders as git sees them: path, mode and blob id; and commits made of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from promoter.git import NO_OBJECT, Git
from promoter.vendoring.folders import files_below

Blobs = Mapping[str, tuple[str, str]]
"""Mode (``100644``, ``100755``, ``120000``) and blob id by path."""


def folder_blobs(git: Git, folder: Path) -> dict[str, tuple[str, str]]:
    """The files below ``folder``, stored in the repository byte for byte as they are.

    No filter of the repository's own .gitattributes applies: what is vendored has to stay
    what was fetched.
    """
    modes: dict[str, str] = {}
    links: dict[str, str] = {}
    for path, entry in files_below(folder):
        if entry.is_symlink():
            links[path] = git.write_blob(os.fsencode(Path(entry.path).readlink()))
        elif entry.is_file():
            modes[path] = "100755" if entry.stat().st_mode & 0o100 else "100644"
    listed = "".join(f"{folder.resolve() / path}\n" for path in modes).encode()
    ids = git.output("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed)
    found = dict(zip(modes, ids.decode().split(), strict=True))
    plain = {path: (mode, found[path]) for path, mode in modes.items()}
    return {**plain, **{path: ("120000", link) for path, link in links.items()}}


def commit_blobs(git: Git, revision: str, path: str) -> dict[str, tuple[str, str]]:
    """The files below ``path`` in ``revision``, by their path from there; none if it is absent."""
    if git.tree(revision, path) is None:
        return {}
    listed = git.output("ls-tree", "-r", "-z", "--full-tree", f"{revision}:{path}")
    found = {}
    for line in listed.decode(errors="surrogateescape").split("\0"):
        facts, _, name = line.partition("\t")
        if name:
            mode, _, object_id = facts.split(" ")
            found[name] = (mode, object_id)
    return found


def commit_with(
    git: Git,
    base: str,
    path: str,
    blobs: Blobs,
    files: Mapping[str, bytes],
    message: str,
    stage: Path,
) -> str:
    """A commit on ``base`` with ``blobs`` being all of ``path``, and ``files`` set; its id.

    Branch, index and work tree do not change; ``stage`` holds what is needed in between.
    """
    gone = commit_blobs(git, base, path).keys() - blobs.keys()
    lines = [f"0 {NO_OBJECT}\t{path}/{name}" for name in sorted(gone)]
    lines += [f"{mode} {blob}\t{path}/{name}" for name, (mode, blob) in blobs.items()]
    lines += [f"100644 {git.write_blob(content)}\t{name}" for name, content in files.items()]
    scratch = {"GIT_INDEX_FILE": str(stage / "index")}
    git.text("read-tree", base, env=scratch)
    info = "".join(f"{line}\0" for line in lines).encode(errors="surrogateescape")
    git.output("update-index", "-z", "--index-info", stdin=info, env=scratch)
    tree = git.text("write-tree", env=scratch)
    sign = git.config("commit.gpgsign") == "true"
    return git.commit_tree(tree, [base], message, sign=sign)


def write_blobs(git: Git, blobs: Blobs, folder: Path) -> None:
    """Write ``blobs`` out into the new ``folder``, byte for byte."""
    folder.mkdir()
    order = list(blobs)
    wanted = "".join(f"{blobs[path][1]}\n" for path in order).encode()
    answer = git.output("cat-file", "--batch", stdin=wanted)
    at = 0
    for path in order:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        _write(folder / path, blobs[path][0], answer[end + 1 : end + 1 + size])
        at = end + size + 2


def _write(file: Path, mode: str, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if mode == "120000":
        file.symlink_to(os.fsdecode(content))
        return
    file.write_bytes(content)
    if mode == "100755":
        file.chmod(file.stat().st_mode | 0o111)
