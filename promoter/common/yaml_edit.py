"""Finds one scalar in YAML text and replaces it, leaving every other byte as it is.

A parser that rewrites a document loses its quoting, comments or line ends somewhere; here
YAML is only parsed to find out where the scalar stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from promoter.common.errors import YamlEditError

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Scalar:
    """A plain or quoted scalar: its value and where its text starts and ends (characters)."""

    value: str
    start: int
    end: int
    quote: str


def parse_path(text: str) -> KeyPath:
    """``a.b[0].c`` as its parts; quote nothing, a key may hold ``-`` but no dot."""
    parts: list[str | int] = []
    for part in text.split("."):
        match = re.fullmatch(r"([^\[\]]+)((?:\[\d+\])*)", part)
        if match is None:
            raise YamlEditError(f"read key path {text}: {part!r} is not a key or key[number]")
        parts.append(match.group(1))
        parts.extend(int(number) for number in re.findall(r"\d+", match.group(2)))
    return tuple(parts)


def show_path(path: KeyPath) -> str:
    """The path as people write it: ``a.b[0].c``."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shown.removeprefix(".")


def compose(text: str, file: str) -> yaml.Node | None:
    """The document's nodes; raises `YamlEditError` for what is not one YAML document."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        cause = "nested too deeply" if deep else " ".join(str(error).split())
        raise YamlEditError(f"read {file}: not YAML: {cause}") from error


def find(text: str, path: KeyPath, file: str) -> Scalar:
    """The scalar at ``path``.

    Raises `YamlEditError` naming the deepest part that is there, or the reason why the value
    cannot be changed alone: it comes through an alias or a merge, or is written as a block.
    """
    root = node = compose(text, file)
    for depth, part in enumerate(path):
        node = _child(node, part, path[:depth], file)
        if _references(root, node) > 1:
            raise _shared(file, path[: depth + 1], "is shared by an anchor (&) and an alias (*)")
    if not isinstance(node, yaml.ScalarNode):
        raise YamlEditError(f"read {file}: {show_path(path)}: not a single value")
    return _scalar(text, node, path, file)


def replace(text: str, path: KeyPath, value: str, file: str) -> str:
    """``text`` with the scalar at ``path`` set to ``value``, in the quoting it had.

    A value that stood unquoted is written unquoted where YAML reads it back as that very
    text, otherwise in double quotes.
    """
    scalar = find(text, path, file)
    return text[: scalar.start] + _written(value, scalar) + text[scalar.end :]


def _child(node: yaml.Node | None, part: str | int, so_far: KeyPath, file: str) -> yaml.Node:
    place = show_path(so_far) or "the document"
    if isinstance(part, int):
        if not isinstance(node, yaml.SequenceNode) or part >= len(node.value):
            raise YamlEditError(f"read {file}: {place}: no item number {part}")
        return _as_node(node.value[part])
    if not isinstance(node, yaml.MappingNode):
        raise YamlEditError(f"read {file}: {place}: no keys there, so no {part}")
    found = [value for key, value in node.value if key.value == part]
    if len(found) > 1:
        raise YamlEditError(f"read {file}: {place}: the key {part} stands there twice")
    if found:
        return _as_node(found[0])
    if any(key.value == "<<" for key, _ in node.value):
        raise _shared(file, (*so_far, part), "may come from a merge (<<), it is not written there")
    raise YamlEditError(
        f"read {file}: {place}: the key {part} is missing",
        next_step=f"add it below {place}, or correct the key path",
    )


def _as_node(value: object) -> yaml.Node:
    assert isinstance(value, yaml.Node)  # noqa: S101 - PyYAML's own invariant, untyped there
    return value


def _shared(file: str, path: KeyPath, why: str) -> YamlEditError:
    return YamlEditError(
        f"write {file}: {show_path(path)} {why}; changing it would change other places too",
        next_step=f"write the value of {show_path(path)} out in its own place",
    )


def _references(root: yaml.Node | None, wanted: yaml.Node) -> int:
    """From how many places ``wanted`` is reached: an alias composes to the node it names."""
    seen = 0
    visited: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        node = waiting.pop()
        seen += node is wanted
        if not isinstance(node, yaml.CollectionNode) or id(node) in visited:
            continue
        visited.add(id(node))
        for entry in node.value:
            waiting.extend(entry if isinstance(entry, tuple) else (entry,))
    return seen


_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)*(?:[&!][^\s,\[\]{}]*$)?")


def _scalar(text: str, node: yaml.ScalarNode, path: KeyPath, file: str) -> Scalar:
    if node.style in ("|", ">"):
        raise YamlEditError(f"write {file}: {show_path(path)} is a block (| or >), not one value")
    start, end = node.start_mark.index, node.end_mark.index
    written = text[start:end]
    properties = _PROPERTIES.match(written)
    start += properties.end() if properties else 0
    return Scalar(str(node.value), start, end, node.style or "")


def _written(value: str, scalar: Scalar) -> str:
    quote = scalar.quote or ("" if _plain(value) else '"')
    if quote == "'":
        value = value.replace("'", "''")
    if quote == '"':
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    # An empty value (`digest:`) has no text, and none of the blank that has to precede one.
    blank = " " if scalar.start == scalar.end else ""
    return f"{blank}{quote}{value}{quote}"


def _plain(value: str) -> bool:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+/:-]*", value) is None:
        return False
    return bool(yaml.safe_load(value) == value)
