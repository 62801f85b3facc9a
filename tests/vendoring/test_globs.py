"""vendir's pattern language, corner cases included (each observed in vendir itself)."""

from __future__ import annotations

import pytest

from promoter.vendoring.globs import BadPattern, glob


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("charts/lana-bank/**/*", "charts/lana-bank/Chart.yaml"),
        ("charts/lana-bank/**/*", "charts/lana-bank/a/b/c"),
        ("charts/lana-bank/**/*", "charts/lana-bank/.helmignore"),
        ("**/*.yaml", "a.yaml"),
        ("**/*.yaml", "a/b/c.yaml"),
        ("**", "a/b"),
        ("a/**/b", "a/b"),
        ("a?c", "aéc"),
        ("[a-c]x", "bx"),
        ("[^a-c]x", "dx"),
        (r"\*", "*"),
        ("{a,b}{,.md}", "a"),
        ("{a,b}{,.md}", "b.md"),
        ("{a/b,c}/d", "a/b/d"),
        ("./a//b/", "a/b"),
        ("/a", "a"),
        ("a*", "a"),
        ("..a*", "..ab"),
        ("{LICENSE,License}{,.md}", "License.md"),
    ],
)
def test_matches(pattern: str, path: str) -> None:
    assert glob(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("charts/lana-bank/*", "charts/lana-bank/a/b"),
        ("charts/lana-bank/**/*", "charts/lana-bank-2/a"),
        ("a**b", "a/b"),
        ("a/**", "a"),
        ("[!a]", "b"),
        ("", "a"),
        (".", "a"),
        ("*.md", "a/b.md"),
        # A star leaves nothing to what follows it, even where that could be empty.
        ("foo*{,.md}", "foobar"),
        # One option that is used up and one that is not hide each other.
        ("{a,a/b}", "a"),
        # A star steps by the width of the character where it stands.
        ("*b", "éab"),
    ],
)
def test_does_not_match(pattern: str, path: str) -> None:
    assert not glob(pattern).matches(path)


@pytest.mark.parametrize("pattern", ["[a", "[]", "[a-]", "a{b", "[-a]", "[^-a]"])
def test_malformed(pattern: str) -> None:
    with pytest.raises(BadPattern, match="malformed"):
        glob(pattern).matches("a")


@pytest.mark.parametrize("pattern", ["..", "../a", "a/../../b", "/../**"])
def test_climbing(pattern: str) -> None:
    with pytest.raises(BadPattern, match="leaves the source's folder"):
        glob(pattern)


def test_malformed_below_two_stars_matches_nothing() -> None:
    assert not glob("**/[").matches("a/b")
