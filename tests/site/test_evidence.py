"""Evidence: its path, and its redacted content."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from promoter.git.seen import WentBack
from promoter.site.evidence import GATES, Attempt, Evidence, bypass_reason
from promoter.site.site import Site
from tests.site.repository import push, site

__all__ = ["site"]

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


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b"\xff",
        EVIDENCE.content().replace(b"+00:00", b""),
        EVIDENCE.content().replace(b"2026-", b"0001-"),
    ],
)
def test_evidence_of_another_form_is_unreadable_and_hides_no_bypass(
    site: Site, content: bytes
) -> None:
    path = "cepler/evidence/app/qa/29991231T000000Z-deploy-deployed-aaaaaaa.json"
    assert not Attempt.read(path, content).is_readable
    push(site.git, {path: content})
    now = site.fetched()
    assert bypass_reason(now, "app", "qa") == f"unknown, {path} cannot be read"
    assert now.decide("qa").is_due


def test_unreadable_evidence_does_not_hide_that_the_gates_went_back(site: Site) -> None:
    """The witness is the newest deploy whose evidence can be read."""
    deployed = replace(EVIDENCE, deployment="app", environment="qa", outcome="deployed")
    named = replace(deployed, details={GATES: "b" * 40})
    newer = replace(deployed, at="2026-11-22T10:00:00.000001+00:00")
    push(site.git, {named.path: named.content(), newer.path: b"[" * 100_000})
    with pytest.raises(WentBack, match="decided by bbbbbbbbbbbb, which is not in its history"):
        site.fetched().decide("qa")
