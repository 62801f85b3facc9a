"""Databases survive mistakes in a plan."""

from policies.stack import CheckedStack, Violations

_KEPT = ("google_sql_database_instance", "azurerm_postgresql_flexible_server")


def check(stack: CheckedStack) -> Violations:
    """Return servers without prevent_destroy, and those that the cloud would delete."""
    for place, body in stack.resources(*_KEPT):
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"
    for place, body in stack.resources("google_sql_database_instance"):
        if not body.get("deletion_protection"):
            yield place, "deletion_protection is not set"
    locks = [body for _, body in stack.resources("azurerm_management_lock")]
    locked = {body["scope"] for body in locks if body["lock_level"] == "CanNotDelete"}
    for place, _ in stack.resources("azurerm_postgresql_flexible_server"):
        if f"${{{place}.id}}" not in locked:
            yield place, "no lock CanNotDelete is on it"
