"""The declaration of endpoints, and reports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from promoter.common.errors import InvalidFile
from promoter.smoketest.endpoints import read_endpoints
from promoter.smoketest.report import PodProgram, Report, Result

GOOD = "{name: a, component: server, port: admin, request: {path: /health}}"


def test_the_default_declaration_covers_every_part_with_endpoints() -> None:
    assert {each.part for each in read_endpoints()} == {
        "",
        "keycloak",
        "oathkeeper",
        "oauth2Proxy",
        "dagster",
        "gotenberg",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("endpoints: []", "endpoints: Tuple should have at least 1 item"),
        (f"endpoints: [{GOOD}, {GOOD}]", "more than one is named 'a'"),
        (f"endpoints: [{GOOD[:-1]}, attempts: 0}}]", "endpoints.0.attempts"),
        (f"endpoints: [{GOOD[:-1]}, deadlin: 3}}]", "endpoints.0.deadlin: Extra inputs"),
        (f"endpoints: [{GOOD.replace('/health', 'health')}]", "endpoints.0.request.path"),
        ("endpoints: [", "not YAML"),
        ("- 1", "valid dictionary"),
    ],
)
def test_an_invalid_declaration_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text(text)
    with pytest.raises(InvalidFile, match=r"endpoints\.yml") as error:
        read_endpoints(file)
    assert message in str(error.value)


def test_a_missing_declaration_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="No such file"):
        read_endpoints(tmp_path / "none.yml")


REPORT = Report(
    "lana-bank",
    "somewhere",
    (
        Result("one", "passed", "", 1, 0.25),
        Result("two", "failed", "status 500: \x00 token=abcdefgh <&>", 3, 1.5),
        Result("three", "not installed", "gotenberg is not installed", 0, 0.0),
        Result("four", "passed", "", 1, 0.5, fake=True),
    ),
    {"keycloak": PodProgram("fake keycloak", fake=True)},
)


def test_junit_has_every_result_and_no_secret() -> None:
    suite = ElementTree.fromstring(REPORT.junit())
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    failure = suite.find("testcase[@name='two']/failure")
    assert failure is not None
    assert failure.get("message") == "status 500: ? token=[redacted] <&>"
    skipped = suite.find("testcase[@name='three']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "gotenberg is not installed"


def test_evidence_is_json_without_secrets() -> None:
    evidence = json.loads(json.dumps(REPORT.evidence()))
    assert "abcdefgh" not in json.dumps(evidence)
    outcomes = [each["outcome"] for each in evidence["results"]]
    assert outcomes == ["passed", "failed", "not installed", "passed"]


def test_a_cause_is_one_line_however_many_endpoints_fail() -> None:
    cause = "component server has no running pod"
    down = [Result(f"api-{number}", "failed", cause, 0, 0.0) for number in range(12)]
    report = replace(REPORT, results=(*REPORT.results, *down))
    assert list(report.lines()) == [
        "passed: one",
        "passed (answered by a fake): four",
        "not installed: ",
        "failed: endpoint two: status 500: \x00 token=abcdefgh <&>, after 3 attempts",
        "failed: 12 endpoints: component server has no running pod",
        report.summary(),
    ]


def test_every_form_of_the_report_shows_that_a_fake_answered() -> None:
    summary = "2 endpoints passed (1 answered by fakes), 1 failed, 1 not installed"
    assert REPORT.summary() == summary
    assert "passed (answered by a fake): four" in list(REPORT.lines())
    evidence = REPORT.evidence()
    assert evidence["summary"] == summary
    assert [each["fake"] for each in evidence["results"]] == [False, False, False, True]
    assert evidence["pod_programs"] == {"keycloak": {"program": "fake keycloak", "fake": True}}
    suite = ElementTree.fromstring(REPORT.junit())
    assert suite.findtext("testcase[@name='four']/system-out") == "answered by a fake"
    assert suite.find("testcase[@name='one']/system-out") is None
