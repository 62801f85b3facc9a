"""Histories made in one go by `git fast-import`: commits, merges and tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promoter.git import Git


@dataclass(frozen=True)
class Made:
    """One commit to make: its message, its tags, and whether it merges a side branch."""

    message: str
    tags: tuple[str, ...] = ()
    side: str | None = None


def make(git: Git, history: Sequence[Made], files: dict[str, str] | None = None) -> None:
    """Make ``history`` on branch main, one commit a minute, with ``files`` in each."""
    stream: list[str] = []
    mark = 0
    parent = ""
    for made in history:
        merged = ""
        if made.side is not None:
            mark += 1
            stream.append(_commit("refs/heads/side", mark, made.side, parent, "", files))
            merged = f":{mark}"
        mark += 1
        stream.append(_commit("refs/heads/main", mark, made.message, parent, merged, files))
        parent = f":{mark}"
        stream += [f"reset refs/tags/{tag}\nfrom {parent}\n\n" for tag in made.tags]
    git.output("fast-import", "--quiet", "--force", stdin="".join(stream).encode())
    git.text("reset", "--quiet", "--hard", "main")


def _commit(
    ref: str, mark: int, message: str, parent: str, merged: str, files: dict[str, str] | None
) -> str:
    time = 1_700_000_000 + 60 * mark
    lines = [
        f"commit {ref}",
        f"mark :{mark}",
        f"committer Dev <dev@localhost> {time} +0000",
        f"data {len(message.encode())}",
        message,
        *([f"from {parent}"] if parent else []),
        *([f"merge {merged}"] if merged else []),
    ]
    for path, text in (files or {}).items():
        lines += [f"M 100644 inline {path}", f"data {len(text.encode())}", text]
    return "\n".join([*lines, "", ""])
