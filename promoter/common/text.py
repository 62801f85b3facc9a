"""Make untrusted text safe to print or to store: no terminal escapes, no secrets."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

# Escape sequences, line ends, and what reverses the direction of writing.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

HIDDEN = "[redacted]"

SECRET_NAME = re.compile(
    r"pass(word|phrase)?|secret|token|credential|private|api-?_?key", re.IGNORECASE
)
"""Found in the name of a setting whose value is a secret."""

# Headers, and lines of configuration files, inside of a longer text.
_AUTHORIZATION = re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}")
_SETTING = re.compile(
    rf"^(\s*[\w.\"'-]*(?:{SECRET_NAME.pattern})[\w\"']*\s*[:=]\s*)\S.*$",
    re.IGNORECASE | re.MULTILINE,
)

# Tokens of the forges and clouds by their published prefixes, keys, credentials in addresses,
# and values behind names of secrets.
_SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S),
    re.compile(r"\b(?:gh[pousr]_|github_pat_|ya29\.|AKIA)[A-Za-z0-9_.\-]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    re.compile(
        r"(?i)(?<![A-Za-z])((?:[a-z0-9_\-]*(?:password|passwd|secret|token|api[_\-]?key))"
        r"[\"']?\s*[:=]\s*[\"']?)([^\s\"',}]{3,})"
    ),
)


_CRASH = re.compile(r"(fatal error: |panic: |thread '.*' panicked at )")
_LINES = 12


def telling_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of a program's output that show why it ended: the last ones.

    A Go or Rust program that crashes prints the reason first and its stacks after it, so those
    of a crash are its first lines.
    """
    crash = next((number for number, line in enumerate(lines) if _CRASH.match(line)), -_LINES)
    return list(lines[crash:][:_LINES])


def plain(text: str) -> str:
    """Return ``text`` on one line, with ``?`` for each control character."""
    return _CONTROL.sub("?", text)


def redact(text: str) -> str:
    """Return ``text`` with everything that looks like a secret replaced."""
    for pattern in _SECRETS[:-1]:
        text = pattern.sub(HIDDEN, text)
    return _SECRETS[-1].sub(rf"\1{HIDDEN}", text)


def redact_settings(text: str) -> str:
    """Return a configuration text redacted more strictly than prose, by whole values."""
    return redact(_AUTHORIZATION.sub(rf"\1{HIDDEN}", _SETTING.sub(rf"\1{HIDDEN}", text)))


def redacted(value: Any) -> Any:
    """Return a JSON value with `redact` applied to every string in it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value
