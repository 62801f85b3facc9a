"""A kill at any system call that writes a file leaves the old record or the new, and a way on."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from .differential.twin import Twin
from .reference import clean_environment, run_ours
from .repositories import CONFIG, everything, recorded, with_remote

ROOT = Path(__file__).parents[2]
STRIDE = 1 if os.environ.get("INTERRUPTS") else 3
"""`make fuzz` kills before every call, other runs before every third, from a random one on."""

NEW = CONFIG + b"  new:\n    latest:\n      - m/*\n"
# What is random in the names of files that are staged.
_RANDOM = re.compile(r"(?<=index\.promoter\.)\w+|(?<=\.state\.)\w+$|(?<=incoming-)\w+")
PUSH = ("--reset-head", "--push", "--git-url", "unused", "--git-private-key", "")


class Case(NamedTuple):
    """A record: of which environment, how, and how many calls that write it has at least."""

    environment: str
    flags: tuple[str, ...]
    calls: int


CASES = {
    "again": Case("staging", (), 40),
    "again, work tree only": Case("staging", ("--no-commit",), 5),
    "again, then reset": Case("staging", ("--reset-head",), 50),
    "downstream": Case("qa", ("--reset-head",), 50),
    "first": Case("new", ("--reset-head",), 50),
    "pushed": Case("staging", PUSH, 100),
}


class Killer:
    """The program that runs and kills; see `killer`."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.gate.killer"],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.unable = self._answer().get("unable")

    def run(self, folder: Path, arguments: list[str], step: int) -> dict[str, str | int | None]:
        """Run in ``folder`` and kill before the ``step``-th call."""
        assert self._program.stdin is not None
        request = {"folder": str(folder), "arguments": arguments, "step": step}
        self._program.stdin.write(json.dumps(request) + "\n")
        self._program.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, str | int | None]:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, "tests.gate.killer ended"
        found: dict[str, str | int | None] = json.loads(line)
        return found

    def end(self) -> None:
        """End the program."""
        self._program.communicate()


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    found = Killer()
    try:
        if found.unable:
            pytest.skip(f"nothing can be traced here: {found.unable}")
        yield found
    finally:
        found.end()


@pytest.mark.slow
@pytest.mark.parametrize("which", CASES)
def test_killed_before_any_call_that_writes(which: str, killer: Killer, tmp_path: Path) -> None:
    name, flags, calls = CASES[which]
    twin = recorded(tmp_path / "seed")
    twin.commit({"cepler.yml": ("100644", NEW)}, "new", parents=["refs/heads/main^0"])
    twin.checkout()
    with_remote(twin)
    before = everything(twin.top)
    record = ["record", "-e", name, *flags]
    known: list[dict[str, object]] = []
    for step in count(random.randint(1, STRIDE), STRIDE):
        place = _copy(twin, tmp_path / "killed")
        done = killer.run(place, record, step)
        if not done["killed"]:
            assert done["code"] == 0
            break
        _only_this_record_changed(before, everything(place), name, done)
        # Many a call leaves what the one before it left, as far as anybody can tell.
        if (left := _left(twin, place)) not in known:
            known.append(left)
            _the_remote_is_whole(twin, place, name)
            _the_next_run_completes(twin, place, record, done)
    assert step > calls, f"{step} calls"


def _copy(twin: Twin, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(twin.top.parent, folder, symlinks=True)
    return folder / twin.top.name


def _left(twin: Twin, place: Path) -> dict[str, object]:
    """Return the files after a kill, git's too, without its objects, which never change."""
    found: dict[str, object] = {}
    for file in place.parent.rglob("*"):
        path = file.relative_to(place.parent)
        if file.is_file() and not {"objects", "logs"}.intersection(path.parts):
            content, before = file.read_bytes(), twin.top.parent / path
            of_git = {".git", "remote.git"}.intersection(path.parts)
            same = before.is_file() and before.read_bytes() == content
            found[_RANDOM.sub("", str(path))] = same if of_git else content
    return found


def _only_this_record_changed(
    before: dict[str, bytes], after: dict[str, bytes], name: str, done: object
) -> None:
    """From whole to whole, and what was staged lies next to it; nothing else is touched."""
    state = f".cepler/lana/{name}.state"
    staged = {path for path in after if path.startswith(".cepler/lana/.")}
    changed = {path for path in after.keys() | before.keys() if after.get(path) != before.get(path)}
    assert changed - staged <= {state}, (done, changed)
    if state in changed:
        assert _is_whole(after[state]), (done, after[state])


def _is_whole(content: bytes) -> bool:
    return content.startswith(b"---\nversion: ") and content.endswith(b"\n\n")


def _the_remote_is_whole(twin: Twin, place: Path, name: str) -> None:
    """Its branch is the old commit, or one on top of it that has the whole record."""
    remote = place.parent / "remote.git"
    old = twin.git("rev-parse", "HEAD").strip()
    tip = twin.git("rev-parse", "main", folder=remote).strip()
    if tip != old:
        assert twin.git("rev-parse", "main^", folder=remote).strip() == old
        state = twin.git("show", f"main:.cepler/lana/{name}.state", folder=remote)
        assert _is_whole(state.encode())
        twin.git("fsck", "--strict", "--no-dangling", folder=remote)


def _the_next_run_completes(twin: Twin, place: Path, record: list[str], done: object) -> None:
    """It succeeds; where git left a lock it says so, and succeeds without it."""
    again = run_ours(place, *record)
    locks = list(place.parent.rglob("*.lock"))
    if again.code != 0 and locks:
        assert any(lock.name in again.err for lock in locks), (done, again, locks)
        assert "next:" in again.err
        for lock in locks:
            lock.unlink()
        again = run_ours(place, *record)
    assert again.code == 0, (done, again)
    if "--push" in record:
        _all_is_pushed(twin, place)


def _all_is_pushed(twin: Twin, place: Path) -> None:
    remote = place.parent / "remote.git"
    tip = twin.git("rev-parse", "main", folder=remote)
    assert twin.git("rev-parse", "HEAD", folder=place) == tip
    twin.git("fsck", "--strict", "--no-dangling", folder=remote)
