"""Spans of random histories with merges: the same commits and people as git's own walks."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.gate.history import History
from promoter.gate.spans import Spans
from promoter.git import Git, Identity
from promoter.git.people import commits_between, deciding_merges

COMMITS = 40
PATHS = ("a", "b", "dir/x", "dir/y", "dir")
CHOICES = (("a",), ("b", "dir/x"), ("dir",), ("dir/y", "dir/x", "a"), ("none",))


def history(folder: Path, chance: random.Random) -> list[str]:
    """Create commits with up to three parents, clocks that differ, and few contents."""
    Git(folder).text("init", "-q", "-b", "main")
    stream = "".join(_commit(number, chance) for number in range(1, COMMITS + 1))
    marks = folder / "marks"
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force", f"--export-marks={marks}"],
        cwd=folder,
        input=stream.encode("latin-1"),
        check=True,
    )
    found = dict(line.split() for line in marks.read_text().splitlines())
    return [found[f":{number}"] for number in range(1, COMMITS + 1)]


def _commit(number: int, chance: random.Random) -> str:
    time = 1_600_000_000 + number * 60 + chance.choice((0, 0, 0, 10_000, -10_000))
    message = chance.choice(("fix", "fix\n\nCo-authored-by: Zoe <Zoe@x>", "f\xfcr", "=\n\0"[:2]))
    lines = [
        f"commit refs/heads/branch-{number}\nmark :{number}",
        f"author A <a{number % 5}@x> {time} +0000\ncommitter C <c{number % 3}@x> {time} +0000",
        "encoding ISO-8859-1",
        f"data {len(message)}\n{message}",
    ]
    known = range(max(1, number - 6), number)
    if number > 1 and chance.random() > 0.05:
        parents = chance.sample(known, min(len(known), chance.choice((1, 1, 2, 3))))
        lines.append(f"from :{parents[0]}")
        lines += [f"merge :{each}" for each in parents[1:]]
    for path in chance.sample(PATHS, chance.choice((0, 1, 1, 2))):
        content = chance.choice("123")
        lines.append(
            f"M 100644 inline {path}\ndata 1\n{content}" if chance.random() > 0.2 else f"D {path}"
        )
    return "\n".join([*lines, "", ""])


def questions(commits: list[str], chance: random.Random) -> Iterator[tuple[str | None, str]]:
    for _ in range(25):
        yield chance.choice((None, *chance.sample(commits, 3))), chance.choice(commits)


@pytest.mark.parametrize("seed", range(4))
def test_spans_have_the_commits_and_people_that_git_finds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    commits = history(tmp_path, chance)
    git, merges, walked = Git(tmp_path), 0, 0
    tip = git.commit_tree(git.tree(commits[-1]) or "", commits[-8:], "Merge\n", Identity("M", "m"))
    with History(git) as read:
        read.graph(tip)
        for old, new in questions(commits, chance):
            paths, known = chance.choice(CHOICES), [f"a{seed}@x", "c1@x"]
            assert sorted(read.shared(Spans).commits(old, new, paths)) == sorted(
                commits_between(git, old, new, paths)
            )
            found = read.shared(Spans).deciding_merges(old, new, paths, known)
            assert sorted(found) == sorted(deciding_merges(git, old, new, paths, known))
            if old:
                assert read.shared(Spans).is_empty(old, new) == git.is_ancestor(new, old)
            merges += len(found)
            walked += read.ordered(tip).has(new)
    assert merges
    assert walked


def test_names_that_no_tree_has_and_commits_of_another_history_are_left_to_git(
    tmp_path: Path,
) -> None:
    git = Git(tmp_path)
    git.text("init", "-q", "-b", "main")
    one, other = (git.commit_files(None, {name: b""}, "feat: x") for name in "ab")
    git.text("update-ref", "refs/heads/main", one)
    with History(git) as read:
        assert [each.commit for each in read.shared(Spans).commits(other, one, ["a"])] == [one]
        assert not read.shared(Spans).is_empty(other, one)
        assert [each.commit for each in read.shared(Spans).commits(None, "main", ["a"])] == [one]
        with pytest.raises(Exception, match="outside repository"):
            read.shared(Spans).commits(None, one, ["../a"])
