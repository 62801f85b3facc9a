"""Untrusted text is sanitized: no terminal escapes, no secrets."""

from __future__ import annotations

import pytest

from promoter.common.text import (
    by_cause,
    conceal,
    inert_markdown,
    inert_message,
    plain,
    redact,
    telling_lines,
)


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
        ("-----BEGIN RSA PRIVATE KEY-----\nxyz cut off", "xyz"),
        ("curl -H 'Authorization: Bearer abcdef'", "abcdef"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ('invalid header field value "Basic dXNlcjpwYXNz\\n"', "dXNlcjpwYXNz"),
        ("authorization: token abcdef", "abcdef"),
        ("Illegal header value b'token abcdef\\n'", "abcdef"),
        ("return character(s) in header value: 'token abcdef\\n'", "abcdef"),
        ("auth 'hunter22' does not conform the base64(username:password) format", "hunter22"),
        ('{"auths": {"gcr.io": {"auth": "dXNlcjpwYXNz\\n"}}}', "dXNlcjpwYXNz"),
        ("glpat-abcdefgh1234", "abcdefgh"),
        ("aws_secret_access_key = wJal/K7+MDENG", "wJal"),
        ("    client-key-data: LS0tLS1CRUdJTg==", "LS0tLS1"),
        ("helm registry login --password hunter22 -u me", "hunter22"),
        ("--api-key=hunter22", "hunter22"),
        ("https://u:a/b@h/path", "a/b"),
        ("https://abcdef@host/x", "abcdef"),
        ("https://:abcdef@host/x", "abcdef"),
        ('{"password": "three short words"}', "short words"),
        ('a string: "{\\"token\\": \\"three short words\\"}"', "short words"),
    ],
)
def test_secrets_are_redacted(text: str, hidden: str) -> None:
    assert hidden in text
    assert hidden not in redact(text)


@pytest.mark.parametrize(
    "line",
    [
        "sha256:" + "a" * 64 + " " + "b" * 40,
        "http://127.0.0.1:5000/galoyorg/lana@sha256:" + "a" * 64,
        "ssh://git@github.com/GaloyMoney/lana-bank.git",
        "git@github.com:GaloyMoney/lana-bank.git",
        "https://github.com/actions/checkout@v4",
        "basic authentication failed",
        'www-authenticate: Bearer realm="https://host/v2/auth"',
        "unknown flag: --token",
        'secrets "lana-bank-external" not found',
    ],
)
def test_what_is_no_secret_stays_readable(line: str) -> None:
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


def test_the_secrets_of_this_process_are_redacted_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONEYCOMB_API_KEY", "plain words 1")
    monkeypatch.setenv("COSIGN_KEY", "/keys/cosign.key")
    monkeypatch.setenv("SOME_TOKEN", "a")
    assert redact("got: plain words 1, a /keys/cosign.key") == (
        "got: [redacted], a /keys/cosign.key"
    )
    conceal("what was read\n")
    assert redact("it printed what was read") == "it printed [redacted]"


def test_the_same_cause_is_one_line() -> None:
    cause = "PodScheduled is False: 0/2 nodes are available"
    pods = [("pod", f"web-{number}", cause) for number in range(12)]
    assert by_cause([*pods[:6], ("pod", "db-0", "phase Pending"), *pods[6:]]) == [
        f"12 pods: {cause}",
        "pod db-0: phase Pending",
    ]


def test_html_and_mentions_in_markdown_have_no_effect() -> None:
    text = (
        "- Thank @admin <img src=x onerror=y>\x1b[2J\n- <!-- hide\n- a < b, me@bank.example\u202e"
    )
    inert = inert_markdown(text)
    assert inert == (
        "- Thank @\u200badmin <\u200bimg src=x onerror=y>?[2J\n"
        "- <\u200b!-- hide\n- a < b, me@bank.example?"
    )
    assert inert_markdown(inert) == inert


@pytest.mark.parametrize("words", ["skip ci", "ci skip", "no ci", "skip actions", "Actions Skip"])
def test_no_words_in_a_commit_message_skip_its_checks(words: str) -> None:
    assert inert_message(f"fix: a [{words}] b") == f"fix: a ({words}) b"
    assert inert_message("fix: [a] skip ci") == "fix: [a] skip ci"


@pytest.mark.parametrize(
    "trailer", ["skip-checks: true", "Skip-Checks:true", " skip-checks :  true"]
)
def test_a_trailer_that_skips_the_checks_of_github_is_none_any_more(trailer: str) -> None:
    """GitHub's documentation, "About status checks": a trailer after two empty lines."""
    assert ":" not in inert_message(f"fix a\n\n\n{trailer}\n")
    assert inert_message("fix: no skip-checks: here") == "fix: no skip-checks: here"
