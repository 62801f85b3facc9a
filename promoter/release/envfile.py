"""Sets one variable of a .env file and keeps every other byte."""

from __future__ import annotations

import re

from promoter.release.errors import ReleaseError


def set_variable(text: bytes, name: str, value: str) -> bytes:
    """``text`` with the line ``name=value``: replaced where it stands, appended where not.

    Idempotent. A repeated assignment keeps only its first place, since which of two a
    reader takes is that reader's choice. Raises `ReleaseError` for a value that does not
    fit on one unquoted line.
    """
    if re.search(r"[\s#'\"\\$]", value):
        raise ReleaseError(f"write {name}: the value {value!r} would need quoting")
    assignment = f"{name}={value}".encode()
    pattern = re.compile(rb"^(?:export )?" + re.escape(name.encode()) + rb"=[^\r\n]*", re.MULTILINE)
    if not pattern.search(text):
        return _with_last_line_ended(text) + assignment + _line_end(text)
    written = pattern.sub(lambda _: assignment, text, count=1)
    after = written.index(assignment) + len(assignment)
    repeated = re.compile(pattern.pattern + rb"(?:\r?\n|\Z)", re.MULTILINE)
    return written[:after] + repeated.sub(b"", written[after:])


def _line_end(text: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in text else b"\n"


def _with_last_line_ended(text: bytes) -> bytes:
    return text if not text or text.endswith(b"\n") else text + _line_end(text)
