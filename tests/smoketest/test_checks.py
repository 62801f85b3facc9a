"""The check of one endpoint against real processes that misbehave."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from promoter.smoketest.checks import check, send
from promoter.smoketest.endpoints import Endpoint
from promoter.smoketest.processes import Program, start_process
from promoter.smoketest.report import Result, SmoketestError

PROGRAM = str(Path(__file__).with_name("misbehaving_server.py"))


def endpoint(**more) -> Endpoint:
    request = {"method": "POST", "path": "/graphql", "json": {"query": "query { health }"}}
    declared = {"name": "server", "component": "server", "port": "admin", "request": request}
    limits = {"attempts": 3, "timeout": 1, "deadline": 6, "expect": {"json": {"data.health": "ok"}}}
    return Endpoint.model_validate({**declared, **limits, **more})


def check_server(mode: str, folder: Path, endpoint: Endpoint) -> Result:
    argv = (sys.executable, PROGRAM, mode)
    with start_process("server", Program(argv), folder / "log") as running:
        port = running.port()
        return check(endpoint, lambda: send(endpoint, f"http://127.0.0.1:{port}", {}))


def test_a_healthy_server_passes_at_once(tmp_path: Path) -> None:
    result = check_server("healthy", tmp_path, endpoint())
    assert (result.outcome, result.detail, result.attempts) == ("passed", "", 1)


def test_a_server_that_starts_late_passes(tmp_path: Path) -> None:
    result = check_server("late", tmp_path, endpoint())
    assert (result.outcome, result.detail, result.attempts) == ("passed", "", 3)


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("500", "status 500, not 200"),
        ("not-found", "status 404, not 200"),
        ("slow", "no complete response within 1 s"),
        ("hanging", "no complete response within 1 s"),
        ("dripping", "no complete response within 1 s"),
        ("endless", "response of more than 4194304 bytes"),
        ("no-json", "is not JSON: <html>Welcome</html>"),
        ("crash", "no response:"),
    ],
)
def test_a_misbehaving_server_fails_in_bounded_time(
    mode: str, message: str, tmp_path: Path
) -> None:
    declared = endpoint()
    start = time.monotonic()
    result = check_server(mode, tmp_path, declared)
    assert result.outcome == "failed"
    assert message in result.detail
    assert 1 <= result.attempts <= declared.attempts
    assert result.seconds <= declared.deadline + declared.timeout + 5
    assert time.monotonic() - start < 60


def test_the_response_is_redacted(tmp_path: Path) -> None:
    detail = check_server("500", tmp_path, endpoint(attempts=1)).detail
    assert "hunter22" not in detail
    assert "[redacted]" in detail


def test_a_program_that_never_listens_is_an_error(tmp_path: Path) -> None:
    argv = (sys.executable, PROGRAM, "mute")
    with (
        start_process("server", Program(argv, seconds=1), tmp_path / "log") as running,
        pytest.raises(SmoketestError, match="not ready within 1 s"),
    ):
        running.port()


def test_a_program_that_ends_is_quoted(tmp_path: Path) -> None:
    argv = (sys.executable, PROGRAM, "broken")
    with (
        start_process("server", Program(argv), tmp_path / "log") as running,
        pytest.raises(SmoketestError, match="cannot read its configuration"),
    ):
        running.port()


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"json": {"data.health": "poor"}}, "data.health is 'ok', not 'poor'"),
        ({"json": {"data.version": None}}, "data.version is absent"),
        ({"contains": "Lana"}, "does not contain 'Lana'"),
        ({"starts_with": "%PDF-"}, "does not begin with '%PDF-'"),
        ({"status": [401]}, "status 200, not 401"),
    ],
)
def test_every_expectation_can_fail(expect: dict, message: str, tmp_path: Path) -> None:
    result = check_server("healthy", tmp_path, endpoint(expect=expect, attempts=1))
    assert result.outcome == "failed"
    assert message in result.detail
