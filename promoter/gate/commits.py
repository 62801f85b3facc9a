"""What a commit says of itself."""

from __future__ import annotations

import re

from promoter.gate.history import History

_SPACE = " \t\n\v\f\r"
_RUN = re.compile(r"[ \t\n\v\f\r]+")
_PARAGRAPH_END = re.compile(r"\n(?:[ \t\v\f\r]*(?:\n|\Z))")


def message(content: bytes) -> str:
    """The message in a commit object, less the empty lines before it."""
    headers, _, text = content.partition(b"\n\n")
    encoding = re.search(rb"^encoding (\S+)$", headers, re.MULTILINE)
    name = encoding[1].decode("ascii", "replace") if encoding else "utf-8"
    for attempt in ("utf-8", name):
        try:
            return text.decode(attempt).lstrip("\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return text.decode("latin-1").lstrip("\n")


def summary(text: str) -> str:
    """A message's first paragraph on one line, as libgit2 folds it."""
    end = _PARAGRAPH_END.search(text)
    paragraph = (text[: end.start()] if end else text).rstrip(_SPACE)
    return _RUN.sub(lambda run: " " if "\n" in run[0] else run[0], paragraph)


def tree_of(content: bytes) -> str:
    """The tree of a commit object."""
    return content[5:45].decode("ascii")


def parents_of(content: bytes) -> list[str]:
    """The parents of a commit object."""
    headers = content.partition(b"\n\n")[0].decode("ascii", "replace")
    return [line[7:] for line in headers.split("\n") if line.startswith("parent ")]


def summaries(history: History, commits: set[str]) -> dict[str, str]:
    """The summary of each of ``commits``."""
    found: dict[str, str] = {}
    for commit in commits:
        read = history.read(commit)
        found[commit] = summary(message(read.content)) if read else ""
    return found
