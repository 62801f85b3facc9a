"""Two recorders push to one remote at once: nothing is lost, and one environment has one truth."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from .differential.twin import Twin
from .reference import clean_environment
from .repositories import STATE, recorded, with_remote

PROMOTER = str(Path(sys.executable).with_name("promoter"))
ROUNDS = range(6)
TWO = b"deployment: lana\nenvironments:\n  staging: {latest: [m/*]}\n  other: {latest: [m/*]}\n"


class Race(NamedTuple):
    """A remote, and two clones of it with a commit of their own to start from."""

    twin: Twin
    remote: Path
    one: Path
    two: Path

    def run(self, *environments: str) -> list[tuple[int, str]]:
        """Record and push from both clones at once; exit codes and their output."""
        places = zip((self.one, self.two), environments, strict=True)
        running = [_recorder(place, name) for place, name in places]
        ended = [(each, each.communicate(timeout=120)) for each in running]
        return [(each.returncode, output[1]) for each, output in ended]

    def pushed(self, start: str) -> list[str]:
        """The subjects of the commits that the remote has since ``start``."""
        self.twin.git("fsck", "--strict", "--no-dangling", folder=self.remote)
        return self.twin.git("log", "--format=%s", f"{start}..main", folder=self.remote).split("\n")

    def state(self, path: str) -> str:
        """A state file as the remote has it."""
        return self.twin.git("show", f"main:{path}", folder=self.remote)


def _recorder(place: Path, environment: str) -> subprocess.Popen[str]:
    flags = ("--reset-head", "--push", "--git-url", "unused", "--git-private-key", "")
    return subprocess.Popen(
        [PROMOTER, "cepler", "record", "-e", environment, *flags],
        cwd=place,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def race(tmp_path: Path) -> Race:
    twin = recorded(tmp_path / "seed")
    twin.commit({"cepler.yml": ("100644", TWO)}, "two", parents=["refs/heads/main^0"])
    twin.checkout()
    remote = with_remote(twin)
    two = twin.top.parent / "two"
    shutil.copytree(twin.top, two, symlinks=True)
    return Race(twin, remote, twin.top, two)


@pytest.mark.parametrize("turn", ROUNDS)
def test_two_environments_are_both_recorded(race: Race, turn: int) -> None:
    start = race.twin.git("rev-parse", "HEAD").strip()
    names = ("staging", "other") if turn % 2 else ("other", "staging")
    done = race.run(*names)
    assert [code for code, _ in done] == [0, 0], done
    assert sorted(_lines(race.pushed(start))) == [
        "ci(cepler): Updated 'lana' state in 'other'",
        "ci(cepler): Updated 'lana' state in 'staging'",
    ]
    assert race.state(STATE).startswith("---\nversion: 2\n")
    assert race.state(".cepler/lana/other.state").startswith("---\nversion: 1\n")


@pytest.mark.parametrize("turn", ROUNDS)
def test_of_two_truths_about_one_environment_one_wins(race: Race, turn: int) -> None:
    newer = race.two if turn % 2 else race.one
    _changed(race, newer)
    start = race.twin.git("rev-parse", "main", folder=race.remote).strip()
    done = race.run("staging", "staging")
    assert sorted(code for code, _ in done) == [0, 1], done
    lost = next(output for code, output in done if code == 1)
    assert f"push the record {STATE}: it was changed on the remote meanwhile" in lost
    assert "next: " in lost
    winner = next(
        place for place, (code, _) in zip((race.one, race.two), done, strict=True) if code == 0
    )
    assert _lines(race.pushed(start)) == ["ci(cepler): Updated 'lana' state in 'staging'"]
    assert race.state(STATE) == (winner / STATE).read_text()


def test_the_same_truth_twice_is_recorded_once(race: Race) -> None:
    start = race.twin.git("rev-parse", "HEAD").strip()
    done = race.run("staging", "staging")
    assert [code for code, _ in done] == [0, 0], done
    assert _lines(race.pushed(start)) == ["ci(cepler): Updated 'lana' state in 'staging'"]


def _changed(race: Race, place: Path) -> None:
    """One clone has a newer commit than the other, and the remote has it, too."""
    (place / "m/a").write_text("3\n")
    race.twin.git("commit", "--quiet", "--all", "--message=fix: newer", folder=place)
    race.twin.git("push", "--quiet", "origin", "main", folder=place)


def _lines(subjects: Iterable[str]) -> list[str]:
    return [subject for subject in subjects if subject]
