"""Git repositories created from the folders of ``upstream/``.

Author, date and message are fixed, so the same files always result in the same commit: that
is how ``vendir.yml`` can name a commit of the charts repository that anybody can reproduce.
"""

from __future__ import annotations

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
    commit = _commit(target, source)
    target.text("update-ref", f"refs/heads/{branch}", commit)
    return commit


def _commit(target: Git, source: Path) -> str:
    index = {
        "GIT_INDEX_FILE": str(target.dir / "export.index"),
        "GIT_WORK_TREE": str(source),
        "GIT_DIR": str(target.dir),
    }
    names = Git(source).output(
        "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "."
    )
    existing = b"\0".join(name for name in names.split(b"\0") if name and _exists(source, name))
    repository = Git(source)
    repository.output("update-index", "--add", "-z", "--stdin", stdin=existing, env=index)
    tree = repository.text("write-tree", env=index)
    Path(index["GIT_INDEX_FILE"]).unlink()
    dates = {"GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE}
    flags = {**AUTHOR.variables(), **dates}
    return target.text("commit-tree", tree, "-m", f"feat: {source.name} as it is", env=flags)


def _exists(source: Path, name: bytes) -> bool:
    path = source / name.decode(errors="surrogateescape")
    return path.is_symlink() or path.exists()
