"""YAML bytes as vendir writes them.

vendir marshals through sigs.k8s.io/yaml (JSON, then go-yaml v2), whose emitter is a port of
libyaml's. So libyaml writes here, with go-yaml's rules for the texts that need quotes; the
few corners in which the two differ are corrected. Compared with vendir on random texts.
"""

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

import yaml

Value: TypeAlias = "str | bool | int | Sequence[Value] | Mapping[str, Value]"

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
_TEXT = "tag:yaml.org,2002:str"
# Stands for a text, in hex, of which go-yaml escapes every character: after a byte order mark.
_ESCAPED = "escaped-by-go-yaml-"
_ESCAPES = {
    **dict(zip("\0\a\b\t\n\v\f\r\x1b", "0abtnvfre", strict=True)),
    **dict(zip('"\\\x85\xa0\u2028\u2029', '"\\N_LP', strict=True)),
}


def dump(value: Mapping[str, Value]) -> bytes:
    """Return the bytes of the document, with keys sorted and a newline at its end."""
    text = yaml.dump(value, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, width=80)
    text = re.sub(f"{_ESCAPED}([0-9a-f]+)", _escaped, text)
    # libyaml indents a closing quote after a line separator.
    return re.sub("(?m)([\u2028\u2029]) +'$", r"\1'", text).encode()


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """libyaml's emitter, without PyYAML's own rules for texts that read as other types."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}

    def represent_text(self, value: str) -> Any:
        """Return a scalar in the quotes that go-yaml chooses."""
        # vendir's JSON is read as YAML on the way, which folds NEL into a space.
        value = re.sub(" *\x85 *", " ", value)
        if value.startswith("\ufeff"):
            value = _ESCAPED + value.encode().hex()
        style = '"' if _reads_as_other(value) or "\n" in value else None
        return self.represent_scalar(_TEXT, value, style=style)

    def represent_plain(self, value: object) -> Any:
        """Return a number or boolean as a plain scalar."""
        return self.represent_scalar(_TEXT, str(value).lower())


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(bool, _Dumper.represent_plain)
_Dumper.add_representer(int, _Dumper.represent_plain)


def _escaped(found: re.Match[str]) -> str:
    return '"' + "".join(map(_escape, bytes.fromhex(found[1]).decode())) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    if character in _ESCAPES:
        return f"\\{_ESCAPES[character]}"
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _reads_as_other(value: str) -> bool:
    """Return whether Go reads the plain text as null, a boolean, a number or a time."""
    if not value or value in _WORDS or _BASE60.fullmatch(value):
        return True
    if value[0] == ".":
        return _is_float(re.sub("(?<=[0-9])_(?=[0-9])", "", value))
    if value[0] not in "+-0123456789":
        return False
    plain = value.replace("_", "")
    # Go reads a leading zero as octal.
    number = re.sub(r"^([-+]?)0([0-7]+)$", r"\g<1>0o\2", plain)
    is_integer = _INTEGER.fullmatch(plain) and -(2**63) <= int(number, 0) < 2**64
    return bool(is_integer) or _is_float(plain) or _is_time(value)


def _is_float(value: str) -> bool:
    # A number out of range is a text to Go, and stays plain.
    return bool(_FLOAT.fullmatch(value)) and not math.isinf(float(value))


def _is_time(value: str) -> bool:
    if found := _TIME.fullmatch(value):
        with suppress(ValueError):
            datetime.datetime(*map(int, filter(None, found.groups())))  # type: ignore[arg-type]
            return True
    return False
