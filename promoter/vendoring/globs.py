"""vendir's glob patterns, matched byte for byte as vendir matches them.

vendir 0.40 matches with doublestar v1.2.1, whose corner cases differ from every Python
library and from doublestar's later versions: ``**`` is special only as a whole component,
``*`` never yields an empty rest before more pattern, ``{a,b}`` may span slashes, a class is
negated by ``^`` only, and a ``*`` steps by the width of the character where it began. A
chart must have the same files whichever program synced it, so the corner cases are kept.
They were found by reading and by running both on random patterns.
"""

import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from promoter.vendoring.errors import VendorError

# The rest of a pattern after one component: None for no match, else the patterns for the
# following components (none where the pattern is used up).
_Rest = tuple[str, ...] | None

_BRACE = re.compile(r"\\.|[{},]", re.DOTALL)
_MEMBER = r"(\\.|[^\\-])"
_RANGE = re.compile(rf"{_MEMBER}(?:-{_MEMBER})?", re.DOTALL)
_CLASS = re.compile(rf"(\^|(?!\^))((?:{_RANGE.pattern})*)", re.DOTALL)


class BadPattern(VendorError):
    """A glob pattern is malformed or leaves the source's folder."""


@dataclass(frozen=True)
class Glob:
    """A compiled pattern; created by `glob`."""

    pattern: str
    prefix: str
    flat: bool

    def matches(self, path: str) -> bool:
        """Return whether all of ``path`` (from the source's root) matches; raise `BadPattern`."""
        # Most paths are rejected here, without splitting them.
        if not path.startswith(self.prefix) or (self.flat and "/" in path):
            return "\\" in path and _match(self.pattern, _split(path))
        return bool(self.pattern) and _match(self.pattern, _split(path))


def glob(pattern: str) -> Glob:
    """Return ``pattern`` as vendir applies it to paths relative to the source's root.

    vendir joins it to the folder's path, which removes ``./``, ``//`` and a trailing slash.
    An empty one matches nothing. Raises `BadPattern` for one that leaves by ``..``: its
    matches depend on the names of vendir's temporary folders.
    """
    cleaned = posixpath.normpath(pattern.lstrip("/") or ".")
    if cleaned == ".." or cleaned.startswith("../"):
        raise _bad(pattern, "leaves the source's folder")
    cleaned = "" if cleaned == "." else cleaned
    prefix = re.match(r"[^*?\[{\\]*", cleaned)
    # A malformed pattern has to be reported, so only plain ones take the shortcut.
    flat = cleaned != "**" and bool(re.fullmatch(r"([^/\[\\{}]|{[^/\[\\{}]*})*", cleaned))
    return Glob(cleaned, prefix[0] if prefix else "", flat)


def _match(pattern: str, names: tuple[str, ...]) -> bool:
    if not pattern or not names:
        return not pattern and not names
    first, slash, following = _partition(pattern)
    if first == "**":
        return not slash or _match_deep(following, names)
    rest = _component(pattern, names[0])
    if rest is None or len(names) == 1:
        return rest == ()
    return any(_match(each, names[1:]) for each in rest)


def _match_deep(pattern: str, names: tuple[str, ...]) -> bool:
    for start in range(len(names)):
        # A malformed pattern below ** matches nothing.
        with suppress(BadPattern):
            if _match(pattern, names[start:]):
                return True
    return False


@lru_cache(maxsize=65536)
def _component(pattern: str, name: str) -> _Rest:
    """Return the rest of ``pattern`` for later components once ``name`` has matched."""
    at = 0
    for used, character in enumerate(name):
        # A byte that is not UTF-8 (a surrogate here) is this character to Go.
        actual = "\ufffd" if "\udc80" <= character <= "\udcff" else character
        expected = pattern[at : at + 1]
        if expected in ("", "/"):
            return None
        if expected == "*":
            return _star(pattern[at + 1 :], name[used:])
        if expected == "{":
            return _alternatives(pattern, at + 1, name[used:])
        if expected == "[":
            matched, at = _in_class(pattern, at + 1, actual)
        elif expected == "\\":
            escaped = pattern[at + 1 : at + 2]
            if escaped in ("", "\ufffd"):
                raise _bad(pattern)
            matched, at = escaped == actual, at + 2
        else:
            matched, at = expected in ("?", actual), at + 1
        if not matched:
            return None
    # The name is used up: may the component end here?
    component, slash, following = _partition(pattern[at:])
    if not _may_be_empty(component):
        return None
    return (following,) if slash else ()


def _star(rest: str, name: str) -> _Rest:
    if not rest:
        return ()
    if rest[0] == "/":
        return (rest[1:],)
    content = name.encode(errors="surrogateescape")
    step = len(name[0].encode(errors="surrogateescape"))
    rests = (
        _component(rest, content[start:].decode(errors="surrogateescape"))
        for start in range(0, len(content), step)
    )
    return next((found for found in rests if found is not None), None)


def _alternatives(pattern: str, at: int, name: str) -> _Rest:
    options, after = _options(pattern, at)
    found = [_component(option + after, name) for option in options]
    matched = [rest for rest in found if rest is not None]
    return tuple(chain(*matched)) if matched else None


def _may_be_empty(pattern: str) -> bool:
    if pattern in ("", "*", "**"):
        return True
    if pattern[0] != "{":
        return False
    options, after = _options(pattern, 1)
    return _may_be_empty(after) and any(_may_be_empty(option) for option in options)


def _options(pattern: str, at: int) -> tuple[list[str], str]:
    """Return the alternatives of a brace that opened before ``at``, and the pattern after it."""
    options: list[str] = []
    start, depth = at, 1
    for token in _BRACE.finditer(pattern, at):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth or (token[0] == "," and depth == 1):
            options.append(pattern[start : token.start()])
            start = token.end()
        if not depth:
            return options, pattern[start:]
    raise _bad(pattern)


def _in_class(pattern: str, at: int, character: str) -> tuple[bool, int]:
    """Return whether the class at ``at`` contains ``character``, and the position after it."""
    length = _find(pattern[at:], "]")
    members = _CLASS.fullmatch(pattern, at, at + max(length, 0))
    if length <= 0 or members is None:
        raise _bad(pattern)
    ranges = (pair.groups() for pair in _RANGE.finditer(members[2]))
    inside = any(low[-1] <= character <= (high or low)[-1] for low, high in ranges)
    return inside != bool(members[1]), at + length + 1


def _find(text: str, character: str) -> int:
    """Return the position of the first ``character`` without a backslash before it, or -1."""
    at = text.find(character)
    while at > 0 and text[at - 1] == "\\":
        at = text.find(character, at + 1)
    return at


def _partition(text: str) -> tuple[str, str, str]:
    """Split ``text`` at its first slash; one after a backslash does not separate."""
    at = _find(text, "/")
    return (text, "", "") if at < 0 else (text[:at], "/", text[at + 1 :])


def _split(path: str) -> tuple[str, ...]:
    first, slash, rest = _partition(path)
    return (first, *_split(rest)) if slash else (first,)


def _bad(pattern: str, problem: str = "is malformed") -> BadPattern:
    message = f"read pattern {pattern!r}: it {problem}"
    return BadPattern(message, next_step="correct it in vendir.yml")
