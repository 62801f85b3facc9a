"""State files in and out: byte for byte what cepler writes, and anything that it reads.

The form that cepler writes is read by one regular expression, file entry by file entry
(10,000 files in some 10 ms). Anything else (escapes out of the ordinary, another order,
conflict markers) goes through YAML, with a line for each error. It is written as cepler's
YAML writer does (yaml-rust 0.4, as serde_yaml 0.8 uses it).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from promoter.gate.documents import CeplerDocument, Fields, Node, read_document
from promoter.gate.state import DeployState, EnvironmentState, FileState

_FIELDS = frozenset({"version", "current", "propagated_from", "propagation_queue"})
_DEPLOY_FIELDS = frozenset({"head_commit", "propagated_head", "any_dirty", "files"})
_FILE_FIELDS = frozenset({"file_hash", "dirty", "from_commit", "message"})


def read_state(content: bytes, file: str) -> EnvironmentState:
    """Return the state file in ``content``; raise `InvalidFile` with line and reason."""
    fast = read_canonical(content)
    return fast if fast is not None else _from_document(read_document(content, file))


_HASH = r"([0-9a-f]{40}|\"[0-9a-f]{40}\")"
_UNESCAPED = r'[^"\\\x00-\x1f\x7f]*'
_QUOTED = rf'"{_UNESCAPED}(?:\\(?:["\\btnfr]|u00[0-9a-f]{{2}}){_UNESCAPED})*"'
_SPECIAL = r"""{}\[\],#`"'\\:\x00-\x06\t\n\r\x0e-\x1a\x1c-\x1f"""
_PLAIN = rf"[^ &*?|\-<>=!%@.~{_SPECIAL}][^{_SPECIAL}]*(?<! )"
_TEXT = rf"({_QUOTED}|{_PLAIN})"
_HEAD = re.compile(r"---\nversion: (0|[1-9][0-9]{0,8})\ncurrent:\n")
_TAIL = re.compile(rf"(?:propagated_from: (?!null\n){_TEXT}\n)?(propagation_queue:\n)?")
_ESCAPE = re.compile(r"\\(?:u(....)|(.))")
_NAMED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


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


def read_canonical(content: bytes) -> EnvironmentState | None:
    """Return the state in ``content``, None if it is not in the form that cepler writes."""
    with suppress(ValueError):  # not UTF-8, or another form
        return _canonical(content.decode())
    return None


def _canonical(text: str) -> EnvironmentState:
    """Return the state in ``text``; raise `ValueError` for another form."""
    head = _match(_HEAD, text, 0)
    current, position = _deploy(text, head.end(), _CURRENT)
    tail = _match(_TAIL, text, position)
    position = tail.end()
    queue: list[DeployState] = []
    while tail[2] and (not queue or position < len(text) - 1):
        state, position = _deploy(text, position, _QUEUED)
        queue.append(state)
    if text[position:] not in ("\n", ""):
        raise ValueError
    passed = _bare(tail[1]) if tail[1] else None
    return EnvironmentState(int(head[1]), current, passed, tuple(queue))


def _match(expression: re.Pattern[str], text: str, position: int) -> re.Match[str]:
    if (found := expression.match(text, position)) is None:
        raise ValueError
    return found


def _deploy(text: str, position: int, shape: _Shape) -> tuple[DeployState, int]:
    head = _match(shape.deploy, text, position)
    files, position = ({}, head.end()) if head[4] else _files(text, head.end(), shape)
    passed = _bare(head[2]) if head[2] else None
    return DeployState(_bare(head[1]), passed, files, head[3] is not None), position


def _files(text: str, start: int, shape: _Shape) -> tuple[dict[str, FileState], int]:
    """Return the file entries from ``start`` on and their end."""
    end = shape.end.search(text, start - 1)
    stop = end.start() + 1 if end is not None else len(text)
    found = shape.file.findall(text, start, stop)
    # Each match is four whole lines, or five; if that makes all lines, nothing was passed over.
    lines = sum(5 if dirty else 4 for _, _, dirty, _, _ in found)
    if not found or lines != text.count("\n", start, stop):
        raise ValueError
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


