"""Text and times as the pages show them: as text, without secrets, and cut where it is long."""

import re
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from promoter.common.text import duration, plain, redact

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
    there = _instant(time)
    if there is None:
        return str(time or "")
    text = there.isoformat(timespec="seconds")
    return Markup('<time datetime="{}Z">{} UTC</time>').format(text, text[:16].replace("T", " "))


def elapsed(since: str, now: datetime) -> str:
    """Return the time from ``since`` (ISO 8601) to ``now`` in words; "" for no time."""
    began = _instant(since)
    return duration((now - began.replace(tzinfo=UTC)).total_seconds()) if began else ""


def _instant(time: str | datetime | None) -> datetime | None:
    """Return ``time`` in UTC without its zone; None for no time, or one without a zone."""
    try:
        found = time if isinstance(time, datetime) else datetime.fromisoformat(time or "")
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
