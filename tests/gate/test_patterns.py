"""Patterns: what they cover, what they refuse, and below which folders they look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.gate.patterns import PatternError, Patterns, compiled, expression, literal_folder

# What cepler 0.7.22 was seen to answer for the same pattern and path.
COVERED = [
    ("modules/*", "modules/a"),
    ("modules/**", "modules/a/b/c.yml"),
    ("modules/**/*.yml", "modules/a.yml"),
    ("modules/**/*.yml", "modules/a/b.yml"),
    ("**", "a/b"),
    ("**/c", "c"),
    ("m/?.yml", "m/ü.yml"),
    ("m/[ab].yml", "m/a.yml"),
    ("m/[!ab]", "m/c"),
    ("m/[a-c]", "m/b"),
    ("m/[]]", "m/]"),
    ("m/[]a]", "m/a"),
    ("m/[!]a]", "m/b"),
    ("m/[-a]", "m/-"),
    ("m/.hidden", "m/.hidden"),
    ("m/.*", "m/.hidden"),
    ("m/.h/**", "m/.h/inside"),
    ("m/a(b)+c.yml", "m/a(b)+c.yml"),
    ("m/a\\b", "m/a\\b"),
]
NOT_COVERED = [
    ("modules/*", "modules/a/b"),
    ("modules/*", "modules/.hidden"),
    ("modules/**", "modules/.hidden"),
    ("modules/**", "modules/.h/inside"),
    ("modules/**", "modules"),
    ("modules", "modules/a"),
    ("modules/", "modules/a"),
    ("**/c", ".d/c"),
    ("m/?", "m/.a"),
    ("m?a", "m/a"),
    ("m[/]a", "m/a"),
    ("m[!b]a", "m/a"),
    ("m/[!a]x", "m/.x"),
    ("m/[c-a]", "m/b"),
    ("m/a.yml", "m/axyml"),
    ("m/a\\*", "m/a*"),
    ("M/a", "m/a"),
]
BROKEN = {
    "m**": "whole path component",
    "**m": "whole path component",
    "a/**b": "whole path component",
    "***": "either * or **",
    "m/[": "not closed",
    "[!]": "not closed",
    "[]": "not closed",
}
WILD = st.text(alphabet="ab./*?[]!-\\", max_size=12)
PLAIN = st.text(alphabet="abü .-_()+^$|{}\\/", max_size=12)


@pytest.mark.parametrize(("pattern", "path"), COVERED)
def test_it_covers(pattern: str, path: str) -> None:
    assert Patterns([pattern]).matches(path)


@pytest.mark.parametrize(("pattern", "path"), NOT_COVERED)
def test_it_does_not_cover(pattern: str, path: str) -> None:
    assert not Patterns([pattern]).matches(path)


@pytest.mark.parametrize("pattern", BROKEN)
def test_a_broken_pattern_says_which_and_why(pattern: str) -> None:
    with pytest.raises(PatternError, match=BROKEN[pattern].replace("*", r"\*")) as refused:
        Patterns(["fine/*", pattern])
    assert repr(pattern) in str(refused.value)


def test_one_of_several_is_enough_and_none_covers_nothing() -> None:
    assert Patterns(["a/*", "b/*"]).matches("b/c")
    assert not Patterns([]).matches("b/c")
    assert not Patterns([]).matches("")


@given(PLAIN)
def test_a_pattern_without_wildcards_is_one_path(text: str) -> None:
    patterns = Patterns([text])
    assert patterns.matches(text)
    assert not patterns.matches(f"{text}x")
    assert patterns.folders() == {text}


@given(st.lists(WILD, min_size=1, max_size=3), st.text(alphabet="ab./-", max_size=10))
def test_what_is_covered_lies_in_one_of_the_folders(texts: list[str], path: str) -> None:
    try:
        patterns = compiled(tuple(texts))
    except PatternError:
        return
    if patterns.matches(path):
        folders = patterns.folders()
        assert any(not each or path == each or path.startswith(f"{each}/") for each in folders)


@given(WILD)
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        expression(text)
    except PatternError as error:
        assert repr(text) in str(error)
        assert "*" in text or "[" in text


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("a/b/*.yml", "a/b"), ("a/b", "a/b"), ("*", ""), ("**/a", ""), ("a/[b]/c", "a"), ("", "")],
)
def test_the_literal_folder(pattern: str, folder: str) -> None:
    assert literal_folder(pattern) == folder
