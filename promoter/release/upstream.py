"""Git repositories created from the folders of ``upstream/``.

Author, date and message are fixed, so the same files always result in the same commit: that
is how ``vendir.yml`` can name a commit of the charts repository that anybody can reproduce.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from promoter.git import Git, Identity

AUTHOR = Identity("Lana Bank", "lana-bank@localhost")
_DATE = "2026-01-01T00:00:00+00:00"


def export(source: Path, bare: Path, *, branch: str = "main") -> str:
    """Create a bare repository whose ``branch`` has the files of ``source``; return its commit.

    It has every file below ``source`` that git does not ignore, as in the work tree.
    """
    bare.mkdir(parents=True)
    target = Git(bare)
    target.text("init", "--quiet", "--bare", f"--initial-branch={branch}")
    known = _known_objects(source)
    commit = _commit(target, source, known)
    target.text("update-ref", f"refs/heads/{branch}", commit)
    # One pack instead of a file for each object: thousands of small files take seconds.
    target.text("repack", "-a", "-d", "--quiet", env=known)
    return commit


def _commit(target: Git, source: Path, known: Mapping[str, str]) -> str:
    own = {"GIT_INDEX_FILE": str(target.dir / "export.index"), "GIT_DIR": str(target.dir)}
    index = {**own, **known}
    words = "update-index", "--add", "-z", "--stdin"
    stage = {**index, "GIT_WORK_TREE": str(source)}
    Git(source).output(*words, stdin=_files(source), env=stage)
    tree = target.text("write-tree", env=index)
    Path(index["GIT_INDEX_FILE"]).unlink()
    dates = {"GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE}
    flags = {**AUTHOR.variables(), **dates, **known}
    return target.text("commit-tree", tree, "-m", f"feat: {source.name} as it is", env=flags)


def _files(folder: Path) -> bytes:
    """Return the names of the files below ``folder`` that git does not ignore."""
    names = Git(folder).output(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "."
    )
    return b"\0".join(name for name in names.split(b"\0") if name and _exists(folder, name))


def _known_objects(source: Path) -> dict[str, str]:
    """Return the variable by which git finds what the repository of ``source`` already has."""
    folder = Git(source).text("rev-parse", "--path-format=absolute", "--git-path", "objects")
    # In quotes a colon is a part of the path.
    return {"GIT_ALTERNATE_OBJECT_DIRECTORIES": json.dumps(folder, ensure_ascii=False)}


def _exists(source: Path, name: bytes) -> bool:
    path = source / name.decode(errors="surrogateescape")
    return path.is_symlink() or path.exists()
