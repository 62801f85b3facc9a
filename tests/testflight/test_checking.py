"""One endpoint's check against real processes that misbehave."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from promoter.smoketest.checks import ask, until_it_answers
from promoter.smoketest.endpoints import Endpoint
from promoter.smoketest.errors import SmoketestError
from promoter.smoketest.processes import Program, started

PROGRAM = str(Path(__file__).with_name("misbehaving.py"))


def endpoint(**more) -> Endpoint:
    request = {"method": "POST", "path": "/graphql", "json": {"query": "query { health }"}}
    declared = {"name": "server", "component": "server", "port": "admin", "request": request}
    given = {"attempts": 3, "timeout": 1, "deadline": 6, "expect": {"json": {"data.health": "ok"}}}
    return Endpoint.model_validate({**declared, **given, **more})


def checked(way: str, folder: Path, asked: Endpoint) -> tuple[bool, str, int, float]:
    argv = (sys.executable, PROGRAM, way)
    with started("server", Program(argv), folder / "log") as running:
        port = running.port()
        return until_it_answers(asked, lambda: ask(asked, f"http://127.0.0.1:{port}", {}))


def test_a_healthy_server_passes_at_once(tmp_path: Path) -> None:
    worked, detail, attempts, _ = checked("well", tmp_path, endpoint())
    assert (worked, detail, attempts) == (True, "", 1)


def test_one_that_needs_a_moment_passes(tmp_path: Path) -> None:
    worked, _, attempts, _ = checked("late", tmp_path, endpoint())
    assert (worked, attempts) == (True, 3)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("500", "status 500, not 200"),
        ("without-it", "status 404, not 200"),
        ("slow", "no answer within 1 s"),
        ("hanging", "no answer within 1 s"),
        ("dripping", "no complete answer within 1 s"),
        ("endless", "an answer of more than 4194304 bytes"),
        ("no-json", "is not JSON: <html>Welcome</html>"),
        ("gone", "no answer:"),
    ],
)
def test_one_that_misbehaves_fails_in_bounded_time(way: str, said: str, tmp_path: Path) -> None:
    asked = endpoint()
    began = time.monotonic()
    worked, detail, attempts, seconds = checked(way, tmp_path, asked)
    assert not worked
    assert said in detail
    assert 1 <= attempts <= asked.attempts
    assert seconds <= asked.deadline + asked.timeout + 5
    assert time.monotonic() - began < 60


def test_what_a_server_says_is_redacted(tmp_path: Path) -> None:
    _, detail, _, _ = checked("500", tmp_path, endpoint(attempts=1))
    assert "hunter22" not in detail
    assert "[redacted]" in detail


def test_a_program_that_never_listens_is_given_up(tmp_path: Path) -> None:
    argv = (sys.executable, PROGRAM, "mute")
    with (
        started("server", Program(argv, seconds=1), tmp_path / "log") as running,
        pytest.raises(SmoketestError, match="nothing within 1 s"),
    ):
        running.port()


def test_a_program_that_ends_is_quoted(tmp_path: Path) -> None:
    argv = (sys.executable, PROGRAM, "broken")
    with (
        started("server", Program(argv), tmp_path / "log") as running,
        pytest.raises(SmoketestError, match="cannot read its configuration"),
    ):
        running.port()


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"json": {"data.health": "poor"}}, "data.health is 'ok', not 'poor'"),
        ({"json": {"data.version": None}}, "data.version is absent"),
        ({"contains": "Lana"}, "does not contain 'Lana'"),
        ({"starts_with": "%PDF-"}, "does not begin with '%PDF-'"),
        ({"status": [401]}, "status 200, not 401"),
    ],
)
def test_every_expectation_can_fail(expect: dict, said: str, tmp_path: Path) -> None:
    worked, detail, _, _ = checked("well", tmp_path, endpoint(expect=expect, attempts=1))
    assert not worked
    assert said in detail
