"""Reading a YAML file with the places of its scalars, so that one can be replaced in place.

A loader-and-dumper round trip rewrites quoting, indentation and line ends; a bump has to
change one scalar and not one byte more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from promoter.common.errors import InvalidFile


@dataclass(frozen=True)
class LocatedDocument:
    """One YAML document: its value, and its nodes with their places in the text."""

    value: Any
    node: yaml.Node
    text: str


def documents(content: bytes, name: str) -> list[LocatedDocument]:
    """Every non-empty document of ``content``; raises `InvalidFile` where it is no YAML."""
    try:
        text = content.decode()
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node]
    except UnicodeDecodeError as error:
        raise InvalidFile(name, "", f"not UTF-8: {error.reason}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _no_yaml(name, error) from error
    return [LocatedDocument(_value(node, name), node, text) for node in nodes]


def _value(node: yaml.Node, name: str) -> Any:
    _reject_duplicates(node, name, set())
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _no_yaml(name, error) from error


def _no_yaml(name: str, error: Exception) -> InvalidFile:
    deep = isinstance(error, RecursionError)
    return InvalidFile(name, "", "is nested too deeply" if deep else " ".join(str(error).split()))


def _reject_duplicates(node: yaml.Node, name: str, seen: set[int]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _reject_duplicates(item, name, seen)
    elif isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                raise InvalidFile(name, f"line {line}", f"key {key!r} is there twice")
        for _, value in node.value:
            _reject_duplicates(value, name, seen)


def replace_scalar(
    document: LocatedDocument, place: tuple[str | int, ...], value: str, name: str
) -> bytes:
    """The file's bytes with the scalar at ``place`` being ``value``, all else untouched.

    The quoting stays; a plain scalar becomes quoted only where ``value`` would otherwise
    be read as something else than a string.
    """
    key, node = _at(document.node, place)
    start, end = node.start_mark.index, node.end_mark.index
    label = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)[1:]
    if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">"):
        raise InvalidFile(name, label, "is not a text on one line")
    # An alias' node is the one that it stands for, somewhere before the key.
    if not re.fullmatch(r"\s*:\s+", document.text[key.end_mark.index : start]):
        raise InvalidFile(name, label, "is an alias; write the value itself there")
    named = re.match(r"([&!]\S*\s+)*", document.text[start:end])
    start += named.end() if named else 0
    written = f"{node.style}{value}{node.style}" if node.style else _plain(value)
    return (document.text[:start] + written + document.text[end:]).encode()


def _plain(value: str) -> str:
    # Without a letter past 'f' a hex string may read as a number (12e45678...).
    safe = re.search(r"[a-df-z]", value) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", value)
    return value if safe else f'"{value}"'


def _at(node: yaml.Node, place: tuple[str | int, ...]) -> tuple[yaml.Node, yaml.Node]:
    key = node
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [pair for pair in node.value if pair[0].value == part]
            key, node = pairs[0]
        else:
            node = node.value[part]
    return key, node
