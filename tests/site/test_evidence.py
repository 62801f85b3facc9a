"""Evidence: its path, and its redacted content."""

from __future__ import annotations

import json

from promoter.site.evidence import Evidence

EVIDENCE = Evidence(
    deployment="local",
    environment="local-qa",
    kind="deploy",
    outcome="failed",
    trigger="a" * 40,
    at="2026-11-21T10:00:00.000001+00:00",
    actor="somebody@somewhere",
    details={"error": "password=hunter22 was refused"},
)


def test_its_path_is_outside_of_the_folder_that_cepler_wipes() -> None:
    assert EVIDENCE.path == (
        "cepler/evidence/local/local-qa/20261121T100000000001Z-deploy-failed-aaaaaaa.json"
    )


def test_nested_details_are_redacted() -> None:
    assert json.loads(EVIDENCE.content())["details"]["error"] == "password=[redacted] was refused"
