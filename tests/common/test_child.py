"""Children and interrupts: real programs, interrupted as a terminal and a supervisor do it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A child that notes each signal, ends half a second after the first one, and says so.
CHILD = """
trap 'echo got >> signals' INT TERM
echo $$ > pid
i=0
while [ $i -lt 100 ] && [ ! -e signals ]; do sleep 0.1; i=$((i + 1)); done
sleep 0.5
echo whole > ended
"""
RUNNERS = {
    "in the main thread": "run_child(['sh', '-c', CHILD])",
    "in a thread": """
with ThreadPoolExecutor(2) as pool:
    pool.submit(run_child, ['sh', '-c', CHILD]).result()
""",
    "below a wrapper": "run_child(['sh', '-c', 'trap : INT; sh -c \"$1\"; wait', 'sh', CHILD])",
}
CLEANUP = """
with INTERRUPTS.held_back(cleanup=True):
    run_child(['sh', '-c', CHILD])
"""
RUNNER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from promoter.cli import guarded
from promoter.common.child import run_child
from promoter.common.signals import INTERRUPTS
CHILD = sys.argv[1]
def work():
    try:
        exec(sys.argv[2])
    finally:
        run_child(['touch', 'cleaned'])
    open('went on', 'w').close()
    return 0
raise SystemExit(guarded(work))
"""


def start(folder: Path, runner: str, *, ignored: bool = False) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER, CHILD, RUNNERS.get(runner, runner)],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL
        ),
    )
    until = time.monotonic() + 30
    while not (folder / "pid").exists() or not (folder / "pid").read_text():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=30)
    return process.returncode, said


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize(
    ("number", "whole_group", "code"),
    [(signal.SIGINT, True, 130), (signal.SIGINT, False, 130), (signal.SIGTERM, False, 143)],
)
def test_the_first_interrupt_is_passed_on_once_and_waited_for(
    tmp_path: Path, runner: str, number: signal.Signals, whole_group: bool, code: int
) -> None:
    process = start(tmp_path, runner)
    (os.killpg if whole_group else os.kill)(process.pid, number)
    ended, said = finished(process)
    assert ended == code, said
    assert said.count("interrupted: waiting until what has begun has ended") == 1
    assert (tmp_path / "signals").read_text() == "got\n"
    assert (tmp_path / "ended").exists()
    assert (tmp_path / "cleaned").exists()
    assert not (tmp_path / "went on").exists()


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_second_interrupt_ends_it_and_the_cleanup_still_runs(tmp_path: Path, runner: str) -> None:
    process = start(tmp_path, runner)
    os.killpg(process.pid, signal.SIGINT)
    while not (tmp_path / "signals").exists():
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    ended, said = finished(process)
    assert ended == 130, said
    assert (tmp_path / "cleaned").exists()
    time.sleep(0.6)
    assert not (tmp_path / "ended").exists()


def test_a_cleanup_is_spared_the_first_interrupt(tmp_path: Path) -> None:
    process = start(tmp_path, CLEANUP)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert not (tmp_path / "signals").exists()
    (tmp_path / "signals").write_text("of no process\n")  # The child ends by it.
    ended, said = finished(process)
    assert ended == 130, said
    assert "a second interrupt ends it" in said
    assert (tmp_path / "signals").read_text() == "of no process\n"
    assert (tmp_path / "ended").exists()
    assert (tmp_path / "cleaned").exists()
    assert not (tmp_path / "went on").exists()


def test_a_second_interrupt_ends_a_cleanup(tmp_path: Path) -> None:
    process = start(tmp_path, CLEANUP)
    for _ in range(2):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
    assert finished(process)[0] == 143
    time.sleep(0.6)
    assert not (tmp_path / "signals").exists()
    assert not (tmp_path / "ended").exists()
    assert (tmp_path / "cleaned").exists()


def test_in_the_background_of_a_shell_only_sigterm_counts(tmp_path: Path) -> None:
    process = start(tmp_path, "in the main thread", ignored=True)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert not (tmp_path / "signals").exists()
    process.terminate()
    assert finished(process)[0] == 143
    assert (tmp_path / "ended").exists()


def test_an_interrupt_while_a_child_is_started_is_not_lost(tmp_path: Path) -> None:
    code = (
        "import os, signal, subprocess\n"
        "from promoter.cli import guarded\n"
        "from promoter.common.child import run_child\n"
        "start = subprocess.Popen.__init__\n"
        "def interrupted(*given, **options):\n"
        "    start(*given, **options)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "subprocess.Popen.__init__ = interrupted\n"
        "raise SystemExit(guarded(lambda: run_child(['sleep', '20'])))\n"
    )
    began = time.monotonic()
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=30)
    assert done.returncode == 130
    assert b"interrupted: waiting until what has begun has ended" in done.stderr
    assert time.monotonic() - began < 10


# What runs beside its caller and is ended by the end of its standard input, or in no session.
SERVERS = {"promoter/common/process.py", "promoter/git/commands.py"}
STARTS = re.compile(r"subprocess\.(run|Popen|call|check_\w+)\(|os\.(system|popen|spawn|exec)")


def test_every_program_is_started_in_one_place() -> None:
    starting = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "promoter").rglob("*.py")
        if STARTS.search(path.read_text())
    }
    assert starting == {
        "promoter/common/child.py",
        "promoter/smoketest/guard.py",
        "promoter/smoketest/processes.py",
        *SERVERS,
    }
