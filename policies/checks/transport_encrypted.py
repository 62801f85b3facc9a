"""Traffic to a database is encrypted, and clients verify the server."""

from policies.stack import CheckedStack, Violations

_TLS = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")


def check(stack: CheckedStack) -> Violations:
    """Return servers that accept plain connections, and clients that trust any server."""
    for place, body in stack.resources("google_sql_database_instance"):
        mode = body.get("settings", {}).get("ip_configuration", {}).get("ssl_mode")
        if mode not in _TLS:
            yield place, f"ssl_mode is {mode}"
        authority = body.get("settings", {}).get("ip_configuration", {}).get("server_ca_mode")
        if authority != "GOOGLE_MANAGED_CAS_CA":
            yield place, f"its certificate has no name to verify (server_ca_mode is {authority})"
    for place, body in stack.resources("azurerm_postgresql_flexible_server_configuration"):
        if body["name"] == "require_secure_transport" and body["value"] != "on":
            yield place, "require_secure_transport is off"
    for place, body in stack.resources("kubernetes_secret_v1"):
        data = {**body.get("data", {}), **body.get("data_wo", {})}
        if (mode := data.get("sslmode", "verify-full")) != "verify-full":
            yield place, f"clients connect with sslmode={mode}"
        if "sslmode" in data and not data.get("ca.pem"):
            yield place, "clients have no authority to verify the server with (ca.pem)"
