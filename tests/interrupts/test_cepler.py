"""``promoter cepler prepare`` and ``record``: as a pipeline runs them, in a fresh clone each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.site.site import Site
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere
from tests.site.repository import pull, push, site

__all__ = ["site"]

CEPLER = ("cepler", "-c", "cepler/app.yml")
PREPARE = (*CEPLER, "prepare", "-e", "qa", "--force-clean")
STATE = "cepler/.cepler/app/qa.state"


def change(site: Site, number: int) -> None:
    pull(site.fetched())
    push(site.git, {"shared/a": str(number).encode(), f"shared/{number}": b"new"})


def fresh_clone(site: Site, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    Git(folder.parent).text("clone", "-q", site.git.text("remote", "get-url", "origin"), "fresh")


def test_prepare_interrupted_anywhere_is_completed_by_the_next_one(
    site: Site, tmp_path: Path
) -> None:
    clone = site.git.dir

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        assert site.git.text("fsck", "--no-dangling") == ""
        assert not list((clone / ".git").rglob("*.lock"))

    def require_done(run: Run, number: int) -> None:
        assert run.code == 0
        assert (clone / "shared/a").read_text() == str(number)
        expected = {"a", *(str(each) for each in range(number + 1))}
        assert {path.name for path in (clone / "shared").iterdir()} == expected

    def restored(number: int) -> None:
        site.git.text("checkout", "-q", "--force", "main")
        change(site, number)

    command = Command(clone, PREPARE, tmp_path)
    interrupt_everywhere(command, restored, require_whole, require_done)


@pytest.mark.slow
def test_record_interrupted_anywhere_is_completed_by_the_next_one(
    site: Site, tmp_path: Path
) -> None:
    uri, fresh = site.git.text("remote", "get-url", "origin"), tmp_path / "fresh"
    push_it = ("--push", "--git-url", uri, "--git-branch", "main", "--git-private-key", "")
    command = Command(fresh, (*CEPLER, "record", "-e", "qa", "--reset-head", *push_it), tmp_path)

    def cloned(number: int) -> None:
        change(site, number)
        fresh_clone(site, fresh)

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        now = site.fetched()
        assert now.deployments["app"].recorded("qa") is not None
        assert bool(now.decide("qa").changes) is (now.tip == site.git.commit("main")), run.code
        fresh_clone(site, fresh)

    def require_done(run: Run, number: int) -> None:
        assert run.code == 0
        assert site.fetched().decide("qa").changes == ()

    interrupt_everywhere(command, cloned, require_whole, require_done)
