"""Addresses of pages on GitHub, from a remote's address."""

from __future__ import annotations

import re

_GITHUB = re.compile(
    r"(?:(?:https|ssh)://(?:[^@/]+@)?|git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def compare_link(url: str, old: str, new: str) -> str:
    """The address that shows the difference on GitHub, empty for any other host."""
    found = _GITHUB.fullmatch(url)
    if not (found and old and new) or old == new:
        return ""
    return f"https://github.com/{found[1]}/compare/{old}...{new}"
