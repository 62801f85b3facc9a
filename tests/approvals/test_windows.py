"""Windows on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from promoter.approvals.rules_file import Windows
from promoter.approvals.windows import closed, opens

NEW_YORK = "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def allow(days: str, begin: str, end: str, zone: str = NEW_YORK) -> Windows:
    window = {"days": days, "from": begin, "to": end, "zone": zone}
    return Windows.model_validate({"allow": [window]})


def deny(begin: str, end: str, zone: str = NEW_YORK) -> Windows:
    window = {"from": begin, "to": end, "zone": zone, "reason": "a freeze"}
    return Windows.model_validate({"deny": [window]})


def test_an_hour_that_autumn_repeats_counts_twice() -> None:
    windows = allow("sun", "01:00", "02:00")
    hours = ["05:00", "05:59", "06:00", "06:59"]  # 1:00 in summer time, then in winter time
    for hour in hours:
        assert closed(windows, utc(f"2026-11-01T{hour}")) == "", hour
    for hour in ("04:59", "07:00"):
        assert closed(windows, utc(f"2026-11-01T{hour}")), hour
    assert opens(windows, utc("2026-11-01T04:00")) == utc("2026-11-01T05:00")
    assert opens(windows, utc("2026-11-01T07:00")) == utc("2026-11-08T06:00")


def test_an_hour_that_spring_skips_never_comes() -> None:
    windows = allow("sun", "02:00", "03:00")
    assert opens(windows, utc("2026-03-08T05:00")) == utc("2026-03-15T06:00")
    partly = allow("sun", "02:30", "04:00")
    assert opens(partly, utc("2026-03-08T05:00")) == utc("2026-03-08T07:00")  # 3:00 in summer time
    assert closed(partly, utc("2026-03-08T06:59"))
    assert closed(partly, utc("2026-03-08T08:00"))


@pytest.mark.parametrize(
    ("window", "first", "after"),
    [
        # 1:30 comes twice: from the first one to the second 1:45.
        (deny("2026-11-01T01:30", "2026-11-01T01:45"), "2026-11-01T05:30", "2026-11-01T06:45"),
        # 2:30 never comes: it denies no less than from 3:00 on.
        (deny("2026-03-08T02:30", "2026-03-08T04:00"), "2026-03-08T06:30", "2026-03-08T08:00"),
        # In Europe clocks change at another hour, and on another day.
        (
            deny("2026-10-25T02:15", "2026-10-25T02:30", "Europe/Berlin"),
            "2026-10-25T00:15",
            "2026-10-25T01:30",
        ),
        # Guatemala's clocks do not change.
        (
            deny("2026-11-01", "2026-11-02", "America/Guatemala"),
            "2026-11-01T06:00",
            "2026-11-02T06:00",
        ),
    ],
)
def test_a_freeze_denies_at_least_what_it_says(window: Windows, first: str, after: str) -> None:
    assert closed(window, utc(first))
    assert opens(window, utc(first)) == utc(after)
    assert not closed(window, utc(after))


@pytest.mark.parametrize("years", [("2026-01-01", "9999-12-31"), ("0001-01-01", "2026-01-01")])
def test_a_freeze_without_an_end_that_can_be_reckoned_is_refused(years: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="its years must be from 2000 to 2999"):
        deny(*years)
