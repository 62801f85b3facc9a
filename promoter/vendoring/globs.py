"""vendir's glob patterns, matched byte for byte as vendir matches them.

vendir 0.40 matches with doublestar v1.2.1, whose corner cases differ from every Python
library and from doublestar's later versions: ``**`` is special only as a whole component,
``*`` never yields an empty rest before more pattern, ``{a,b}`` may span slashes, a class is
negated by ``^`` only, and a ``*`` steps by the width of the character where it began. A
chart must have the same files whichever program synced it, so the corner cases are kept.
They were found by reading and by running both on random patterns.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from promoter.vendoring.errors import VendorError

# The rest of a pattern after one component: None for no match, else the patterns for the
# following components (none where the pattern is used up).
_Rest = tuple[bytes, ...] | None

_SLASH, _BACKSLASH, _STAR, _QUERY = ord("/"), ord("\\"), ord("*"), ord("?")
_CLASS, _ALTERNATIVES = ord("["), ord("{")


class BadPattern(VendorError):
    """A glob pattern is malformed or leaves the source's folder."""


@dataclass(frozen=True)
class Glob:
    """A compiled pattern; created by `glob`."""

    pattern: bytes
    prefix: bytes
    flat: bool

    def matches(self, path: str) -> bool:
        """Return whether all of ``path`` (from the source's root) matches; raise `BadPattern`."""
        name = path.encode(errors="surrogateescape")
        # Most paths are rejected here, without splitting them.
        if not name.startswith(self.prefix) or (self.flat and _SLASH in name):
            return bool(_BACKSLASH in name and _match(self.pattern, _split(name)))
        return bool(self.pattern) and _match(self.pattern, _split(name))


def glob(pattern: str) -> Glob:
    """Return ``pattern`` as vendir applies it to paths relative to the source's root.

    vendir joins it to the folder's path, which removes ``./``, ``//`` and a trailing slash.
    An empty one matches nothing. Raises `BadPattern` for one that leaves by ``..``: its
    matches depend on the names of vendir's temporary folders.
    """
    cleaned = posixpath.normpath(pattern.lstrip("/") or ".").encode()
    if cleaned == b".." or cleaned.startswith(b"../"):
        raise BadPattern(
            f"read pattern {pattern!r}: it leaves the source's folder",
            next_step="correct it in vendir.yml",
        )
    cleaned = b"" if cleaned == b"." else cleaned
    prefix = re.match(rb"[^*?\[{\\]*", cleaned)
    # A malformed pattern has to be reported, so only plain ones take the shortcut.
    flat = cleaned != b"**" and bool(re.fullmatch(rb"([^/\[\\{}]|{[^/\[\\{}]*})*", cleaned))
    return Glob(cleaned, prefix[0] if prefix else b"", flat)


def _match(pattern: bytes, names: tuple[bytes, ...]) -> bool:
    if not pattern or not names:
        return not pattern and not names
    slash = _find(pattern, _SLASH)
    if (pattern if slash < 0 else pattern[:slash]) == b"**":
        return slash < 0 or _match_deep(pattern[slash + 1 :], names)
    rest = _component(pattern, names[0])
    if rest is None:
        return False
    if len(names) == 1:
        return not rest
    return any(_match(following, names[1:]) for following in rest)


def _match_deep(pattern: bytes, names: tuple[bytes, ...]) -> bool:
    # A malformed pattern below ** matches nothing.
    for start in range(len(names)):
        try:
            if _match(pattern, names[start:]):
                return True
        except BadPattern:
            continue
    return False


@lru_cache(maxsize=65536)
def _component(pattern: bytes, name: bytes) -> _Rest:
    """Return the rest of ``pattern`` for later components once ``name`` has matched."""
    at, used = 0, 0
    while at < len(pattern) and used < len(name):
        rune, width = _rune(pattern, at)
        other, other_width = _rune(name, used)
        if rune == _SLASH:
            at += 1
            break
        if rune == _STAR:
            return _star(pattern[at + width :], name[used:], other_width)
        if rune == _ALTERNATIVES:
            return _alternatives(pattern, at + width, name[used:])
        if rune == _CLASS:
            at = _in_class(pattern, at + width, other)
            if at < 0:
                return None
            used += other_width
            continue
        if rune == _BACKSLASH:
            at += width
            rune, width = _rune(pattern, at)
            if rune == _INVALID:
                raise _bad(pattern)
            literal = rune == other
        else:
            literal = rune in (_QUERY, other)
        if not literal:
            return None
        at, used = at + width, used + other_width
    return _at_end(pattern, at) if used >= len(name) else None


