"""The fast way in: state files exactly as cepler writes them.

One regular expression runs over the text, file entry by file entry, without leaving a gap;
a text that needs more than that (escapes out of the ordinary, another order, conflict
markers) gives None and is read as YAML instead, with line numbers for what is wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache

from promoter.gate.state import DeployState, EnvironmentState, FileState

_HASH = r"([0-9a-f]{40}|\"[0-9a-f]{40}\")"
_UNESCAPED = r'[^"\\\x00-\x1f\x7f]*'
_QUOTED = rf'"{_UNESCAPED}(?:\\(?:["\\btnfr]|u00[0-9a-f]{{2}}){_UNESCAPED})*"'
_SPECIAL = r"""{}\[\],#`"'\\:\x00-\x06\t\n\r\x0e-\x1a\x1c-\x1f"""
_PLAIN = rf"[^ &*?|\-<>=!%@.~{_SPECIAL}][^{_SPECIAL}]*(?<! )"
_TEXT = rf"({_QUOTED}|{_PLAIN})"
_HEAD = re.compile(r"---\nversion: (0|[1-9][0-9]{0,8})\ncurrent:\n")
_TAIL = re.compile(rf"(?:propagated_from: (?!null\n){_TEXT}\n)?(propagation_queue:\n)?")
_ESCAPE = re.compile(r"\\(?:u(....)|(.))")
_NAMED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class _Shape:
    """The expressions for one depth of indentation."""

    def __init__(self, first: str, indent: str) -> None:
        self.deploy = re.compile(
            rf"{first}head_commit: {_HASH}\n"
            rf"(?:{indent}propagated_head: {_HASH}\n)?"
            rf"({indent}any_dirty: true\n)?"
            rf"{indent}files:(?: (\{{\}}))?\n"
        )
        self.end = re.compile(rf"\n(?!{indent}  )")
        self.file = re.compile(
            rf"^{indent}  ({_QUOTED}):\n"
            rf"{indent}    file_hash: (?:~|{_HASH})\n"
            rf"({indent}    dirty: true\n)?"
            rf"{indent}    from_commit: {_HASH}\n"
            rf"{indent}    message: {_TEXT}\n",
            re.MULTILINE,
        )


_CURRENT = _Shape("  ", "  ")
_QUEUED = _Shape("  - ", "    ")


def read(content: bytes) -> EnvironmentState | None:
    """The state in ``content``, None where it is not in the usual form."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    head = _HEAD.match(text)
    found = _deploy(text, head.end(), _CURRENT) if head else None
    if head is None or found is None:
        return None
    current, position = found
    tail = _TAIL.match(text, position)
    if tail is None:
        return None
    queue = _queue(text, tail.end()) if tail[2] else ((), tail.end())
    if queue is None or text[queue[1] :] not in ("\n", ""):
        return None
    passed = _bare(tail[1]) if tail[1] else None
    return EnvironmentState(int(head[1]), current, passed, queue[0])


def _queue(text: str, position: int) -> tuple[tuple[DeployState, ...], int] | None:
    states: list[DeployState] = []
    while (found := _deploy(text, position, _QUEUED)) is not None:
        state, position = found
        states.append(state)
    return (tuple(states), position) if states else None


def _deploy(text: str, position: int, shape: _Shape) -> tuple[DeployState, int] | None:
    head = shape.deploy.match(text, position)
    if head is None:
        return None
    files, position = ({}, head.end()) if head[4] else _files(text, head.end(), shape)
    if not files and not head[4]:
        return None
    passed = _bare(head[2]) if head[2] else None
    return DeployState(_bare(head[1]), passed, files, head[3] is not None), position


def _files(text: str, start: int, shape: _Shape) -> tuple[dict[str, FileState], int]:
    """The file entries from ``start`` on and where they end; none where a line does not fit."""
    end = shape.end.search(text, start - 1)
    stop = end.start() + 1 if end is not None else len(text)
    found = shape.file.findall(text, start, stop)
    # Each match is four whole lines, or five; if that makes all lines, nothing was passed over.
    if sum(5 if dirty else 4 for _, _, dirty, _, _ in found) != text.count("\n", start, stop):
        return {}, start
    bare = lru_cache(maxsize=None)(_bare)  # commits and messages come again and again
    files = {
        _bare(identity): FileState(
            _bare(file_hash) if file_hash else None, bare(commit), bare(message), dirty != ""
        )
        for identity, file_hash, dirty, commit, message in found
    }
    return files, stop


def _bare(text: str) -> str:
    if text[0] != '"':
        return text
    return _ESCAPE.sub(_unescape, text[1:-1]) if "\\" in text else text[1:-1]


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _NAMED.get(found[2], found[2])
