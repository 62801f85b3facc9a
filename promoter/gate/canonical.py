"""The fast way in: state files exactly as cepler writes them.

One regular expression runs over the text, file entry by file entry, without leaving a gap;
a text that needs more than that (escapes out of the ordinary, another order, conflict
markers) gives None and is read as YAML instead, with line numbers for what is wrong.
"""

from __future__ import annotations

import re

from promoter.gate.state import DeployState, EnvironmentState, FileState

_HASH = r"([0-9a-f]{40}|\"[0-9a-f]{40}\")"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\(?:["\\btnfr]|u00[0-9a-f]{2}))*"'
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
        self.file = re.compile(
            rf"{indent}  ({_QUOTED}):\n"
            rf"{indent}    file_hash: (?:~|{_HASH})\n"
            rf"({indent}    dirty: true\n)?"
            rf"{indent}    from_commit: {_HASH}\n"
            rf"{indent}    message: {_TEXT}\n"
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
    files: dict[str, FileState] = {}
    position = head.end()
    match = shape.file.match
    while not head[4] and (found := match(text, position)) is not None:
        identity, file_hash, dirty, from_commit, message = found.groups()
        files[_bare(identity)] = FileState(
            _bare(file_hash) if file_hash else None,
            _bare(from_commit),
            _bare(message),
            dirty is not None,
        )
        position = found.end()
    if not files and not head[4]:
        return None
    passed = _bare(head[2]) if head[2] else None
    return DeployState(_bare(head[1]), passed, files, head[3] is not None), position


def _bare(text: str) -> str:
    if text[0] != '"':
        return text
    return _ESCAPE.sub(_unescape, text[1:-1]) if "\\" in text else text[1:-1]


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _NAMED.get(found[2], found[2])
