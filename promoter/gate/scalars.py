"""How cepler's YAML writer puts a text on a line (yaml-rust 0.4, as serde_yaml 0.8 uses it)."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = (
    "yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|null|Null|NULL|~"
)
# What Rust reads as a number: i64 or f64, with a sign, without spaces or underscores.
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?"
_NUMBER += r"|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])"
_QUOTED = re.compile(
    r"(?:[ &*?|\-<>=!%@.]"  # how it starts
    r"|0x"
    rf"|(?:{_WORDS}|{_NUMBER})?\Z"
    r"|.* \Z"
    r"""|.*[:{}\[\],#`"'\\\x00-\x06\t\n\r\x0e-\x1a\x1c-\x1f])""",
    re.DOTALL,
)
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_NAMED = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


@lru_cache(maxsize=1 << 16)
def scalar(text: str) -> str:
    """``text`` as it stands in a state file: plain where that is safe, else double-quoted."""
    if not _QUOTED.match(text):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """``text`` in double quotes."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _NAMED.get(character) or f"\\u{ord(character):04x}"
