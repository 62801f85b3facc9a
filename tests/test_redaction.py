"""No secret is written down, and what is none stays readable."""

from __future__ import annotations

import pytest

from promoter.common.text import redact


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
