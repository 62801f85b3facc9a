"""vendir.lock.yml has the bytes that vendir writes (each observed in vendir itself)."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.vendoring.config import parse_config
from promoter.vendoring.git_source import GitLock
from promoter.vendoring.lock import (
    Lock,
    LockedContents,
    LockedDirectory,
    lazy_digest,
    lock_bytes,
    parse_lock,
    read_lock,
)
from tests.vendoring.sources import CONFIG


def _lock(title: str = "feat: x", tags: tuple[str, ...] = (), sha: str = "a" * 40) -> Lock:
    return Lock((LockedDirectory("charts", (LockedContents("c", GitLock(sha, title, tags)),)),))


def test_the_whole_file() -> None:
    assert lock_bytes(_lock("feat: two...", ("v1-1-gf4422c6",))) == (
        b"apiVersion: vendir.k14s.io/v1alpha1\n"
        b"directories:\n"
        b"- contents:\n"
        b"  - git:\n"
        b"      commitTitle: 'feat: two...'\n"
        b"      sha: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
        b"      tags:\n"
        b"      - v1-1-gf4422c6\n"
        b"    path: c\n"
        b"  path: charts\n"
        b"kind: LockConfig\n"
    )


def test_no_directories() -> None:
    assert b"directories: []\n" in lock_bytes(Lock(()))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("plain words", "plain words"),
        ("feat: x", "'feat: x'"),
        ("it's", "it's"),
        ("'quoted'", "'''quoted'''"),
        ('say "no"', 'say "no"'),
        ("# x", "'# x'"),
        ("a #b", "'a #b'"),
        ("- x", "'- x'"),
        ("-x", "-x"),
        ("---", "'---'"),
        ("", '""'),
        ("yes", '"yes"'),
        ("NO", '"NO"'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("12", '"12"'),
        ("1_000", '"1_000"'),
        ("0x1f", '"0x1f"'),
        ("0b1", '"0b1"'),
        ("08", '"08"'),
        (".51_0", '".51_0"'),
        ("1e5", '"1e5"'),
        ("1e999", "1e999"),
        ("1:30", '"1:30"'),
        ("2024-01-02", '"2024-01-02"'),
        ("2024-13-02", "2024-13-02"),
        ("2024-01-02 10:00:00", '"2024-01-02 10:00:00"'),
        ("a\tb", '"a\\tb"'),
        ("a\rb", '"a\\rb"'),
        ("caf\u00e9 \u65e5\u672c", "caf\u00e9 \u65e5\u672c"),
        ("fix \U0001f600", '"fix \\U0001F600"'),
        ("a\u2028b", "'a\u2028        b'"),
        ("a \u2028b", '"a \\Lb"'),
        ("\ufeffab", '"\\uFEFF\\x61\\x62"'),
        ("a\\b", "a\\b"),
    ],
)
def test_titles(title: str, written: str) -> None:
    line = next(one for one in lock_bytes(_lock(title)).decode().split("\n") if "Title" in one)
    assert line == f"      commitTitle: {written}"


def test_long_titles_are_folded_past_the_eightieth_column() -> None:
    plain = " ".join(["words"] * 20)
    assert f"      commitTitle: {'words ' * 10}words\n        words" in _text(plain)
    quoted = "feat: " + plain
    assert f"'feat: {'words ' * 10}\n        words".replace(" \n", "\n") in _text(quoted)
    double = "caf\u00e9\t" + plain.replace(" ", "  ")
    assert "\n        \\ words" in _text(double)


def _text(title: str) -> str:
    return lock_bytes(_lock(title)).decode()


@pytest.mark.parametrize("title", ["feat: x", "a\tb", "12", "it's " * 40 + "x", "caf\u00e9 #", ""])
def test_a_written_lock_is_read_back(title: str) -> None:
    lock = _lock(title, ("1.0",), "1" * 40)
    assert parse_lock(lock_bytes(lock)) == lock


def test_absent_lock(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "vendir.lock.yml") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"kind: Config\napiVersion: vendir.k14s.io/v1alpha1\n",
        b"apiVersion: vendir.k14s.io/v1alpha1\nkind: LockConfig\ndirectories: [{path: a, "
        b"contents: [{path: b, image: {url: x}}]}]\n",
        b"- a\n",
    ],
)
def test_rejects_content_that_is_not_a_lock(content: bytes) -> None:
    with pytest.raises(InvalidFile, match=r"vendir\.lock\.yml"):
        parse_lock(content)


def test_the_digest_of_a_lazy_content_is_vendirs() -> None:
    text = CONFIG.format(url="file:///srv/charts", ref="main") + "        lazy: true\n"
    contents = parse_config(text.encode()).directories[0].contents[0]
    expected = "d6c372ab39c974f9b4200f238bc1fd6430399aa78b4483ee149aabc1ef9b2136"
    assert lazy_digest(contents) == expected


def test_the_digest_depends_on_the_root_as_written() -> None:
    text = CONFIG.format(url="file:///srv/charts", ref="main") + "        lazy: true\n"
    other = text.replace("newRootPath: ", "newRootPath: ./")
    one, two = (parse_config(each.encode()).directories[0].contents[0] for each in (text, other))
    assert one.root == two.root == "charts/lana-bank"
    assert lazy_digest(one) != lazy_digest(two)
