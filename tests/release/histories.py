"""Histories of commits, merges and tags, created by one `git fast-import`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promoter.git import Git


@dataclass(frozen=True)
class HistoryCommit:
    """One commit to create: its message, its tags, and the message of a merged side commit."""

    message: str
    tags: tuple[str, ...] = ()
    side: str | None = None


def create_history(
    git: Git, history: Sequence[HistoryCommit], files: dict[str, str] | None = None
) -> None:
    """Create ``history`` on branch main, one commit per minute, with ``files`` in each."""
    stream: list[str] = []
    mark = 0
    parent = ""
    for commit in history:
        merged = ""
        if commit.side is not None:
            mark += 1
            stream.append(_commit("refs/heads/side", mark, commit.side, parent, "", files))
            merged = f":{mark}"
        mark += 1
        stream.append(_commit("refs/heads/main", mark, commit.message, parent, merged, files))
        parent = f":{mark}"
        stream += [f"reset refs/tags/{tag}\nfrom {parent}\n\n" for tag in commit.tags]
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
