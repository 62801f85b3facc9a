"""Traffic to a database is encrypted."""

from policies.stack import CheckedStack, Violations

_TLS = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
_REQUIRED_MODES = ("require", "verify-ca", "verify-full")


def check(stack: CheckedStack) -> Violations:
    """Return servers and clients that would communicate without TLS."""
    for place, body in stack.resources("google_sql_database_instance"):
        mode = body.get("settings", {}).get("ip_configuration", {}).get("ssl_mode")
        if mode not in _TLS:
            yield place, f"ssl_mode is {mode}"
    for place, body in stack.resources("azurerm_postgresql_flexible_server_configuration"):
        if body["name"] == "require_secure_transport" and body["value"] != "on":
            yield place, "require_secure_transport is off"
    for place, body in stack.resources("kubernetes_secret_v1"):
        mode = body.get("data_wo", {}).get("sslmode", "require")
        if mode not in _REQUIRED_MODES:
            yield place, f"clients connect with sslmode={mode}"
