"""The YAML that cepler files are mostly written in, read without a YAML library.

Importing PyYAML takes longer than all else that a check does. Block mappings, lists of one
line or one item a line, and scalars of one line without escapes are read here; anything
else gives None and goes to PyYAML. Where this gives an answer, PyYAML gives the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A plain scalar that can mean nothing else: no indicator in front, none of ": " or " #" in it.
_PLAIN = r"[A-Za-z0-9_./~+$^;()\\][^\n\r:#\[\]{},\"'\t&!|>%@`]*"
_SCALAR = rf"""(?:"[^"\\\n]*"|'[^'\n]*'|{_PLAIN})"""
_BLANK = re.compile(r"[ ]*(?:#.*)?")
_KEY = re.compile(rf"({_SCALAR})[ ]*:(?:[ ]+(.*?))?[ ]*(?:[ ]#.*)?")
_ITEM = re.compile(r"-(?:[ ]+(.*?))?[ ]*(?:[ ]#.*)?")
_ONE = re.compile(_SCALAR)
_FLOW = re.compile(rf"\[[ ]*(?:{_SCALAR}[ ]*(?:,[ ]*{_SCALAR}[ ]*)*)?\]")


class Value(NamedTuple):
    """A scalar: its text, whether it was plain, and its line."""

    text: str
    plain: bool
    line: int


class Block(NamedTuple):
    """A mapping (``keys`` and ``values``) or a list (``values`` alone)."""

    line: int
    keys: list[Value] | None
    values: list[Value | Block]


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


class _Unusual(Exception):
    """The text needs a real YAML reader."""


def read(text: str) -> Block | None:
    """The document, None where it is not of the plain kind."""
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


def _block(lines: list[_Line], start: int) -> tuple[Block, int]:
    if lines[start].text.startswith("-"):
        return _list(lines, start)
    return _mapping(lines, start)


def _mapping(lines: list[_Line], start: int) -> tuple[Block, int]:
    indent, position = lines[start].indent, start
    block = Block(lines[start].number, [], [])
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        found = _KEY.fullmatch(line.text)
        if found is None or block.keys is None:
            raise _Unusual
        block.keys.append(_value(found[1], line.number))
        position += 1
        if found[2]:
            block.values.append(_inline(found[2], line.number))
            continue
        value, position = _nested(lines, position, line)
        block.values.append(value)
    if position < len(lines) and lines[position].indent > indent:
        raise _Unusual
    return block, position


def _nested(lines: list[_Line], position: int, key: _Line) -> tuple[Value | Block, int]:
    if position < len(lines):
        below = lines[position]
        if below.indent > key.indent or (below.indent == key.indent and below.text.startswith("-")):
            return _block(lines, position)
    return Value("~", True, key.number), position


def _list(lines: list[_Line], start: int) -> tuple[Block, int]:
    indent, position = lines[start].indent, start
    block = Block(lines[start].number, None, [])
    while position < len(lines) and lines[position].indent == indent:
        line = lines[position]
        if not line.text.startswith("-"):
            break  # the next key of the mapping that this list is a value of
        found = _ITEM.fullmatch(line.text)
        if found is None or not found[1]:
            raise _Unusual
        block.values.append(_value(found[1], line.number))
        position += 1
    if position < len(lines) and lines[position].indent > indent:
        raise _Unusual
    return block, position


def _inline(text: str, line: int) -> Value | Block:
    if not text.startswith("["):
        return _value(text, line)
    if _FLOW.fullmatch(text) is None:
        raise _Unusual
    return Block(line, None, [_value(found[0], line) for found in _ONE.finditer(text[1:-1])])


def _value(text: str, line: int) -> Value:
    text = text.rstrip(" ")
    if _ONE.fullmatch(text) is None:
        raise _Unusual
    if text[0] in "\"'":
        return Value(text[1:-1], False, line)
    return Value(text, True, line)
