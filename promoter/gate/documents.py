"""YAML as text with line numbers, as cepler's own reader takes it.

A plain ``yes``, ``0x10`` or ``1e5`` is that text, an empty plain value reads as ``~``, and only an
optional field takes a plain ``~`` or ``null`` for nothing.

There are two readers. Importing PyYAML takes longer than the rest of a check, so the usual YAML of
cepler files is read without it: block mappings, lists of one line or of one item per line, and
scalars of one line without escapes. Where that reader returns a document, PyYAML returns the same;
for anything else it returns None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from promoter.common.errors import InvalidFile

_DEPTH = 100
_MOST_REPEATS = 10_000  # nodes that aliases repeat

# A plain scalar that can mean nothing else: no indicator in front, none of ": " or " #" in it.
_PLAIN = r"[A-Za-z0-9_./~+$^;()\\][^\n\r:#\[\]{},\"'\t&!|>%@`]*"
_SCALAR = rf"""(?:"[^"\\\n]*"|'[^'\n]*'|{_PLAIN})"""
_BLANK = re.compile(r"[ ]*(?:#.*)?")
_KEY = re.compile(rf"({_SCALAR})[ ]*:(?:[ ]+(.*?))?[ ]*(?:[ ]#.*)?")
_ITEM = re.compile(r"-(?:[ ]+(.*?))?[ ]*(?:[ ]#.*)?")
_ONE = re.compile(_SCALAR)
_FLOW = re.compile(rf"\[[ ]*(?:{_SCALAR}[ ]*(?:,[ ]*{_SCALAR}[ ]*)*)?\]")


class ScalarNode(NamedTuple):
    """One value as text; ``plain`` when it was not quoted. ``line`` counts from 1."""

    text: str
    plain: bool
    line: int


class SequenceNode(NamedTuple):
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


class MappingNode(NamedTuple):
    """Entries in the file's order, repeated keys included."""

    entries: tuple[tuple[Node, Node], ...]
    line: int


Node = ScalarNode | SequenceNode | MappingNode


class CeplerDocument(NamedTuple):
    """One file's content with the name that its errors carry."""

    file: str
    root: Node

    def invalid(self, node: Node, reason: str) -> InvalidFile:
        """Return the error that ``node`` does not fit."""
        return _invalid(self.file, node.line, reason)

    def text(self, node: Node, name: str) -> str:
        """Return a scalar's text; raise `InvalidFile` for anything else."""
        if isinstance(node, ScalarNode):
            return node.text
        raise self.invalid(node, f"{name} must be a text, not a {_kind(node)}")

    def entries(self, node: Node, name: str) -> Iterator[tuple[str, Node, Node]]:
        """Yield a mapping's entries as (key's text, key, value)."""
        if not isinstance(node, MappingNode):
            raise self.invalid(node, f"{name} must be a mapping, not a {_kind(node)}")
        for key, value in node.entries:
            yield self.text(key, f"a key of {name}"), key, value

    def fields(self, node: Node, name: str, known: frozenset[str]) -> Fields:
        """Return the fields named in ``known``; each at most once, others are ignored."""
        found: dict[str, Node] = {}
        for field, key, value in self.entries(node, name):
            if field in found:
                raise self.invalid(key, f"{name} has {field} twice")
            if field in known:
                found[field] = value
        return Fields(self, node, found)


class Fields(NamedTuple):
    """The known fields of one mapping; each method raises `InvalidFile` for another kind."""

    document: CeplerDocument
    node: Node
    nodes: Mapping[str, Node]

    def required(self, name: str) -> Node:
        """Return the value of a field that has to exist."""
        if name not in self.nodes:
            raise self.document.invalid(self.node, f"{name} is missing")
        return self.nodes[name]

    def text(self, name: str) -> str:
        """Return the text of a field that has to exist."""
        return self.document.text(self.required(name), name)

    def optional(self, name: str) -> str | None:
        """Return a text, None for a missing field, a plain ``~`` or a plain ``null``."""
        node = self.nodes.get(name, ScalarNode("~", True, 0))
        if _plain(node) in ("~", "null"):
            return None
        return self.document.text(node, name)

    def flag(self, name: str) -> bool:
        """Return a plain ``true`` or ``false``, False for a missing field."""
        node = self.nodes.get(name, ScalarNode("false", True, 0))
        if _plain(node) in ("true", "false"):
            return _plain(node) == "true"
        raise self.document.invalid(node, f"{name} must be true or false")

    def number(self, name: str) -> int:
        """Return a plain number that fits 32 bits without a sign, 0 for a missing field."""
        node = self.nodes.get(name, ScalarNode("0", True, 0))
        digits = _plain(node).removeprefix("+")
        if re.fullmatch("0|[1-9][0-9]*", digits) and int(digits) < 2**32:
            return int(digits)
        raise self.document.invalid(node, f"{name} must be a number from 0 to {2**32 - 1}")

    def items(self, name: str) -> tuple[Node, ...]:
        """Return a list's items, none for a missing field."""
        node = self.nodes.get(name, SequenceNode((), 0))
        if isinstance(node, SequenceNode):
            return node.items
        raise self.document.invalid(node, f"{name} must be a list, not a {_kind(node)}")


