"""Untrusted text is sanitized: no terminal escapes, no secrets."""

from __future__ import annotations

import pytest

from promoter.common.text import plain, redact, telling_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("feat: größer 🎉", "feat: größer 🎉"),
        ("\x1b[2Jgone", "?[2Jgone"),
        ("a\r\nTestflight: forged", "a??Testflight: forged"),
        ("\x9b31m", "?31m"),
        ("\u202etxt.exe", "?txt.exe"),
        ("one\u2028two", "one?two"),
    ],
)
def test_control_characters_are_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://bot:s3cret-value@example.org/x.git", "s3cret-value"),
        ("redis://:s3cret-value@cache:6379/0", "s3cret-value"),
        ('{"client_secret": "abc123def"}', "abc123def"),
        ("GITHUB_TOKEN=abcdefgh", "abcdefgh"),
        ("the_api_key: zzzz9999", "zzzz9999"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nxyz\n-----END OPENSSH PRIVATE KEY-----", "xyz"),
    ],
)
def test_secrets_are_redacted(text: str, hidden: str) -> None:
    assert hidden in text
    assert hidden not in redact(text)


def test_digests_and_commits_stay_readable() -> None:
    line = "sha256:" + "a" * 64 + " " + "b" * 40
    assert redact(line) == line


@pytest.mark.parametrize(
    "crash",
    [
        "fatal error: concurrent map writes",
        "panic: runtime error: index out of range [3] with length 3",
        "thread 'main' panicked at src/main.rs:4:5:",
    ],
)
def test_the_first_lines_of_a_crash_are_shown(crash: str) -> None:
    stack = [f"goroutine {number} [chan receive]:" for number in range(500)]
    assert telling_lines(["started", crash, *stack]) == [crash, *stack[:11]]


def test_the_last_lines_are_shown_without_a_crash() -> None:
    lines = [f"line {number}" for number in range(20)]
    assert telling_lines(lines) == lines[-12:]
    assert telling_lines(lines[:2]) == lines[:2]
