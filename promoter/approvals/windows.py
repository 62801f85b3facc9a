"""Windows: the times at which a change may run. Intervals are half-open, zones are IANA's.

An allow window is in wall time: an hour that daylight saving repeats counts twice, one that it
skips never comes. A deny window beats every allow window.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from promoter.approvals.rules_file import AllowWindow, DenyWindow, Windows, deny_span, weekdays


def closed(windows: Windows, at: datetime) -> str:
    """Return why the windows are closed at ``at``, "" if they are open."""
    for window in windows.deny:
        if denies(window, at):
            return f"closed until {deny_span(window)[1].isoformat()}: {window.reason}"
    if windows.allow and not any(allows(window, at) for window in windows.allow):
        hours = ", ".join(
            f"{window.days} {window.from_}-{window.to} {window.zone}" for window in windows.allow
        )
        return f"outside of its windows ({hours})"
    return ""


def opens(windows: Windows, after: datetime) -> datetime | None:
    """Return the first time from ``after`` on at which the windows are open, None if none is."""
    ends = (deny_span(window)[1].astimezone(UTC) for window in windows.deny)
    starts = (after, *sorted(end for end in ends if end > after))
    for start in starts:
        begins = [_first(window, start) for window in windows.allow] or [start]
        free = [each for each in begins if not any(denies(deny, each) for deny in windows.deny)]
        if free:
            return min(free)
    return None


def allows(window: AllowWindow, at: datetime) -> bool:
    """Return whether ``at`` is in an allow window."""
    local = at.astimezone(ZoneInfo(window.zone))
    inside = window.from_ <= local.strftime("%H:%M") < window.to
    return inside and local.weekday() in weekdays(window.days)


def denies(window: DenyWindow, at: datetime) -> bool:
    """Return whether ``at`` is in a deny window."""
    begin, end = (each.astimezone(UTC) for each in deny_span(window))
    return begin <= at < end


def _first(window: AllowWindow, start: datetime) -> datetime:
    """Return the first time from ``start`` on that an allow window has."""
    zone = ZoneInfo(window.zone)
    today = start.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    hour, minute = map(int, window.from_.split(":"))
    moments = [start]
    while not any(found := [each for each in moments if each >= start and allows(window, each)]):
        begin = today + timedelta(hours=hour, minutes=minute)
        both = (begin.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        moments = [*both, *_transitions(zone, today)]
        today += timedelta(days=1)
    return min(found)


def _transitions(zone: ZoneInfo, midnight: datetime) -> Iterator[datetime]:
    """Yield the moment of the day from ``midnight`` on at which the zone changes its offset."""
    low = midnight.replace(tzinfo=zone).astimezone(UTC)
    high = low + timedelta(days=1)
    offset = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == offset:
        return
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        same = middle.astimezone(zone).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    yield high.replace(microsecond=0)
