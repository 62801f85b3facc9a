"""YAML bytes as vendir writes them: keys sorted, go-yaml v2's quoting and line folding.

vendir marshals through sigs.k8s.io/yaml (JSON, then go-yaml v2). PyYAML and ruamel quote
and fold by other rules, so a lock file of theirs would differ by bytes. Written after the
rules of that emitter as observed; strings, lists and maps are all that a lock needs.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | bool | int | Sequence[Value] | Mapping[str, Value]"

_WIDTH = 80
_WORDS = frozenset(
    {
        *("y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO"),
        *("on", "On", "ON", "off", "Off", "OFF"),
        *("true", "True", "TRUE", "false", "False", "FALSE"),
        *("~", "null", "Null", "NULL", ".nan", ".NaN", ".NAN"),
        *(f"{sign}.{word}" for sign in ("", "+", "-") for word in ("inf", "Inf", "INF")),
    }
)
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_CLOCK = r"(\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?"
_TIME = re.compile(rf"(\d{{4}})-(\d\d?)-(\d\d?)(?:[Tt]{_CLOCK}(?:Z|[-+]\d\d:\d\d)| {_CLOCK})?")
_SEPARATORS = "\u2028\u2029"
_BY_ESCAPES = re.compile(" [\u2028\u2029]|[\u2028\u2029] |\n")
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


def dump(value: Mapping[str, Value]) -> bytes:
    """The document's bytes, with the newline at its end."""
    return "".join(f"{line}\n" for line in _mapping(value, 0)).encode()


def _mapping(value: Mapping[str, Value], indent: int) -> list[str]:
    lines: list[str] = []
    for key in sorted(value):
        lines += _member(f"{' ' * indent}{_scalar(key, indent, 0, key=True)}:", value[key], indent)
    return lines


def _member(head: str, value: Value, indent: int) -> list[str]:
    if isinstance(value, Mapping):
        return [head, *_mapping(value, indent + 2)] if value else [f"{head} {{}}"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [head, *_sequence(value, indent)] if value else [f"{head} []"]
    return [f"{head} {_scalar(value, indent + 2, len(head) + 1)}"]


def _sequence(value: Sequence[Value], indent: int) -> list[str]:
    lines: list[str] = []
    for item in value:
        if isinstance(item, Mapping):
            first, *rest = _mapping(item, indent + 2)
            lines += [f"{' ' * indent}- {first[indent + 2 :]}", *rest]
        else:
            lines += _member(f"{' ' * indent}-", item, indent)
    return lines


def _scalar(
    value: str | bool | int | object, indent: int, column: int, *, key: bool = False
) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    value = _as_reread(value)
    width = math.inf if key else _WIDTH
    if any(_special(character) for character in value) or _BY_ESCAPES.search(value):
        return _double(value, indent, column, width)
    if _reads_as_other(value):
        return _double(value, indent, column, width)
    if _needs_quotes(value):
        return _single(value, indent, column, width)
    return "".join(_fold(value, list(value), indent, column, width))


def _as_reread(value: str) -> str:
    # vendir's JSON is read as YAML on the way, to which NEL ends a line and folds to a space.
    return re.sub(" *\x85 *", " ", value)


def _special(character: str) -> bool:
    """Neither printable by go-yaml's table (which has nothing past U+FFFD) nor a newline."""
    code = ord(character)
    if code < 0x80:
        return not 0x20 <= code <= 0x7E and character != "\n"
    return code < 0xA0 or 0xD800 <= code < 0xE000 or code == 0xFEFF or code > 0xFFFD


def _reads_as_other(value: str) -> bool:
    """Whether the plain text would be read as null, a boolean, a number or a time."""
    if not value or value in _WORDS or _BASE60.fullmatch(value):
        return True
    if value[0] == ".":
        return _is_float(re.sub("(?<=[0-9])_(?=[0-9])", "", value))
    if value[0] not in "+-0123456789":
        return False
    if _is_time(value):
        return True
    plain = value.replace("_", "")
    if _INTEGER.fullmatch(plain) and -(2**63) <= int(_go_octal(plain), 0) < 2**64:
        return True
    return _is_float(plain)


def _go_octal(plain: str) -> str:
    return re.sub(r"^([-+]?)0([0-7]+)$", r"\g<1>0o\2", plain)


def _is_float(value: str) -> bool:
    # Out of range is no number to Go, and stays plain.
    return bool(_FLOAT.fullmatch(value)) and not math.isinf(float(value))


def _is_time(value: str) -> bool:
    found = _TIME.fullmatch(value)
    if not found:
        return False
    try:
        datetime.datetime(*(int(part) for part in found.groups() if part))  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def _needs_quotes(value: str) -> bool:
    if value[0] in "#,[]{}&*!|>'\"%@`" or value[0] == " " or value[-1] == " ":
        return True
    if value.startswith(("---", "...")) or re.match(r"[-?:]( |$)", value):
        return True
    return bool(re.search(r":( |$)| #|[\u2028\u2029]", value))


def _single(value: str, indent: int, column: int, width: float) -> str:
    pieces = ["''" if character == "'" else character for character in value]
    for at in range(1, len(value)):
        # A line separator ends a line without a newline: the next one is indented.
        if value[at - 1] in _SEPARATORS and value[at] not in _SEPARATORS:
            pieces[at] = " " * indent + pieces[at]
    return "'" + "".join(_fold(value, pieces, indent, column + 1, width)) + "'"


def _fold(value: str, pieces: Sequence[str], indent: int, column: int, width: float) -> list[str]:
    """``pieces``, one a character, with a lone space past ``width`` made a line break."""
    written: list[str] = []
    spaces = False
    for at, piece in enumerate(pieces):
        space = value[at] == " "
        inner = 0 < at < len(value) - 1 and value[at + 1] != " "
        if space and inner and not spaces and column > width:
            written.append("\n" + " " * indent)
            column = indent
        else:
            written.append(piece)
            column = len(piece) if at and value[at - 1] in _SEPARATORS else column + len(piece)
        spaces = space
    return written


def _double(value: str, indent: int, column: int, width: float) -> str:
    written = ['"']
    column += 1
    spaces = False
    # A byte order mark in front makes that emitter escape every character.
    always = value.startswith("\ufeff")
    for at, character in enumerate(value):
        space = character == " " and not always
        if space and 0 < at < len(value) - 1 and not spaces and column > width:
            more = "\\" if value[at + 1] == " " else ""
            piece = "\n" + " " * indent + more
            column = indent + len(more)
        else:
            piece = _escaped(character, always=always)
            column += len(piece)
        written.append(piece)
        spaces = space
    return "".join(written) + '"'


def _escaped(character: str, *, always: bool) -> str:
    code = ord(character)
    if not always and not _special(character) and character not in '\n"\\\u2028\u2029':
        return character
    if character in _ESCAPES:
        return "\\" + _ESCAPES[character]
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
