"""Commits through one set of git processes: the same answers as git's own, each read once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.common.errors import GitError
from promoter.gate.graph import Folders
from promoter.gate.history import History
from promoter.git import Git
from promoter.git.objects import about, summary

from .differential.twin import Twin

PATHS = st.text(alphabet="ab/.", max_size=8)


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    found = Twin(Path("unused"), tmp_path / "seed")
    files = {"m/a": ("100644", b"1\n"), "m/sub/b": ("100755", b"1\n"), "o/link": ("120000", b"a")}
    found.commit(files, "start")
    for number in range(5):
        change = {"m/a": ("100644", b"%d\n" % (number + 2)), f"o/{number}": ("100644", b"1\n")}
        found.commit(change, f"change {number}", parents=["refs/heads/main^0"])
    found.checkout()
    return found


@pytest.fixture
def history(twin: Twin) -> Iterator[History]:
    with History(Git(twin.top)) as opened:
        yield opened


@pytest.mark.parametrize("folders", [[""], ["m"], ["m/sub", "o"], ["m/a"], ["nowhere"], ["../m"]])
def test_a_listing_is_git_s(twin: Twin, history: History, folders: list[str]) -> None:
    head = twin.git("rev-parse", "HEAD").strip()
    existing = [folder for folder in folders if folder and ".." not in folder]
    raw = twin.git("ls-tree", "-r", "HEAD", "--", *existing) if existing or "" in folders else ""
    theirs = {line.partition("\t")[2]: line.split()[0] for line in raw.splitlines()}
    assert {path: entry.mode for path, entry in history.listing(head, folders).items()} == theirs


def test_a_commit_that_is_not_there_is_an_error(history: History) -> None:
    assert history.about("0" * 40) is None
    with pytest.raises(GitError, match="there is no such commit"):
        history.listing("0" * 40)


def test_a_graph_serves_every_commit_below_its_start(twin: Twin, history: History) -> None:
    commits = twin.git("rev-list", "HEAD").split()
    graph = history.graph(commits[0])
    assert history.graph(commits[3]) is graph
    assert [commit for commit, _ in graph.walk(commits[3])] == commits[4:]


def test_another_branch_has_a_graph_of_its_own(twin: Twin, history: History) -> None:
    head = twin.git("rev-parse", "HEAD").strip()
    graph = history.graph(head)
    files = {"m/a": ("100644", b"side\n")}
    side = twin.commit(files, "side", parents=[head], ref="refs/heads/side")
    assert history.graph(side) is not graph


def test_what_is_expected_is_compared_by_one_process(twin: Twin, history: History) -> None:
    history.expect(["m", "o"])
    commits = twin.git("rev-list", "HEAD").split()
    graph = history.graph(commits[0])
    edges = [(graph.node(one).tree, graph.node(two).tree) for one, two in pairwise(commits)]
    for folder, changed in {"m": {"m/a"}, "o": {"o/4"}, "m/sub": set()}.items():
        found = history.changes(edges, [folder])
        assert {change.path for change in found[0]} == changed
    assert history.edges(graph, ["m"]) is history.edges(graph, ["o/4"])


def test_no_folder_is_no_change(history: History, twin: Twin) -> None:
    trees = twin.git("rev-parse", "HEAD^{tree}", "HEAD^^{tree}").split()
    assert history.changes([(trees[0], trees[1])], ["../m"]) == [[]]


@given(st.lists(PATHS, max_size=60), PATHS)
def test_fewer_folders_cover_what_the_many_did(texts: list[str], path: str) -> None:
    many = Folders(texts)
    fewer = many.fewer()
    assert len(fewer.paths) <= 40
    assert fewer.cover(many)
    assert path not in many or path in fewer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\n", "one"),
        ("two\nlines\n\nbody", "two lines"),
        ("trailing  \n \nbody", "trailing"),
        ("tab\t\tstays", "tab\t\tstays"),
        ("", ""),
    ],
)
def test_a_summary_is_folded_as_libgit2_does(text: str, expected: str) -> None:
    assert summary(text) == expected


def test_a_commit_in_another_encoding_is_read() -> None:
    head = b"tree %b\nparent %b\nauthor A <a> 0 +0000\n" % (b"1" * 40, b"2" * 40)
    found = about(head + b"encoding ISO-8859-1\n\n\xfcber\n")
    assert found == ("1" * 40, ("2" * 40,), "über")
