"""A waiver accepts the findings that it names, until its date."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from policies.checkov import FRAMEWORKS, CheckovError, _read
from policies.stack import PolicyFinding
from policies.waivers import Waiver, apply_waivers, read
from promoter.common.errors import InvalidFile

TODAY = datetime.date(2026, 11, 21)
FINDING = PolicyFinding("CKV_1", "gcp-production", "google_sql_user.a", "why")
REASON = "a reason that says something"


def waiver(**values: object) -> Waiver:
    base = {"check": "CKV_1", "reason": REASON, "expires": TODAY}
    return Waiver.model_validate({**base, **values})


def test_a_finding_is_waived_up_to_the_last_day() -> None:
    report = apply_waivers([FINDING], (waiver(),), TODAY)
    assert report.passed
    assert report.waived == (FINDING,)


def test_a_finding_without_a_waiver_is_rejected() -> None:
    for other in (waiver(check="CKV_2"), waiver(place="google_sql_user.b*")):
        report = apply_waivers([FINDING], (other,), TODAY)
        assert report.rejected == (FINDING,)
        assert not report.passed


def test_an_expired_waiver_fails_and_accepts_nothing() -> None:
    old = waiver(expires=TODAY - datetime.timedelta(days=1))
    report = apply_waivers([FINDING], (old,), TODAY)
    assert report.expired == (old,)
    assert report.rejected == (FINDING,)


def test_an_unused_waiver_fails() -> None:
    report = apply_waivers([], (waiver(),), TODAY)
    assert report.unused == (waiver(),)
    assert not report.passed


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


def test_a_damaged_file_of_waivers_is_named(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yml"
    with pytest.raises(InvalidFile, match=r"waivers\.yml: No such file"):
        read(file)
    anchors = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30))
    file.write_text(f"a0: &a0 []\n{anchors}\n")
    with pytest.raises(InvalidFile, match=r"waivers\.yml"):
        read(file)


def test_the_committed_waivers_are_valid() -> None:
    assert read(Path(__file__).parents[2] / "policies/waivers.yml")


@pytest.mark.parametrize("silent", FRAMEWORKS)
def test_a_scan_without_checks_fails(silent: str) -> None:
    def summary(count: int) -> object:
        return {"summary": {"passed": count, "failed": 0}, "results": {"failed_checks": []}}

    reports = {name: summary(0 if name == silent else 3) for name in FRAMEWORKS}
    with pytest.raises(CheckovError, match=f"checked nothing as {silent}"):
        _read(reports, {})