def _from_document(document: CeplerDocument) -> EnvironmentState:
    fields = document.fields(document.root, "the state file", _FIELDS)
    current, queue = fields.required("current"), fields.items("propagation_queue")
    return EnvironmentState(
        version=fields.number("version"),
        current=_deploy_state(document, current, "current"),
        propagated_from=fields.optional("propagated_from"),
        propagation_queue=tuple(
            _deploy_state(document, node, "propagation_queue") for node in queue
        ),
    )


def _deploy_state(document: CeplerDocument, node: Node, name: str) -> DeployState:
    fields = document.fields(node, name, _DEPLOY_FIELDS)
    head = fields.text("head_commit")
    files = fields.nodes.get("files")
    entries = document.entries(files, "files") if files is not None else ()
    return DeployState(
        head_commit=head,
        files={
            identity: _file_state(document.fields(value, identity, _FILE_FIELDS))
            for identity, _, value in entries
        },
        propagated_head=fields.optional("propagated_head"),
        any_dirty=fields.flag("any_dirty"),
    )


def _file_state(fields: Fields) -> FileState:
    return FileState(
        file_hash=fields.optional("file_hash"),
        from_commit=fields.text("from_commit"),
        message=fields.text("message"),
        dirty=fields.flag("dirty"),
    )


_WORDS = (
    "yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|null|Null|NULL|~"
)
# What Rust reads as a number: i64 or f64, with a sign, without spaces or underscores.
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?"
_NUMBER += r"|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])"
# Not compiled here: reading, which is all that a check does, needs none of it.
_NEEDS_QUOTES = (
    r"(?s:[ &*?|\-<>=!%@.]"  # how it starts
    r"|0x"
    rf"|(?:{_WORDS}|{_NUMBER})?\Z"
    r"|.* \Z"
    r"""|.*[:{}\[\],#`"'\\\x00-\x06\t\n\r\x0e-\x1a\x1c-\x1f])"""
)
_ESCAPED = r'["\\\x00-\x1f\x7f]'
_ESCAPES = {character: f"\\{name}" for name, character in _NAMED.items()}


def write_state(state: EnvironmentState) -> bytes:
    """Return the bytes that cepler's ``record`` writes for ``state``."""
    lines = ["---", f"version: {state.version}", "current:"]
    lines += _deploy_lines(state.current, "  ", "  ")
    if state.propagated_from is not None:
        lines.append(f"propagated_from: {scalar(state.propagated_from)}")
    if state.propagation_queue:
        lines.append("propagation_queue:")
        for queued in state.propagation_queue:
            lines += _deploy_lines(queued, "  - ", "    ")
    return ("\n".join(lines) + "\n\n").encode()


def _deploy_lines(state: DeployState, first: str, indent: str) -> Iterator[str]:
    yield f"{first}head_commit: {scalar(state.head_commit)}"
    if state.propagated_head is not None:
        yield f"{indent}propagated_head: {scalar(state.propagated_head)}"
    if state.any_dirty:
        yield f"{indent}any_dirty: true"
    if not state.files:
        yield f"{indent}files: {{}}"
        return
    yield f"{indent}files:"
    for identity in sorted(state.files):
        yield _file_lines(identity, state.files[identity], f"{indent}  ")


def _file_lines(identity: str, state: FileState, indent: str) -> str:
    # The braces of an identity always need quotes; a hand-written key may have none.
    key = quoted(identity) if "{" in identity else scalar(identity)
    file_hash = "~" if state.file_hash is None else scalar(state.file_hash)
    dirty = f"{indent}  dirty: true\n" if state.dirty else ""
    return (
        f"{indent}{key}:\n"
        f"{indent}  file_hash: {file_hash}\n{dirty}"
        f"{indent}  from_commit: {scalar(state.from_commit)}\n"
        f"{indent}  message: {scalar(state.message)}"
    )


@lru_cache(maxsize=1 << 16)
def scalar(text: str) -> str:
    """Return ``text`` as cepler writes it: plain if that is safe, else in double quotes."""
    return quoted(text) if re.match(_NEEDS_QUOTES, text) else text


def quoted(text: str) -> str:
    """Return ``text`` in double quotes."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    return f'"{re.sub(_ESCAPED, _escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"
