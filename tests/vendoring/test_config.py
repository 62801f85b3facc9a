"""vendir.yml is read strictly, and errors name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, UsageError
from promoter.vendoring.config import find_dependency, parse_config, read_config
from tests.vendoring.sources import CONFIG, multiplied

GOOD = CONFIG.format(url="git@example.invalid:charts.git", ref="main")


def test_reads_every_key() -> None:
    text = GOOD + (
        "        lazy: true\n"
        "        excludePaths: ['**/*.orig']\n"
        "        ignorePaths: [local.yaml]\n"
        "        legalPaths: []\n"
        "        permissions: 0700\n"
        "    permissions: 0o750\n"
    ).replace("0o750", "488")
    found = parse_config(text.encode()).directories[0]
    assert (found.path, found.permissions) == ("charts", 0o750)
    contents = found.contents[0]
    assert contents.git.url == "git@example.invalid:charts.git"
    assert contents.include_paths == ("charts/lana-bank/**/*",)
    assert contents.exclude_paths == ("**/*.orig",)
    assert contents.ignore_paths == ("local.yaml",)
    assert contents.legal_paths == ()
    assert contents.new_root_path == "charts/lana-bank"
    assert (contents.lazy, contents.permissions) == (True, 0o700)


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("kind: Config", "kind: Lock", "kind", "only one Config"),
        ("v1alpha1", "v2", "apiVersion", "vendir.k14s.io/v2"),
        ("path: charts", "path: ../charts", "directories[0].path", "leaves the folder"),
        ("path: charts", "path: /charts", "directories[0].path", "leaves the folder"),
        ("path: charts", "path: .git/x", "directories[0].path", "inside .git"),
        ("path: charts", "path: .", "directories[0].path", "whole folder"),
        ("path: charts", "path: ''", "directories[0].path", "must not be empty"),
        ("path: charts", 'path: "a\\nb"', "directories[0].path", "control character"),
        ("path: lana", "path: ../lana", "directories[0].contents[0].path", "leaves"),
        ("newRootPath: charts", "newRootPath: ../x", "contents[0].newRootPath", "leaves"),
        ("includePaths:", "includePath:", "contents[0].includePath", "not a key"),
        ("ref: main", "ref: 7", "git.ref", "is 7, not a text; put it in quotes"),
        ("ref: main", "ref: 1.10", "git.ref", "is 1.1, not a text; put it in quotes"),
        ("ref: main", "ref: 2026-11-21", "git.ref", "put it in quotes"),
        ("ref: main", "ref: --upload-pack=x", "git.ref", "starts with '-'"),
        ("url: git@", "url: --x git@", "git.url", "starts with '-'"),
        ("url: git@", "url: https://me:hunter22@", "git.url", "has a password or token in it"),
        ("ref: main", "refSelection: {}", "git.refSelection", "only by the program vendir"),
        ("ref: main", "secretRef: {name: x}", "git.secretRef", "only by the program vendir"),
        (
            "        git:",
            "        helmChart: {name: x}\n        git:",
            "helmChart",
            "only the program",
        ),
        ("        git:", "        image: {url: x}\n        git:", "contents[0].image", "only the"),
        ("        git:\n", "        http:\n", "contents[0].http", "only the program vendir"),
        ("- path: lana-bank", "- path: lana-bank\n        path: b", "line 6", "twice"),
    ],
)
def test_reports_the_key_and_the_problem(old: str, new: str, place: str, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidFile) as caught:
        parse_config(GOOD.replace(old, new, 1).encode())
    assert "vendir.yml" in str(caught.value)
    assert place in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff", b"a: [", b"[]", b"", b"---\n---\n", b"x: 1\n"])
def test_rejects_content_that_is_not_a_configuration(content: bytes) -> None:
    with pytest.raises(InvalidFile, match=r"vendir\.yml"):
        parse_config(content)


def test_rejects_deep_nesting() -> None:
    with pytest.raises(InvalidFile, match="nested too deeply"):
        parse_config(b"directories: " + b"[" * 5000 + b"]" * 5000)


def test_rejects_multiplying_aliases_with_a_short_error() -> None:
    text = f"{GOOD[: GOOD.index('directories')]}{multiplied()}directories: *p\n"
    with pytest.raises(InvalidFile, match=r"line \d+: expands to more than") as caught:
        parse_config(text.encode())
    assert len(str(caught.value)) < 200


def test_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="No such file"):
        read_config(tmp_path / "vendir.yml")


@pytest.mark.parametrize("second", ["charts", "charts/deeper", "./charts/"])
def test_directories_must_not_overlap(second: str) -> None:
    text = GOOD + f"  - path: {second}\n    contents: []\n"
    with pytest.raises(InvalidFile, match="overlap"):
        parse_config(text.encode())


def test_contents_must_not_overlap() -> None:
    text = GOOD + "      - path: lana-bank/x\n        git: {url: u, ref: r}\n"
    with pytest.raises(InvalidFile, match="overlap"):
        parse_config(text.encode())


def test_finds_a_dependency_by_name_path_or_lone_folder() -> None:
    config = parse_config(GOOD.encode())
    for name in ("lana-bank", "charts/lana-bank", "charts"):
        assert find_dependency(config, name).path == "charts/lana-bank"


def test_an_unknown_dependency_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no such dependency \(charts/lana-bank\)"):
        find_dependency(parse_config(GOOD.encode()), "nope")


def test_an_ambiguous_dependency_requires_its_path() -> None:
    second = GOOD[GOOD.index("  - path: charts") :].replace("path: charts\n", "path: more\n")
    config = parse_config((GOOD + second).encode())
    with pytest.raises(UsageError, match="several"):
        find_dependency(config, "lana-bank")
    assert find_dependency(config, "more/lana-bank").place == ("directories", 1, "contents", 0)
