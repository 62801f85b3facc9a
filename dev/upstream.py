"""Makes git repositories out of the folders of ``upstream/``.

Author, date and message are fixed, so the same files always make the same commit: that is
how ``vendir.yml`` can name a commit of the charts repository that anybody can make again.
"""

from __future__ import annotations

from pathlib import Path

from promoter.git import Git, Identity

AUTHOR = Identity("Lana Bank", "lana-bank@localhost")
_DATE = "2026-01-01T00:00:00+00:00"


def export(source: Path, bare: Path, *, branch: str = "main") -> str:
    """A bare repository at ``bare`` whose ``branch`` has the files of ``source``; its commit.

    Takes what git tracks below ``source`` and what it neither tracks nor ignores, as it is
    in the work tree.
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
    there = b"\0".join(name for name in names.split(b"\0") if name and _exists(source, name))
    seen = Git(source)
    seen.output("update-index", "--add", "-z", "--stdin", stdin=there, env=index)
    tree = seen.text("write-tree", env=index)
    Path(index["GIT_INDEX_FILE"]).unlink()
    dates = {"GIT_AUTHOR_DATE": _DATE, "GIT_COMMITTER_DATE": _DATE}
    flags = {**AUTHOR.variables(), **dates}
    return target.text("commit-tree", tree, "-m", f"feat: {source.name} as it is", env=flags)


def _exists(source: Path, name: bytes) -> bool:
    path = source / name.decode(errors="surrogateescape")
    return path.is_symlink() or path.exists()
