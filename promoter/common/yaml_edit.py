"""Find one scalar in YAML text and replace it, leaving every other byte as it is.

A load and dump would rewrite quoting, indentation, comments and line ends.
"""

import re
from dataclasses import dataclass

import yaml

from promoter.common.errors import InvalidFile, YamlEditError
from promoter.common.yaml_file import children
from promoter.common.yaml_file import compose as compose_all

KeyPath = tuple[str | int, ...]

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]+)*(?:[&!][^\s,\[\]{}]*$)?")


@dataclass(frozen=True)
class Scalar:
    """One value in a text: its content, its first and last position, and its quote or ""."""

    value: str
    start: int
    end: int
    quote: str


def parse_path(text: str) -> KeyPath:
    """Return the parts of ``a.b[0].c``; a key may contain ``-`` but no dot."""
    parts: list[str | int] = []
    for part in text.split("."):
        match = re.fullmatch(r"([^\[\]]+)((?:\[\d+\])*)", part)
        if match is None:
            raise YamlEditError(f"read key path {text}: {part!r} is not a key or key[number]")
        parts.append(match.group(1))
        parts.extend(int(number) for number in re.findall(r"\d+", match.group(2)))
    return tuple(parts)


def show_path(path: KeyPath) -> str:
    """Return the path as people write it: ``a.b[0].c``."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return shown.removeprefix(".")


def compose(text: str, file: str) -> yaml.Node | None:
    """Return the root of the only document, None for an empty file; raise `YamlEditError`."""
    try:
        nodes = compose_all(text, file)
    except InvalidFile as error:
        raise YamlEditError(str(error), next_step=error.next_step) from error
    if len(nodes) > 1:
        raise YamlEditError(f"read {file}: not YAML: expected a single document")
    return nodes[0] if nodes else None


def find(text: str, path: KeyPath, file: str) -> Scalar:
    """Return the scalar at ``path``.

    Raises `YamlEditError` naming the deepest part that exists, or the reason why the value
    cannot be changed alone: it comes from an alias or a merge, or is written as a block.
    """
    root = node = compose(text, file)
    for depth, part in enumerate(path):
        node = _child(node, part, path[:depth], file)
        if _references(root, node) > 1:
            raise _shared(file, path[: depth + 1], "is shared by an anchor (&) and an alias (*)")
    if not isinstance(node, yaml.ScalarNode):
        raise YamlEditError(f"read {file}: {show_path(path)}: not a single value")
    if node.style in ("|", ">"):
        raise YamlEditError(f"write {file}: {show_path(path)} is a block (| or >), not one value")
    start, end = node.start_mark.index, node.end_mark.index
    properties = _PROPERTIES.match(text[start:end])
    start += properties.end() if properties else 0
    return Scalar(str(node.value), start, end, node.style or "")


def replace(text: str, path: KeyPath, value: str, file: str) -> str:
    """Return ``text`` with the scalar at ``path`` set to ``value``, in its present quoting.

    A plain scalar stays plain where YAML reads the value back as that very text; otherwise
    it gets double quotes.
    """
    scalar = find(text, path, file)
    quote = scalar.quote or ("" if _stays_text(value) else '"')
    if quote == "'":
        value = value.replace("'", "''")
    if quote == '"':
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    # An empty value (`digest:`) has no text, and none of the blank that has to precede one.
    blank = " " if scalar.start == scalar.end else ""
    return f"{text[: scalar.start]}{blank}{quote}{value}{quote}{text[scalar.end :]}"


def _child(node: yaml.Node | None, part: str | int, parent: KeyPath, file: str) -> yaml.Node:
    place = show_path(parent) or "the document"
    if isinstance(part, int):
        if not isinstance(node, yaml.SequenceNode) or part >= len(node.value):
            raise YamlEditError(f"read {file}: {place}: no item number {part}")
        return children(node)[part]
    if not isinstance(node, yaml.MappingNode):
        raise YamlEditError(f"read {file}: {place}: no keys there, so no {part}")
    found: list[yaml.Node] = [value for key, value in node.value if key.value == part]
    if len(found) > 1:
        raise YamlEditError(f"read {file}: {place}: the key {part} is there twice")
    if found:
        return found[0]
    if any(key.value == "<<" for key, _ in node.value):
        raise _shared(file, (*parent, part), "may come from a merge (<<), it is not written there")
    raise YamlEditError(
        f"read {file}: {place}: the key {part} is missing",
        next_step=f"add it below {place}, or correct the key path",
    )


def _shared(file: str, path: KeyPath, reason: str) -> YamlEditError:
    return YamlEditError(
        f"write {file}: {show_path(path)} {reason}; changing it would change other places too",
        next_step=f"write the value of {show_path(path)} out in its own place",
    )


def _references(root: yaml.Node | None, target: yaml.Node) -> int:
    """Return from how many places ``target`` is reached: an alias is the node that it names."""
    count, visited = 0, set()
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop()
        count += node is target
        if id(node) not in visited:
            visited.add(id(node))
            pending.extend(children(node))
    return count


def _stays_text(value: str) -> bool:
    """Return whether every YAML reader takes ``value`` without quotes as text."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+/:-]*", value) is None:
        return False
    try:
        float(value)  # YAML 1.2 reads 12e45678 as a number, PyYAML does not
    except ValueError:
        return bool(yaml.safe_load(value) == value)
    return False
