"""Addresses on GitHub. Imports nothing, so the gate's callers can use it at no cost."""

import re

API = "https://api.github.com"

_REMOTE = re.compile(
    r"(?:(?:https|ssh)://(?:[^@/]+@)?|git@)github\.com[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def repository_of(address: str) -> str:
    """Return the ``owner/name`` of a remote's address, empty for any other host."""
    match = _REMOTE.fullmatch(address)
    return match["name"] if match else ""


def compare_page(repository: str, old: str, new: str) -> str:
    """Return the page that compares two commits of ``owner/name``."""
    return f"https://github.com/{repository}/compare/{old}...{new}"


def compare_link(address: str, old: str, new: str) -> str:
    """Return that page for a remote's address; empty for another host or equal commits."""
    repository = repository_of(address)
    return compare_page(repository, old, new) if repository and old and new and old != new else ""
