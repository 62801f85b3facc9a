"""Conventional commit messages, parsed as cocogitto parses them.

The grammar is that of conventionalcommits.org v1.0.0 where it is precise and that of the
crate conventional_commit_parser 0.9 where it is not, because `cog` is what checks pull
requests elsewhere: a footer may follow one line break only, may be indented where it is the
first, and swallows every line up to the next footer.
"""

import re
from dataclasses import dataclass

from promoter.release.errors import ReleaseError

EXPECTED_FORM = "<type>[(scope)][!]: <summary>, for instance 'fix(loans): round interest once'"

_SUMMARY = re.compile(
    r"(?P<type>[A-Za-z]+)(?:\((?P<scope>[^()\s]+)\))?(?P<mark>!?): (?P<summary>[^\r\n]+)"
)
_NEWLINE = r"(?:\r\n|\n|\r)"
# Atomic, as the grammar has it: "BREAKING CHANGES: x" is not the token "BREAKING" either.
_FOOTER = re.compile(
    r"(?>(?P<breaking>BREAKING[ -]CHANGE)|[A-Za-z0-9-]+)" + rf"(?:: |:{_NEWLINE}| #)(?=.)",
    re.DOTALL,
)
_BLANK_LINES = re.compile(rf"(?:{_NEWLINE} *)+")
_LINE_BREAK = re.compile(_NEWLINE)


class NotConventional(ReleaseError):
    """A commit message is not of the conventional form."""


@dataclass(frozen=True)
class Conventional:
    """A parsed message; ``type`` is in lower case, ``scope`` may be empty."""

    type: str
    scope: str
    summary: str
    breaking: bool


def parse(message: str) -> Conventional:
    """Return the parsed ``message``; raises `NotConventional` with the reason."""
    text = message.strip()
    if (found := _SUMMARY.match(text)) is None:
        raise NotConventional(_rejection(text.splitlines()[0] if text else ""))
    breaking = bool(found["mark"]) or _has_breaking_footer(text, found.end())
    kind, scope, summary = found["type"].lower(), found["scope"] or "", found["summary"].strip()
    return Conventional(kind, scope, summary, breaking)


def _has_breaking_footer(text: str, after_summary: int) -> bool:
    """Return whether one of the footers is BREAKING CHANGE.

    The first one comes after the summary or the body and may be indented; from there on only
    footers follow, each at the start of a line.
    """
    at_line_starts = _footers(text)
    starts = (blank.end() for blank in _BLANK_LINES.finditer(text, after_summary))
    first = next((at for at in starts if _begins_footer(text, at, at_line_starts)), len(text))
    content_start = first - 1
    for at in sorted({first, *at_line_starts}):
        # A line directly after ":" belongs to that footer's content.
        if at > content_start and (match := _FOOTER.match(text, at)):
            if match["breaking"]:
                return True
            content_start = match.end()
    return False


def _footers(text: str) -> set[int]:
    """Return the positions of lines that begin a footer: one has content, not just a footer."""
    positions: set[int] = set()
    for line_break in reversed(list(_LINE_BREAK.finditer(text))):
        if _begins_footer(text, line_break.end(), positions):
            positions.add(line_break.end())
    return positions


def _begins_footer(text: str, at: int, later: set[int]) -> bool:
    if (match := _FOOTER.match(text, at)) is None:
        return False
    line_break = _LINE_BREAK.match(text, match.end())
    return line_break is None or line_break.end() not in later


def _rejection(subject: str) -> str:
    if not subject:
        return "the message is empty"
    head, colon, rest = subject.partition(":")
    if not colon:
        return f"{subject!r} has no '<type>: ' at its start"
    if not re.fullmatch(r"[A-Za-z]+(\([^()\s]+\))?!?", head):
        return f"{head!r} is not a type, or a type with a scope in parentheses"
    if not rest.startswith(" "):
        return f"{subject!r} has no blank after the colon"
    return f"{subject!r} has no summary after the colon"
