"""Sets one variable of a .env file and keeps every other byte."""

import re

from promoter.release.errors import ReleaseError


def set_variable(text: bytes, name: str, value: str) -> bytes:
    """Return ``text`` with the line ``name=value``, replaced in its place or appended.

    Repeated ones are removed: readers differ in which of two they take. Raises `ReleaseError`
    for a value that would need quotes.
    """
    if re.search(r"[\s#'\"\\$]", value):
        raise ReleaseError(f"write {name}: the value {value!r} would need quoting")
    assignment = f"{name}={value}".encode()
    line = re.compile(rb"^(?:export )?" + re.escape(name.encode()) + rb"=[^\r\n]*", re.MULTILINE)
    if not line.search(text):
        end = b"\r\n" if b"\r\n" in text else b"\n"
        return text + (end if text and not text.endswith(b"\n") else b"") + assignment + end
    text = line.sub(lambda _: assignment, text, count=1)
    after = text.index(assignment) + len(assignment)
    repeated = re.compile(line.pattern + rb"(?:\r?\n|\Z)", re.MULTILINE)
    return text[:after] + repeated.sub(b"", text[after:])
