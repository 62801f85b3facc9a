"""Addresses of pages on GitHub."""

from __future__ import annotations

import pytest

from promoter.forge.links import compare_link


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:a/b.git",
        "https://github.com/a/b",
        "https://someone:word@github.com/a/b.git",
        "ssh://git@github.com/a/b.git",
    ],
)
def test_a_comparison_address_has_no_credentials(url: str) -> None:
    assert compare_link(url, "old", "new") == "https://github.com/a/b/compare/old...new"


@pytest.mark.parametrize(
    ("url", "old", "new"),
    [
        ("https://example.com/a/b", "old", "new"),
        ("https://github.com.example.com/a/b", "old", "new"),
        ("git@github.com:a/b.git", "", "new"),
        ("git@github.com:a/b.git", "new", "new"),
    ],
)
def test_other_hosts_and_equal_commits_have_no_comparison(url: str, old: str, new: str) -> None:
    assert compare_link(url, old, new) == ""
