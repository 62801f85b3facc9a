"""The patterns of the files that shape an environment.

The language is the one of cepler's glob crate with literal separators and literal leading
dots: ``?``, ``*`` and ``[...]`` stay inside one path component and never stand for the dot
that hides a file; ``**`` stands for whole components, none of them hidden.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_NOT_HIDDEN = r"(?!(?<![^/])\.)"  # not a dot at the start of a component
_ANY_CHARACTER = _NOT_HIDDEN + r"[^/]"
_ANY_SEQUENCE = rf"(?:{_NOT_HIDDEN}[^/]+)?"
_ANY_FOLDERS = r"(?:(?!\.)[^/]*/)*"
_ANY_REST = _ANY_FOLDERS + r"(?:(?!\.)[^/]+)?"
_WILD = frozenset("?*[")


class PatternError(ValueError):
    """A pattern is not well formed; the message has the character and the reason."""

    def __init__(self, pattern: str, position: int, reason: str) -> None:
        super().__init__(f"pattern {pattern!r}: near character {position}: {reason}")


def expression(pattern: str) -> str:
    """Return the regular expression that ``pattern`` stands for; raise `PatternError`."""
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character in "*[":
            part, position = (_stars if character == "*" else _characters)(pattern, position)
        else:
            part = _ANY_CHARACTER if character == "?" else re.escape(character)
            position += 1
        parts.append(part)
    return "".join(parts)


def literal_folder(pattern: str) -> str:
    """Return the path below which everything lies that ``pattern`` matches, "" for everywhere.

    A pattern without wildcards gives itself: the one path that it matches.
    """
    components = pattern.split("/")
    for index, component in enumerate(components):
        if _WILD.intersection(component):
            return "/".join(components[:index])
    return pattern


class Patterns:
    """A list of patterns; raises `PatternError`."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.texts = tuple(patterns)
        # Each is compiled alone first, so that an error names the pattern that has it.
        parts = [f"(?:{expression(text)})" for text in self.texts]
        self._match = re.compile("|".join(parts) if parts else "(?!)").fullmatch

    def matches(self, path: str) -> bool:
        """Return whether one of them matches ``path`` (from the repository's top)."""
        return self._match(path) is not None

    def folders(self) -> frozenset[str]:
        """Return the literal paths below which every match lies; {""} if that is anywhere."""
        found = frozenset(literal_folder(text) for text in self.texts)
        return frozenset({""}) if "" in found else found


@lru_cache(maxsize=4096)
def compiled(patterns: tuple[str, ...]) -> Patterns:
    """Return `Patterns`, compiled once for equal lists."""
    return Patterns(patterns)


def _stars(pattern: str, start: int) -> tuple[str, int]:
    end = len(pattern) - len(pattern[start:].lstrip("*"))
    if end - start == 1:
        return _ANY_SEQUENCE, end
    if end - start > 2:
        raise PatternError(pattern, start + 2, "wildcards are either * or **")
    if start > 0 and pattern[start - 1] != "/":
        raise PatternError(pattern, start - 1, "** must be a whole path component")
    if end == len(pattern):
        return _ANY_REST, end
    if pattern[end] != "/":
        raise PatternError(pattern, end, "** must be a whole path component")
    return _ANY_FOLDERS, end + 1


def _characters(pattern: str, start: int) -> tuple[str, int]:
    negated = pattern[start + 1 : start + 2] == "!"
    first = start + (2 if negated else 1)
    # A bracket right after the opening belongs to the set; a set has a member at least.
    end = pattern.find("]", first + 1)
    if end < 0:
        raise PatternError(pattern, start, "this range is not closed")
    members = _members(pattern[first:end])
    if negated:
        return _NOT_HIDDEN + (f"(?!/)[^{members}]" if members else "[^/]"), end + 1
    return (_NOT_HIDDEN + f"(?!/)[{members}]" if members else "(?!)"), end + 1


def _members(text: str) -> str:
    return "".join(
        re.escape(one) if one else f"{re.escape(low)}-{re.escape(high)}"
        for low, high, one in re.findall("(.)-(.)|(.)", text, re.DOTALL)
        if one or low <= high  # an upside-down range has no member
    )
