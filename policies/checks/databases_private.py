"""Databases have no public address."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return servers that could be reached from the internet."""
    for place, body in stack.resources("google_sql_database_instance"):
        network = body.get("settings", {}).get("ip_configuration", {})
        if network.get("ipv4_enabled") is not False:
            yield place, "it has a public address (ipv4_enabled)"
        if not network.get("private_network"):
            yield place, "it is in no private network"
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if body.get("public_network_access_enabled") is not False:
            yield place, "it has a public address (public_network_access_enabled)"
        if not body.get("delegated_subnet_id"):
            yield place, "it is in no delegated subnet"
