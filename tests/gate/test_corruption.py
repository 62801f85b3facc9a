"""Nothing corrupts a record: broken files are refused, and a kill leaves the old or the new."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from .differential.twin import Twin
from .reference import clean_environment, run_ours

STATE = ".cepler/lana/staging.state"
CONFIG = b"""\
deployment: lana
environments:
  staging:
    latest:
      - m/*
  qa:
    passed: staging
    propagated:
      - m/*
"""


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """A repository in which staging and QA are recorded, and then a file changed."""
    found = Twin(Path("unused"), tmp_path / "seed")
    files = {"cepler.yml": ("100644", CONFIG), "m/a": ("100644", b"1\n")}
    found.commit(files, "feat: start")
    found.checkout()
    for name in ("staging", "qa"):
        assert run_ours(found.top, "record", "-e", name).code == 0
    found.commit({"m/a": ("100644", b"2\n")}, "fix: a", parents=["refs/heads/main^0"])
    found.checkout()
    return found


def _everything(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and ".git" not in file.relative_to(folder).parts
    }


BROKEN_STATES = {
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda _: b"",
    "conflict": lambda text: b"<<<<<<< HEAD\n" + text + b"=======\n" + text + b">>>>>>> x\n",
    "field gone": lambda text: text.replace(b"      from_commit:", b"      elsewhere:"),
    "not a number": lambda text: text.replace(b"version: 1", b"version: one"),
    "not UTF-8": lambda text: text.replace(b"feat", b"\xff\xfe"),
}


@pytest.mark.parametrize("how", BROKEN_STATES)
@pytest.mark.parametrize("command", ["check", "record", "prepare", "reproduce"])
def test_a_broken_state_file_is_refused_and_nothing_is_written(
    twin: Twin, how: str, command: str
) -> None:
    file = twin.top / STATE
    file.write_bytes(BROKEN_STATES[how](file.read_bytes()))
    before, head = _everything(twin.top), twin.git("rev-parse", "HEAD")
    done = run_ours(twin.top, command, "-e", "staging")
    assert done.code == 1
    assert STATE in done.err
    assert "next:" in done.err
    if how != "empty":
        assert "line " in done.err
    assert _everything(twin.top) == before
    assert twin.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (CONFIG.replace(b"      - m/*\n  qa", b"      - m/*\n   qa"), "line "),
        (CONFIG.replace(b"passed: staging", b"passed: nowhere"), "line 6"),
        (CONFIG.replace(b"latest:\n      - m/*", b"latest: m/*"), "line 4"),
        (CONFIG.replace(b"- m/*\n  qa", b"- m**\n  qa"), "pattern"),
        (b"<<<<<<< HEAD\n" + CONFIG, "line "),
        (b"", "empty"),
    ],
)
def test_a_broken_config_is_refused_with_its_line(twin: Twin, broken: bytes, line: str) -> None:
    (twin.top / "cepler.yml").write_bytes(broken)
    before = _everything(twin.top)
    done = run_ours(twin.top, "record", "-e", "staging")
    assert done.code == 1
    assert "cepler.yml" in done.err
    assert line in done.err
    assert _everything(twin.top) == before


@pytest.mark.parametrize(
    "broken", [b"staging: [1]\n", b"qa: HEAD\n", b"staging: abc\n", b"<<<<<<< HEAD\n", b"staging\n"]
)
def test_a_broken_gates_file_is_refused(twin: Twin, broken: bytes) -> None:
    (twin.top / "gates.yml").write_bytes(broken)
    before = _everything(twin.top)
    done = run_ours(twin.top, "-g", "gates.yml", "record", "-e", "staging")
    assert done.code == 1
    assert "gates.yml" in done.err
    assert _everything(twin.top) == before


def test_other_environments_files_are_not_touched(twin: Twin) -> None:
    other = twin.top / ".cepler/lana/qa.state"
    before = other.stat()
    (twin.top / ".cepler/lana/README").write_text("stays")
    assert run_ours(twin.top, "record", "-e", "staging").code == 0
    after = other.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (twin.top / ".cepler/lana/README").read_text() == "stays"


# --- killed ----------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
left = int(sys.argv[1])
WRITES = {"open", "os.mkdir", "os.rename", "os.remove", "os.chmod", "subprocess.Popen"}
def hook(event, arguments):
    global left
    if event not in WRITES:
        return
    if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & 3):
        return
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
from promoter.cli.cepler import run
import promoter.gate, promoter.gate.recording, promoter.gate.origins
sys.addaudithook(hook)
sys.exit(run(["record", "-e", "staging", "--reset-head"]))
"""


def _steps(twin: Twin, folder: Path) -> Iterator[tuple[int, Path]]:
    """The record killed before its first step that writes or starts git, its second, ..."""
    for step in range(200):
        place = folder / str(step)
        shutil.copytree(twin.top, place, symlinks=True)
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(step)],
            cwd=place,
            capture_output=True,
            check=False,
            timeout=120,
            env=clean_environment(),
        )
        yield done.returncode, place
        if done.returncode != -signal.SIGKILL:
            return


@pytest.mark.slow
def test_killed_at_any_step_a_record_is_the_old_or_the_new(twin: Twin, tmp_path: Path) -> None:
    old = (twin.top / STATE).read_bytes()
    codes: list[int] = []
    for code, place in _steps(twin, tmp_path / "killed"):
        codes.append(code)
        state = (place / STATE).read_bytes()
        assert state == old or state.startswith(b"---\nversion: 2\n"), state
        assert state.endswith(b"\n\n")
        # The run after it succeeds, and git has a repository that is whole.
        again = run_ours(place, "record", "-e", "staging", "--reset-head")
        assert again.code == 0, again
        twin.git("fsck", "--no-dangling", folder=place)
    assert codes[-1] == 0
    assert codes[:-1] == [-signal.SIGKILL] * (len(codes) - 1)
    assert len(codes) > 8


# Everything that changes a file, in whichever process: ours, or a git that we start.
_WRITING = (
    "write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,"
    "chmod,fchmod,fsync,link,linkat,symlink,symlinkat,ftruncate"
)
# With the filter in the kernel, only what is traced stops for it.
_STRACE = ("strace", "-f", "-qq", "--seccomp-bpf")
_AT_LEAST = 40  # kills of each of the five: 200 in all
_COMMANDS = {
    "again": ("staging", []),
    "again, work tree only": ("staging", ["--no-commit"]),
    "again, then reset": ("staging", ["--reset-head"]),
    "downstream": ("qa", ["--reset-head"]),
    "first": ("new", ["--reset-head"]),
}


def _bounded(name: str) -> ParameterSet:
    """Each takes minutes: `make test` runs the first, `make fuzz` all."""
    every = name == next(iter(_COMMANDS)) or "HISTORIES" in os.environ
    return pytest.param(name, marks=() if every else pytest.mark.skip("make fuzz runs it"))


def _traces() -> bool:
    if shutil.which("strace") is None:
        return False
    tried = [*_STRACE, "-e", "trace=write", "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def _killed_at(place: Path, step: int, arguments: list[str]) -> bool:
    """Run a record in which each process is killed at its ``step``-th writing system call."""
    log = place.parent / "strace.log"
    program = [sys.executable, "-c", _PLAIN, *arguments]
    inject = f"inject={_WRITING}:signal=SIGKILL:when={step}"
    subprocess.run(
        [*_STRACE, "-o", str(log), "-e", f"trace={_WRITING}", "-e", inject, *program],
        cwd=place,
        capture_output=True,
        check=False,
        timeout=120,
        env=clean_environment(),
    )
    return "killed by SIGKILL" in log.read_text()


_PLAIN = "import sys; from promoter.cli.cepler import run; sys.exit(run(sys.argv[1:]))"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not _traces(), reason="strace is missing, or may not trace here")
@pytest.mark.parametrize("which", [_bounded(name) for name in _COMMANDS])
def test_killed_at_any_system_call_that_writes(which: str, twin: Twin, tmp_path: Path) -> None:
    name, flags = _COMMANDS[which]
    config = CONFIG + b"  new:\n    latest:\n      - m/*\n"
    twin.commit({"cepler.yml": ("100644", config)}, "new", parents=["refs/heads/main^0"])
    twin.checkout()
    record = ["record", "-e", name, *flags]
    state = f".cepler/lana/{name}.state"
    before = _everything(twin.top)
    kills = 0
    for step in range(1, 500):
        place = tmp_path / "killed"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(twin.top, place, symlinks=True)
        if not _killed_at(place, step, record):
            break
        kills += 1
        after = _everything(place)
        staged = {path for path in after if path.startswith(".cepler/lana/.")}
        changed = {
            path for path in after.keys() | before.keys() if after.get(path) != before.get(path)
        }
        # Only this environment's file changed, from whole to whole; what was staged is beside it.
        assert changed - staged <= {state}, (step, changed)
        if state in changed:
            assert _whole(after[state]), (step, after[state])
        left_something = bool(changed) or any((place / ".git").rglob("*.lock"))
        if left_something or step % 5 == 0:
            _assert_recoverable(twin, place, record, step)
    assert kills >= _AT_LEAST, kills


def _whole(content: bytes) -> bool:
    return content.startswith(b"---\nversion: ") and content.endswith(b"\n\n")


def _assert_recoverable(twin: Twin, place: Path, record: list[str], step: int) -> None:
    """The next run succeeds; where git left a lock it says so, and succeeds without it."""
    again = run_ours(place, *record)
    locks = list((place / ".git").rglob("*.lock"))
    if again.code != 0 and locks:
        assert ".lock" in again.err, (step, again)
        for lock in locks:
            lock.unlink()
        again = run_ours(place, *record)
    assert again.code == 0, (step, again)
    if step % 10 == 0:
        twin.git("fsck", "--no-dangling", folder=place)
