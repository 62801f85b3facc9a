"""What Concourse shows of a version: cepler's own entries, then ours."""

from __future__ import annotations

from promoter.forge.links import compare_link
from promoter.gate.rules import FileChange
from promoter.git import Git

Entry = dict[str, str]

_MOST_COMMITS = 20


def metadata(changes: tuple[FileChange, ...], *, gone: str) -> list[Entry]:
    """Cepler's entries: each file with the commit that last changed it."""
    return [
        {
            "name": change.identity,
            "value": change.current.summary() if change.current is not None else gone,
        }
        for change in changes
    ]


def own_metadata(git: Git, uri: str, name: str, before: str | None, trigger: str) -> list[Entry]:
    """Ours: environment, commits from ``before`` (None: nothing ran) to ``trigger``, a link."""
    known = before is not None and before != trigger and git.commit(before) is not None
    commits = _between(git, f"{before}..{trigger}") if known else _line(git, trigger)
    entries = [{"name": "environment", "value": name}, {"name": "commits", "value": commits}]
    link = compare_link(uri, before or "", trigger) if known else ""
    if link:
        entries.append({"name": "compare", "value": link})
    return entries


def _between(git: Git, span: str) -> str:
    lines = git.lines("log", "--format=[%h] - %s", span)
    more = len(lines) - _MOST_COMMITS
    return "\n".join([*lines[:_MOST_COMMITS], *([f"and {more} more"] if more > 0 else [])])


def _line(git: Git, commit: str) -> str:
    return git.text("show", "--no-patch", "--format=[%h] - %s", commit)
