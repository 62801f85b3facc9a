"""A waiver lets through what it names, for its reason, until its date."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from policies.checkov import FRAMEWORKS, CheckovError, _read
from policies.subject import PolicyFinding
from policies.waivers import Waiver, judge, read
from promoter.common.errors import InvalidFile

TODAY = datetime.date(2026, 11, 21)
FINDING = PolicyFinding("CKV_1", "gcp-production", "google_sql_user.a", "why")
REASON = "a reason that says something"


def waiver(**values: object) -> Waiver:
    base = {"check": "CKV_1", "reason": REASON, "expires": TODAY}
    return Waiver.model_validate({**base, **values})


def test_what_is_waived_is_let_through_up_to_the_last_day() -> None:
    judgement = judge([FINDING], (waiver(),), TODAY)
    assert judgement.passed
    assert judgement.allowed == (FINDING,)


def test_what_is_not_waived_is_refused() -> None:
    for other in (waiver(check="CKV_2"), waiver(place="google_sql_user.b*")):
        judgement = judge([FINDING], (other,), TODAY)
        assert judgement.refused == (FINDING,)
        assert not judgement.passed


def test_an_expired_waiver_fails_and_lets_nothing_through() -> None:
    old = waiver(expires=TODAY - datetime.timedelta(days=1))
    judgement = judge([FINDING], (old,), TODAY)
    assert judgement.expired == (old,)
    assert judgement.refused == (FINDING,)


def test_a_waiver_that_lets_nothing_through_fails() -> None:
    judgement = judge([], (waiver(),), TODAY)
    assert judgement.idle == (waiver(),)
    assert not judgement.passed


@pytest.mark.parametrize(
    "text",
    [
        "- {check: CKV_1, expires: 2027-01-01}",
        "- {check: CKV_1, reason: short, expires: 2027-01-01}",
        f"- {{check: CKV_1, reason: {REASON}}}",
        f"- {{check: CKV_1, reason: {REASON}, expires: soon}}",
    ],
)
def test_a_waiver_needs_a_reason_and_a_date(tmp_path: Path, text: str) -> None:
    file = tmp_path / "waivers.yml"
    file.write_text(text)
    with pytest.raises(InvalidFile, match=r"waivers\.yml: 0"):
        read(file)


def test_the_committed_waivers_are_valid() -> None:
    assert read(Path(__file__).parents[2] / "policies/waivers.yml")


@pytest.mark.parametrize("silent", FRAMEWORKS)
def test_a_scan_that_looked_at_nothing_fails(silent: str) -> None:
    def report(made: int) -> object:
        return {"summary": {"passed": made, "failed": 0}, "results": {"failed_checks": []}}

    reports = {name: report(0 if name == silent else 3) for name in FRAMEWORKS}
    with pytest.raises(CheckovError, match=f"looked at nothing as {silent}"):
        _read(reports, {})
