"""Text and times as the pages show them: as text, without secrets, and cut where it is long."""

import re
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from promoter.common.text import plain, redact

MOST = 4_000
"""The number of characters of one value that are shown."""


def shown(value: Any) -> Any:
    """Return ``value`` as one line of text without secrets; markup of our own stays.

    Control characters and those that change the direction of writing become ``?``.
    """
    if value is None:
        return ""
    return value if isinstance(value, Markup) else clipped(plain(redact(str(value))))


def lines(text: str) -> list[str]:
    """Return the lines of ``text``, cut at the same length as any other value."""
    return clipped(redact(text)).splitlines()


def clipped(text: str) -> str:
    """Return ``text``, or its beginning and how much is missing."""
    if len(text) <= MOST:
        return text
    return f"{text[:MOST]} ... and {len(text) - MOST} more characters"


def short(commit: str | None) -> str:
    """Return the first 12 digits of a commit or a digest."""
    return (commit or "").removeprefix("sha256:")[:12]


def slug(name: str) -> str:
    """Return ``name`` as one part of a path, whatever it contains; no two names share one."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f"~{ord(found[0]):x}~", name) or "~"


def moment(time: str | datetime | None) -> Markup | str:
    """Return a time (ISO 8601) in UTC as an element that programs can read; else as it is."""
    try:
        found = time if isinstance(time, datetime) else datetime.fromisoformat(time or "")
    except ValueError:
        return time or ""  # type: ignore[return-value]
    there = found.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{there:%Y-%m-%dT%H:%M:%SZ}", f"{there:%Y-%m-%d %H:%M} UTC"
    )
