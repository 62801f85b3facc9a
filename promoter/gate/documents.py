"""YAML as text with line numbers, read the way cepler's own reader takes it.

cepler asks for strings where it wants strings, so a plain ``yes``, ``0x10`` or ``1e5`` is
that text; an empty plain value reads as ``~``. Only where a value is optional do a plain
``~`` and ``null`` mean nothing.

There are two readers. Importing PyYAML takes longer than everything else that a check does, so
the YAML that cepler files are mostly written in is read without it: block mappings, lists of
one line or of one item per line, and scalars of one line without escapes. Where that reader
has an answer, PyYAML has the same; for anything else it gives None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        return InvalidFile(
            self.file, f"line {node.line}", reason, next_step=f"correct {self.file} and run again"
        )

    def text(self, node: Node, what: str) -> str:
        """Return a scalar's text; raise `InvalidFile` where ``node`` is none."""
        if isinstance(node, ScalarNode):
            return node.text
        raise self.invalid(node, f"{what} must be a text, not a {_kind(node)}")

    def optional(self, node: Node, what: str) -> str | None:
        """Return a scalar's text, None for a plain ``~`` or ``null``."""
        if isinstance(node, ScalarNode) and node.plain and node.text in ("~", "null"):
            return None
        return self.text(node, what)

    def flag(self, node: Node, what: str) -> bool:
        """Return a plain ``true`` or ``false``."""
        if isinstance(node, ScalarNode) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        raise self.invalid(node, f"{what} must be true or false")

    def number(self, node: Node, what: str) -> int:
        """Return a plain number that fits 32 bits without a sign."""
        if isinstance(node, ScalarNode) and node.plain and node.text.isascii():
            digits = node.text.removeprefix("+")
            if digits.isdigit() and int(digits) < 2**32 and (digits == "0" or digits[0] != "0"):
                return int(digits)
        raise self.invalid(node, f"{what} must be a number from 0 to {2**32 - 1}")

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """Return a list's items."""
        if isinstance(node, SequenceNode):
            return node.items
        raise self.invalid(node, f"{what} must be a list, not a {_kind(node)}")

    def entries(self, node: Node, what: str) -> Iterator[tuple[str, Node, Node]]:
        """Return a mapping's entries as (key's text, key, value)."""
        if not isinstance(node, MappingNode):
            raise self.invalid(node, f"{what} must be a mapping, not a {_kind(node)}")
        for key, value in node.entries:
            yield self.text(key, f"a key of {what}"), key, value

    def fields(self, node: Node, what: str, known: frozenset[str]) -> dict[str, Node]:
        """Return the fields named in ``known``; each at most once, others are ignored."""
        found: dict[str, Node] = {}
        for name, key, value in self.entries(node, what):
            if name in found:
                raise self.invalid(key, f"{what} has {name} twice")
            if name in known:
                found[name] = value
        return found


def read_document(content: bytes, file: str) -> CeplerDocument:
    """Return the one YAML document in ``content``; raise `InvalidFile` with line and reason."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile(
            file, f"line {line}", "not UTF-8", next_step=f"save {file} as UTF-8"
        ) from error
    quick = read_quickly(text)
    if quick is not None:
        return CeplerDocument(file, quick)
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CLoader", yaml.Loader))
    except yaml.YAMLError as error:
        raise _unreadable(file, error) from error
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
            raise self._refused(line, "nested too deeply")
        if self._repeats > _MOST_REPEATS:
            raise self._refused(line, f"its aliases expand to more than {_MOST_REPEATS:,} values")
        if isinstance(node.value, str):
            plain = not node.style
            return ScalarNode("~" if plain and not node.value else node.value, plain, line)
        below = depth - 1
        if node.id == "sequence":
            return SequenceNode(tuple(self.node(item, below) for item in node.value), line)
        entries = ((self.node(key, below), self.node(value, below)) for key, value in node.value)
        return MappingNode(tuple(entries), line)

    def _refused(self, line: int, reason: str) -> InvalidFile:
        return InvalidFile(
            self._file, f"line {line}", reason, next_step=f"correct {self._file} and run again"
        )


def _unreadable(file: str, error: Any) -> InvalidFile:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}" if mark else ""
    reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
    return InvalidFile(file, place, f"not YAML: {reason}", next_step=f"correct {file}")


def _kind(node: Node) -> str:
    return {ScalarNode: "text", SequenceNode: "list", MappingNode: "mapping"}[type(node)]


# --- without a YAML library ------------------------------------------------------------


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
    try:
        parsed = [
            _line(number, line)
            for number, line in enumerate(lines, 1)
            if _BLANK.fullmatch(line) is None
        ]
        if not parsed or parsed[0].indent != 0:
            return None
        block, rest = _block(parsed, 0)
        return block if rest == len(parsed) else None
    except _Unusual:
        return None


def _line(number: int, line: str) -> _Line:
    content = line.lstrip(" ")
    if content.startswith(("---", "...")):
        raise _Unusual
    return _Line(number, len(line) - len(content), content)


def _block(lines: list[_Line], start: int) -> tuple[Node, int]:
    if lines[start].text.startswith("-"):
        return _list(lines, start)
    return _mapping(lines, start)


def _mapping(lines: list[_Line], start: int) -> tuple[Node, int]:
    indent, position = lines[start].indent, start
    entries: list[tuple[Node, Node]] = []
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        entry = _KEY.fullmatch(line.text)
        if entry is None:
            raise _Unusual
        position += 1
        value: Node
        if entry[2]:
            value = _inline(entry[2], line.number)
        else:
            value, position = _nested(lines, position, line)
        entries.append((_scalar(entry[1], line.number), value))
    if position < len(lines) and lines[position].indent > indent:
        raise _Unusual
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
        item = _ITEM.fullmatch(line.text)
        if item is None or not item[1]:
            raise _Unusual
        items.append(_scalar(item[1], line.number))
        position += 1
    if position < len(lines) and lines[position].indent > indent:
        raise _Unusual
    return SequenceNode(tuple(items), lines[start].number), position


def _inline(text: str, line: int) -> Node:
    if not text.startswith("["):
        return _scalar(text, line)
    if _FLOW.fullmatch(text) is None:
        raise _Unusual
    return SequenceNode(tuple(_scalar(item[0], line) for item in _ONE.finditer(text[1:-1])), line)


def _scalar(text: str, line: int) -> Node:
    text = text.rstrip(" ")
    if _ONE.fullmatch(text) is None:
        raise _Unusual
    if text[0] in "\"'":
        return ScalarNode(text[1:-1], False, line)
    return ScalarNode(text, True, line)
