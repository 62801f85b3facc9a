"""Evidence has a place of its own and never a secret."""

from __future__ import annotations

import json

import pytest

from promoter.deploy.evidence import Evidence, redact

SEEN = Evidence(
    deployment="local",
    environment="local-qa",
    kind="deploy",
    outcome="failed",
    trigger="a" * 40,
    at="2026-11-21T10:00:00.000001+00:00",
    actor="somebody@somewhere",
    details={"error": "password=hunter22 was refused"},
)


def test_its_place_is_beside_the_folder_that_cepler_wipes() -> None:
    assert SEEN.path == (
        "cepler/evidence/local/local-qa/20261121T100000000001Z-deploy-failed-aaaaaaa.json"
    )


def test_nested_details_are_redacted() -> None:
    assert json.loads(SEEN.content())["details"]["error"] == "password=[redacted] was refused"


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("https://bot:s3cret-value@example.org/x.git", "s3cret-value"),
        ('{"client_secret": "abc123def"}', "abc123def"),
        ("GITHUB_TOKEN=abcdefgh", "abcdefgh"),
        ("the_api_key: zzzz9999", "zzzz9999"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nxyz\n-----END OPENSSH PRIVATE KEY-----", "xyz"),
    ],
)
def test_what_looks_like_a_secret_is_not_written(said: str, hidden: str) -> None:
    assert hidden in said
    assert hidden not in redact(said)


def test_digests_and_commits_stay_readable() -> None:
    line = "sha256:" + "a" * 64 + " " + "b" * 40
    assert redact(line) == line
