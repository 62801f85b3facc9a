"""Addresses on GitHub: of its API, of repositories, of the pages that people look at."""

from __future__ import annotations

import re

API = "https://api.github.com"

_REMOTE = re.compile(
    r"(?:(?:https|ssh)://(?:[^@/]+@)?|git@)github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def repository_of(address: str) -> str:
    """The ``owner/name`` that a remote's address means, empty for any other host."""
    found = _REMOTE.fullmatch(address)
    return found["name"] if found else ""


def compare_page(repository: str, old: str, new: str) -> str:
    """Where a person sees what lies between two commits of ``owner/name``."""
    return f"https://github.com/{repository}/compare/{old}...{new}"


def compare_link(address: str, old: str, new: str) -> str:
    """The same for a remote's address; empty for any other host, or where nothing lies between."""
    repository = repository_of(address)
    return compare_page(repository, old, new) if repository and old and new and old != new else ""
