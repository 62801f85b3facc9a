"""Make untrusted text safe to print or to store: no terminal escapes, no secrets."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

# Escape sequences, line ends, and what changes the direction of writing.
_CONTROLS = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{_CONTROLS}]")
# Bold, red, green, yellow, cyan and their end are ours; they neither move nor hide anything.
_NOT_PRINTABLE = re.compile(rf"(?!\n|\t|\x1b\[(?:0|1|31|32|33|36)m)[{_CONTROLS}]")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|(?<!\w)@(?=\w)")

# Of GitHub; GitLab has the first two.
_SKIPS = re.compile(r"\[((?:skip|no)[ -]ci|ci[ -]skip|skip[ -]actions|actions[ -]skip)\]", re.I)

# A trailer of GitHub's.
_SKIPS_CHECKS = re.compile(r"^([ \t]*skip-checks)[ \t]*:[ \t]*", re.I | re.M)

HIDDEN = "[redacted]"

SECRET_NAME = re.compile(
    r"pass(word|phrase)?|secret|token|credential|private|api-?_?key", re.IGNORECASE
)
"""Found in the name of a setting whose value is a secret."""

_SECRET_VARIABLE = re.compile(
    r"\w*(TOKEN|KEY|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?|PRIVATE\w*|_AUTH)(_DOCUMENT)?"
)
_SHORTEST = 6  # of a value: a shorter one is a word of many other texts

# Lines of configuration files, by whole values.
_SETTING = re.compile(
    rf"^(\s*[\w.\"'-]*(?:{SECRET_NAME.pattern})[\w\"']*\s*[:=]\s*)\S.*$",
    re.IGNORECASE | re.MULTILINE,
)

_NAMES = (
    r"(?:password|passwd|passphrase|secret|token|credentials?"
    r"|(?:api|access|account|private|encryption|client|signing)[_-]?key(?:[_-]?data)?)"
)
# A value: up to the quote that it began with, else a word. Its opening quote stays.
_VALUE = r"(?P<quote>\\?[\"'])?)(?(quote)(?:(?!(?P=quote))(?:\\.|.))+|[^\s\"',}\\-][^\s\"',}]{2,})"

# Common shapes of secrets. A group is what stays.
_SHAPES = (
    # Keys, and tokens of forges, clouds and registries by their published prefixes.
    re.compile(
        r"()-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
    ),
    re.compile(
        r"()\b(?:gh[pousr]_|github_pat_|gl(?:pat|ptt|rt|dt|soat)-|npm_|pypi-|dckr_pat_|xox[abp]-"
        r"|hvs\.|ya29\.|AKIA|ASIA)[\w.\-]{8,}"
    ),
    re.compile(r"()\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]*"),
    # The user information of an address, unless it is a name alone, as in ssh://git@host.
    re.compile(r"(://)[^/\s:@\"']*:(?!\d+/)[^\s@\"']*(?=@)"),
    re.compile(r"(https?://)[^/\s@\"']+(?=@)"),
    # Headers.
    re.compile(r"(?i)(\bbearer\s+)(?!auth|token|realm)[\w.~+/=-]{6,}"),
    re.compile(r"((?i:\bbasic)\s+)(?=\S*(?:[0-9=]|[a-z+/][A-Z]))[A-Za-z0-9+/]{6,}={0,2}"),
    re.compile(r"(?i)(\bauthorization\\?[\"']?\s*[:=]\s*\\?[\"']?)(?!\s|basic|bearer)[^\"'\n]+"),
    # Of h11 and requests, which show a header that they refuse; of Helm, a wrong docker auth.
    re.compile(r"(?i)(\bheader value:? b?[\"'])[^\"']+"),
    re.compile(r"(\bauth ')[^']+(?=' does not conform)"),
    # Docker's auth; settings; options of a command line.
    re.compile(rf"(\\?\"(?:auth|identitytoken|registrytoken)\\?\"\s*:\s*{_VALUE}"),
    re.compile(rf"(?i)((?<![A-Za-z])[\w.-]*{_NAMES}\\?[\"']?\s*[:=]\s*{_VALUE}"),
    re.compile(rf"(?i)((?<!\S)--?[\w-]*{_NAMES}[ =]\s*{_VALUE}"),
)

_known: set[str] = set()


_CRASH = re.compile(r"(fatal error: |panic: |thread '.*' panicked at )")
_LINES = 12


def telling_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of a program's output that show why it ended: the last ones.

    A Go or Rust program that crashes prints the reason first and its stacks after it, so those
    of a crash are its first lines.
    """
    crash = next((number for number, line in enumerate(lines) if _CRASH.match(line)), -_LINES)
    return list(lines[crash:][:_LINES])


def by_cause(causes: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return a line per cause of ``(kind, name, cause)``: "pod web-1: ...", or "12 pods: ..."."""
    names: dict[tuple[str, str], list[str]] = {}
    for kind, name, cause in causes:
        names.setdefault((kind, cause), []).append(name)
    return [
        f"{kind} {each[0]}: {cause}" if len(each) == 1 else f"{len(each)} {kind}s: {cause}"
        for (kind, cause), each in names.items()
    ]


def plain(text: str) -> str:
    """Return ``text`` on one line, with ``?`` for each control character."""
    return _CONTROL.sub("?", text)


def printable(text: str) -> str:
    """Return ``text`` as `plain` does, with its line ends, tabs and plain colors."""
    return _NOT_PRINTABLE.sub("?", text)


def inert_markdown(text: str) -> str:
    """Return Markdown whose HTML and mentions have no effect, without control characters.

    A space without width follows ``<`` and ``@``, so that code reads as before.
    """
    return _MARKUP.sub("\\g<0>\u200b", printable(text))


def inert_message(text: str) -> str:
    """Return a commit message without words by which a forge skips its checks."""
    return _SKIPS_CHECKS.sub("\\1 = ", _SKIPS.sub("(\\1)", text))


def conceal(*values: str) -> None:
    """Let `redact` replace ``values`` from now on: credentials that this process has read."""
    _known.update(value for value in map(str.strip, values) if len(value) >= _SHORTEST)


def redact(text: str) -> str:
    """Return ``text`` without the secrets of this process, and without what looks like one.

    The secrets are the values of variables with such a name (``*_TOKEN``, ``*_KEY``,
    ``*_PASSWORD``, ``*_SECRET`` ...; no paths and addresses), and what `conceal` was given.
    """
    for value in sorted(_known | _inherited(), key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    for shape in _SHAPES:
        text = shape.sub(rf"\1{HIDDEN}", text)
    return text


def _inherited() -> set[str]:
    named = (value for name, value in os.environ.items() if _SECRET_VARIABLE.fullmatch(name))
    stripped = (value.strip() for value in named)
    return {v for v in stripped if len(v) >= _SHORTEST and not v.startswith("/") and "://" not in v}


def redact_settings(text: str) -> str:
    """Return a configuration text redacted more strictly than prose, by whole values."""
    return redact(_SETTING.sub(rf"\1{HIDDEN}", text))


def redacted(value: Any) -> Any:
    """Return a JSON value with `redact` applied to every string in it."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value


def duration(seconds: float | None) -> str:
    """Return a length of time in words, like ``3 d 4 h`` or ``12 s``."""
    if seconds is None:
        return ""
    whole = timedelta(seconds=max(round(seconds), 0))
    hours, rest = divmod(whole.seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((whole.days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown[:2]) or "0 s"
