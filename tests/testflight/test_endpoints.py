"""The declaration of endpoints, and the reports that come of it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from promoter.common.errors import InvalidFile
from promoter.smoketest.endpoints import declared
from promoter.smoketest.report import Report, Result

GOOD = "{name: a, component: server, port: admin, request: {path: /health}}"


def test_our_own_declaration_covers_every_part_that_answers() -> None:
    assert {each.part for each in declared()} == {
        "",
        "keycloak",
        "oathkeeper",
        "oauth2Proxy",
        "dagster",
        "gotenberg",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("endpoints: []", "endpoints: Tuple should have at least 1 item"),
        (f"endpoints: [{GOOD}, {GOOD}]", "two are called 'a'"),
        (f"endpoints: [{GOOD[:-1]}, attempts: 0}}]", "endpoints.0.attempts"),
        (f"endpoints: [{GOOD[:-1]}, deadlin: 3}}]", "endpoints.0.deadlin: Extra inputs"),
        (f"endpoints: [{GOOD.replace('/health', 'health')}]", "endpoints.0.request.path"),
        ("endpoints: [", "not YAML"),
        ("- 1", "valid dictionary"),
    ],
)
def test_a_wrong_declaration_is_named(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text(text)
    with pytest.raises(InvalidFile, match=r"endpoints\.yml") as error:
        declared(file)
    assert said in str(error.value)


def test_a_missing_declaration_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="No such file"):
        declared(tmp_path / "none.yml")


REPORT = Report(
    "lana-bank",
    "somewhere",
    (
        Result("one", "passed", "", 1, 0.25),
        Result("two", "failed", "status 500: \x00 token=abcdefgh <&>", 3, 1.5),
        Result("three", "not installed", "gotenberg is not installed here", 0, 0.0),
    ),
)


def test_junit_has_every_result_and_no_secret() -> None:
    suite = ElementTree.fromstring(REPORT.junit())
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    failure = suite.find("testcase[@name='two']/failure")
    assert failure is not None
    assert failure.get("message") == "status 500: ? token=[redacted] <&>"
    skipped = suite.find("testcase[@name='three']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "gotenberg is not installed here"


def test_evidence_is_json_without_secrets() -> None:
    told = json.loads(json.dumps(REPORT.evidence()))
    assert told["summary"] == "1 endpoints answer, 1 do not, 1 are not installed"
    assert "abcdefgh" not in json.dumps(told)
    assert [each["outcome"] for each in told["results"]] == ["passed", "failed", "not installed"]
