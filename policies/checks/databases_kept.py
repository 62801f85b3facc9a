"""Databases outlive mistakes in a plan."""

from __future__ import annotations

from collections.abc import Iterator

from policies.subject import DATABASES, CheckedStack

ID = "databases-kept"
TITLE = "Database servers and databases cannot be destroyed by a plan"

_KEPT = (*DATABASES, "google_sql_database", "azurerm_postgresql_flexible_server_database")


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find databases without prevent_destroy, and Google's without deletion protection."""
    for place, body in subject.resources(*_KEPT):
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"
    for place, body in subject.resources("google_sql_database_instance"):
        if not body.get("deletion_protection"):
            yield place, "deletion_protection is not set"