def _star(rest: bytes, name: bytes, step: int) -> _Rest:
    if not rest:
        return ()
    if rest[0] == _SLASH:
        return (rest[1:],)
    for start in range(0, len(name), step):
        found = _component(rest, name[start:])
        if found is not None:
            return found
    return None


def _alternatives(pattern: bytes, at: int, name: bytes) -> _Rest:
    options, after = _options(pattern, at)
    found = [_component(option + pattern[after:], name) for option in options]
    matched = [rest for rest in found if rest is not None]
    return tuple(pattern for rest in matched for pattern in rest) if matched else None


def _at_end(pattern: bytes, at: int) -> _Rest:
    """Return the rest once the name is used up, if the component may end here."""
    if at >= len(pattern):
        return ()
    rest = pattern[at:]
    slash = _find(rest, _SLASH)
    if not _may_be_empty(rest if slash < 0 else rest[:slash]):
        return None
    return () if slash < 0 else (rest[slash + 1 :],)


def _may_be_empty(pattern: bytes) -> bool:
    if pattern in (b"", b"*", b"**"):
        return True
    if pattern[0] != _ALTERNATIVES:
        return False
    options, after = _options(pattern, 1)
    return _may_be_empty(pattern[after:]) and any(_may_be_empty(option) for option in options)


def _options(pattern: bytes, at: int) -> tuple[list[bytes], int]:
    """Return the alternatives of a brace that opened before ``at``, and the position after it."""
    options: list[bytes] = []
    start, depth, escaped = at, 1, False
    for index in range(at, len(pattern)):
        character = pattern[index : index + 1]
        if escaped:
            escaped = False
        elif character == b"\\":
            escaped = True
        elif character == b"{":
            depth += 1
        elif character == b"}":
            depth -= 1
            if not depth:
                return [*options, pattern[start:index]], index + 1
        elif character == b"," and depth == 1:
            options.append(pattern[start:index])
            start = index + 1
    raise _bad(pattern)


def _in_class(pattern: bytes, at: int, rune: int) -> int:
    """Return the position after a class that contains ``rune``; -1 where it does not."""
    length = _find(pattern[at:], ord("]"))
    if length <= 0:
        raise _bad(pattern)
    members = _runes(pattern[at : at + length])
    negated = members[0] == ord("^")
    inside, index = False, int(negated)
    while index < len(members):
        low, index = _member(members, index, pattern)
        high = low
        if index < len(members) and members[index] == ord("-"):
            high, index = _member(members, index + 1, pattern)
        inside = inside or low <= rune <= high
    return -1 if inside == negated else at + length + 1


def _member(members: list[int], index: int, pattern: bytes) -> tuple[int, int]:
    if index >= len(members) or members[index] == ord("-"):
        raise _bad(pattern)
    if members[index] != _BACKSLASH:
        return members[index], index + 1
    if index + 1 >= len(members):
        raise _bad(pattern)
    return members[index + 1], index + 2


_INVALID = 0xFFFD


def _rune(text: bytes, at: int) -> tuple[int, int]:
    """Return the code point at ``at`` and its width; a byte that is not UTF-8 has width one."""
    first = text[at] if at < len(text) else None
    if first is None:
        return _INVALID, 0
    if first < 0x80:
        return first, 1
    for width in (2, 3, 4):
        try:
            return ord(text[at : at + width].decode()), width
        except (UnicodeDecodeError, TypeError):
            continue
    return _INVALID, 1


def _runes(text: bytes) -> list[int]:
    runes, at = [], 0
    while at < len(text):
        rune, width = _rune(text, at)
        runes.append(rune)
        at += width
    return runes


def _find(text: bytes, character: int) -> int:
    """Return the position of the first ``character`` without a backslash before it, or -1."""
    at = text.find(character)
    while at > 0 and text[at - 1] == _BACKSLASH:
        at = text.find(character, at + 1)
    return at


def _split(path: bytes) -> tuple[bytes, ...]:
    """Return ``path`` split by its slashes; one after a backslash does not separate."""
    names = []
    while (at := _find(path, _SLASH)) >= 0:
        names.append(path[:at])
        path = path[at + 1 :]
    return (*names, path)


def _bad(pattern: bytes) -> BadPattern:
    return BadPattern(
        f"read pattern {pattern.decode(errors='replace')!r}: it is malformed",
        next_step="correct it in vendir.yml",
    )
