"""YAML as text with line numbers, read the way cepler's own reader takes it.

cepler asks for strings where it wants strings, so a plain ``yes``, ``0x10`` or ``1e5`` is
that text; an empty plain value reads as ``~``. Only where a value is optional do a plain
``~`` and ``null`` mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from promoter.common.errors import InvalidFile
from promoter.gate import plain_yaml

_DEPTH = 100


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


class YamlDocument(NamedTuple):
    """One file's content with the name that its errors carry."""

    file: str
    root: Node

    def invalid(self, node: Node, reason: str) -> InvalidFile:
        """The error that ``node`` does not fit."""
        return InvalidFile(
            self.file, f"line {node.line}", reason, next_step=f"correct {self.file} and run again"
        )

    def text(self, node: Node, what: str) -> str:
        """A scalar's text; raises `InvalidFile` where ``node`` is none."""
        if isinstance(node, ScalarNode):
            return node.text
        raise self.invalid(node, f"{what} must be a text, not a {_kind(node)}")

    def optional(self, node: Node, what: str) -> str | None:
        """A scalar's text, None for a plain ``~`` or ``null``."""
        if isinstance(node, ScalarNode) and node.plain and node.text in ("~", "null"):
            return None
        return self.text(node, what)

    def flag(self, node: Node, what: str) -> bool:
        """A plain ``true`` or ``false``."""
        if isinstance(node, ScalarNode) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        raise self.invalid(node, f"{what} must be true or false")

    def number(self, node: Node, what: str) -> int:
        """A plain number that fits 32 bits without a sign."""
        if isinstance(node, ScalarNode) and node.plain and node.text.isascii():
            digits = node.text.removeprefix("+")
            if digits.isdigit() and int(digits) < 2**32 and (digits == "0" or digits[0] != "0"):
                return int(digits)
        raise self.invalid(node, f"{what} must be a number from 0 to {2**32 - 1}")

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """A list's items."""
        if isinstance(node, SequenceNode):
            return node.items
        raise self.invalid(node, f"{what} must be a list, not a {_kind(node)}")

    def entries(self, node: Node, what: str) -> Iterator[tuple[str, Node, Node]]:
        """A mapping's entries as (key's text, key, value)."""
        if not isinstance(node, MappingNode):
            raise self.invalid(node, f"{what} must be a mapping, not a {_kind(node)}")
        for key, value in node.entries:
            yield self.text(key, f"a key of {what}"), key, value

    def fields(self, node: Node, what: str, known: frozenset[str]) -> dict[str, Node]:
        """The fields named in ``known``; each at most once, others are passed over."""
        found: dict[str, Node] = {}
        for name, key, value in self.entries(node, what):
            if name in found:
                raise self.invalid(key, f"{what} has {name} twice")
            if name in known:
                found[name] = value
        return found


def read_document(content: bytes, file: str) -> YamlDocument:
    """The one YAML document in ``content``; raises `InvalidFile` with line and reason."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidFile(
            file, f"line {line}", "not UTF-8", next_step=f"save {file} as UTF-8"
        ) from error
    plain = plain_yaml.read(text)
    if plain is not None:
        return YamlDocument(file, _plain(plain))
    import yaml

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CLoader", yaml.Loader))
    except yaml.YAMLError as error:
        raise _unreadable(file, error) from error
    if root is None:
        raise InvalidFile(file, "", "the file is empty", next_step=f"restore {file}")
    return YamlDocument(file, _node(root, file, _DEPTH))


def _plain(node: plain_yaml.Value | plain_yaml.Block) -> Node:
    if isinstance(node, plain_yaml.Value):
        return ScalarNode(*node)
    values = [_plain(value) for value in node.values]
    if node.keys is None:
        return SequenceNode(tuple(values), node.line)
    return MappingNode(tuple(zip(map(_plain, node.keys), values, strict=True)), node.line)


def _unreadable(file: str, error: Any) -> InvalidFile:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}" if mark else ""
    reason = getattr(error, "problem", None) or str(error).replace("\n", " ")
    return InvalidFile(file, place, f"not YAML: {reason}", next_step=f"correct {file}")


def _node(node: Any, file: str, depth: int) -> Node:
    line = node.start_mark.line + 1
    if depth == 0:
        raise InvalidFile(file, f"line {line}", "nested too deeply")
    if isinstance(node.value, str):
        plain = not node.style
        return ScalarNode("~" if plain and not node.value else node.value, plain, line)
    if node.id == "sequence":
        return SequenceNode(tuple(_node(item, file, depth - 1) for item in node.value), line)
    entries = tuple(
        (_node(key, file, depth - 1), _node(value, file, depth - 1)) for key, value in node.value
    )
    return MappingNode(entries, line)


def _kind(node: Node) -> str:
    return {ScalarNode: "text", SequenceNode: "list", MappingNode: "mapping"}[type(node)]
