"""A process is one pid that started at one moment; nothing else is ever ended."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common import process as processes
from promoter.common.process import ProcessId, end, start
from tests.platform.running_parts import until

PATH = {"PATH": "/usr/bin:/bin"}


def started(tmp_path: Path, script: str) -> ProcessId:
    return start(["/bin/sh", "-c", script], tmp_path / "log", PATH, lambda process: None)


def test_a_process_gets_only_the_given_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", "not for parts")
    process = started(tmp_path, "env; echo end")
    until(lambda: not process.alive)
    log = (tmp_path / "log").read_text()
    assert log.endswith("end\n")
    assert "SOME_TOKEN" not in log


def test_a_process_does_not_run_before_it_is_noted(tmp_path: Path) -> None:
    processes_noted: list[ProcessId] = []

    def fails(process: ProcessId) -> None:
        processes_noted.append(process)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        start(["/bin/sh", "-c", "echo ran"], tmp_path / "log", PATH, fails)
    until(lambda: not processes_noted[0].alive)
    assert (tmp_path / "log").read_text() == ""


def test_a_process_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_GRACE_SECONDS", 0.2)
    stubborn = started(tmp_path, "trap '' TERM; echo deaf; while :; do sleep 1; done")
    until(lambda: "deaf" in (tmp_path / "log").read_text())
    end([stubborn])
    assert not stubborn.alive


def test_a_stranger_with_the_same_pid_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            mark = processes._mark(stranger.pid)
            assert mark is not None
            assert ProcessId(stranger.pid, mark).alive
            end([replace(ProcessId(stranger.pid, mark), mark=f"{mark}1")])
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        mark = processes._mark(child.pid)
        assert mark is not None
        child.kill()
        until(lambda: not ProcessId(child.pid, mark).alive)
