"""The times of records, and the number of git processes that a whole overview takes."""

from __future__ import annotations

import pytest

from promoter.git import Git
from promoter.git.commands import Commands
from promoter.site.overview import overview
from promoter.site.recorded import recorded_times
from promoter.site.site import Site
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]

STATE = "cepler/.cepler/app/qa.state"


def commit(git: Git, parents: list[str], tree: str, at: int) -> str:
    """Return a commit of ``tree`` at so many seconds since the epoch."""
    times = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{at} +0000")
    words = [word for each in parents for word in ("-p", each)]
    return git.text("commit-tree", git.tree(tree) or "", *words, "-m", "a commit", env=times)


def published(site: Site, tip: str) -> Site:
    site.git.push("origin", tip, "refs/heads/main", expect=site.tip)
    return site.fetched()


def test_a_record_has_the_time_of_its_commit_whatever_came_later(site: Site) -> None:
    site = deployed(site, "qa")
    pull(site)
    at = site.git.text("log", "-1", "--format=%aI")
    push(site.git, {"qa/b": b"2"})
    assert recorded_times(site.fetched()) == {STATE: at}


def test_without_a_record_there_is_no_time(site: Site) -> None:
    assert recorded_times(site) == {}


@pytest.mark.parametrize("kept", [1, 2])
def test_of_two_sides_of_a_merge_the_record_that_was_kept_counts(site: Site, kept: int) -> None:
    git = site.git
    trees = [
        git.commit_files(site.tip, {STATE: f"version: {number}\n".encode()}, "a record")
        for number in (1, 2)
    ]
    sides = [
        commit(git, [site.tip], each, 1_700_000_000 + number) for number, each in enumerate(trees)
    ]
    merged = published(site, commit(git, sides, sides[kept - 1], 1_700_000_100))
    (time,) = recorded_times(merged).values()
    assert time == git.text("log", "-1", "--format=%aI", sides[kept - 1])


def test_a_merge_that_makes_a_record_of_its_own_has_its_time(site: Site) -> None:
    git = site.git
    sides = [git.commit_files(site.tip, {STATE: each}, "a record") for each in (b"1", b"2")]
    third = git.commit_files(site.tip, {STATE: b"3"}, "a record")
    merged = published(site, commit(git, sides, third, 1_700_000_100))
    assert recorded_times(merged) == {STATE: "2023-11-14T22:15:00+00:00"}


@pytest.mark.slow
@pytest.mark.parametrize("gated", [False, True])
def test_the_overview_takes_as_many_processes_for_ten_environments_as_for_two(
    site: Site, monkeypatch: pytest.MonkeyPatch, gated: bool
) -> None:
    run: list[str] = []
    attempt = Commands.attempt

    def counted(self: Commands, *arguments: str, **options: object) -> object:
        run.append(arguments[0])
        return attempt(self, *arguments, **options)

    monkeypatch.setattr(Commands, "attempt", counted)
    counts = []
    for names in (("qa", "other"), [f"qa-{number}" for number in range(10)]):
        environments = "".join(f"  {name}: {{latest: [shared/*]}}\n" for name in names)
        pull(site)
        push(
            site.git, {"cepler/app.yml": f"deployment: app\nenvironments:\n{environments}".encode()}
        )
        gates = "".join(f"{name}: HEAD\n" for name in names).encode()
        site = site.fetched()
        made = site.git.commit_files(site.gates_tip, {"app.yml": gates}, "chore: gates")
        site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
        for name in names:
            site = deployed(site, name)
        if gated:
            gates = "".join(f"{name}: {site.tip}\n" for name in names).encode()
            made = site.git.commit_files(site.gates_tip, {"app.yml": gates}, "chore: gates")
            site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
            pull(site)
            push(site.git, {"shared/a": str(len(names)).encode()})
            site = site.fetched()
        run.clear()
        assert [each.status.since is not None for each in overview(site)] == [True] * len(names)
        counts.append(len(run))
    assert counts[0] == counts[1], run
