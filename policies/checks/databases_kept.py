"""Databases survive mistakes in a plan."""

from policies.stack import CheckedStack, Violations

_KEPT = (
    "google_sql_database_instance",
    "azurerm_postgresql_flexible_server",
    "google_sql_database",
    "azurerm_postgresql_flexible_server_database",
)


def check(stack: CheckedStack) -> Violations:
    """Return databases without prevent_destroy, and Google's without deletion protection."""
    for place, body in stack.resources(*_KEPT):
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"
    for place, body in stack.resources("google_sql_database_instance"):
        if not body.get("deletion_protection"):
            yield place, "deletion_protection is not set"