def read_document(content: bytes, file: str) -> CeplerDocument:
    """Return the one YAML document in ``content``; raise `InvalidFile` with line and reason."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile(
            file, f"line {line}", "not UTF-8", next_step=f"save {file} as UTF-8"
        ) from error
    if (quick := read_quickly(text)) is not None:
        return CeplerDocument(file, quick)
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CLoader", yaml.Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
        raise InvalidFile(
            file, place, f"not YAML: {reason}", next_step=f"correct {file}"
        ) from error
    if root is None:
        raise InvalidFile(file, "", "the file is empty", next_step=f"restore {file}")
    return CeplerDocument(file, _Conversion(file).node(root, _DEPTH))


class _Conversion:
    """Converts the nodes of PyYAML, and counts those that aliases repeat."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._converted: set[int] = set()
        self._repeats = 0

    def node(self, node: Any, depth: int) -> Node:
        """Return the node with all that is below it; raise `InvalidFile` where it is too much."""
        line = node.start_mark.line + 1
        if id(node) in self._converted:
            self._repeats += 1
        self._converted.add(id(node))
        if depth == 0:
            raise _invalid(self._file, line, "nested too deeply")
        if self._repeats > _MOST_REPEATS:
            reason = f"its aliases expand to more than {_MOST_REPEATS:,} values"
            raise _invalid(self._file, line, reason)
        if isinstance(node.value, str):
            plain = not node.style
            return ScalarNode("~" if plain and not node.value else node.value, plain, line)
        below = depth - 1
        if node.id == "sequence":
            return SequenceNode(tuple(self.node(item, below) for item in node.value), line)
        entries = ((self.node(key, below), self.node(value, below)) for key, value in node.value)
        return MappingNode(tuple(entries), line)


def _invalid(file: str, line: int, reason: str) -> InvalidFile:
    return InvalidFile(file, f"line {line}", reason, next_step=f"correct {file} and run again")


def _plain(node: Node) -> str:
    return node.text if isinstance(node, ScalarNode) and node.plain else ""


def _kind(node: Node) -> str:
    return {ScalarNode: "text", SequenceNode: "list", MappingNode: "mapping"}[type(node)]


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


class _Unusual(Exception):
    """The text needs a real YAML reader."""


def read_quickly(text: str) -> Node | None:
    """Return the document, None where it needs PyYAML."""
    # Control characters, tabs and the other line breaks and spaces of Unicode.
    if not text.replace("\n", "").isprintable():
        return None
    lines = text.split("\n")
    if lines[0] == "---":
        lines[0] = ""
    parsed = [
        _Line(number, len(line) - len(content := line.lstrip(" ")), content)
        for number, line in enumerate(lines, 1)
        if _BLANK.fullmatch(line) is None
    ]
    if not parsed or parsed[0].indent or any(each.text[:3] in ("---", "...") for each in parsed):
        return None
    try:
        block, rest = _block(parsed, 0)
    except _Unusual:
        return None
    return block if rest == len(parsed) else None


def _fullmatch(expression: re.Pattern[str], text: str) -> re.Match[str]:
    if (found := expression.fullmatch(text)) is None:
        raise _Unusual
    return found


def _block(lines: list[_Line], start: int) -> tuple[Node, int]:
    node, end = (_list if lines[start].text.startswith("-") else _mapping)(lines, start)
    if end < len(lines) and lines[end].indent > lines[start].indent:
        raise _Unusual
    return node, end


def _mapping(lines: list[_Line], start: int) -> tuple[Node, int]:
    indent, position = lines[start].indent, start
    entries: list[tuple[Node, Node]] = []
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        entry = _fullmatch(_KEY, line.text)
        position += 1
        value: Node
        if entry[2]:
            value = _inline(entry[2], line.number)
        else:
            value, position = _nested(lines, position, line)
        entries.append((_scalar(entry[1], line.number), value))
    return MappingNode(tuple(entries), lines[start].number), position


def _nested(lines: list[_Line], position: int, key: _Line) -> tuple[Node, int]:
    if position < len(lines):
        below = lines[position]
        if below.indent > key.indent or (below.indent == key.indent and below.text.startswith("-")):
            return _block(lines, position)
    return ScalarNode("~", True, key.number), position


def _list(lines: list[_Line], start: int) -> tuple[Node, int]:
    indent, position = lines[start].indent, start
    items: list[Node] = []
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        if not line.text.startswith("-"):
            break  # the next key of the mapping that this list is a value of
        items.append(_scalar(_fullmatch(_ITEM, line.text)[1] or "", line.number))
        position += 1
    return SequenceNode(tuple(items), lines[start].number), position


def _inline(text: str, line: int) -> Node:
    if not text.startswith("["):
        return _scalar(text, line)
    _fullmatch(_FLOW, text)
    return SequenceNode(tuple(_scalar(item[0], line) for item in _ONE.finditer(text[1:-1])), line)


def _scalar(text: str, line: int) -> Node:
    text = _fullmatch(_ONE, text.rstrip(" "))[0]
    if text[0] in "\"'":
        return ScalarNode(text[1:-1], False, line)
    return ScalarNode(text, True, line)
