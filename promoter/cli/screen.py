"""Errors on one screen; the whole text of a longer one is in a file."""

import math
import os
import tempfile

_ROWS = 17
_COLUMNS = 100


def one_screen(text: str) -> str:
    """Return ``text`` if it fits on a screen; else its beginning, and the file with all of it.

    Where no file can be written, all of it is returned.
    """
    shown, left = [], _ROWS
    for line in text.splitlines():
        shown.append(line[: left * _COLUMNS])
        left -= max(1, math.ceil(len(line) / _COLUMNS))
        if left <= 0:
            break
    if shown == text.splitlines():
        return text
    try:
        return "\n".join((*shown, f"... the whole message: {write_report(text)}"))
    except OSError:
        return text


def write_report(text: str) -> str:
    """Write ``text`` to a new file that only its owner may read (0600); return its path."""
    descriptor, path = tempfile.mkstemp(prefix="promoter-error-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(f"{text}\n")
    return path
