"""What goes to a database is encrypted on the way."""

from __future__ import annotations

from collections.abc import Iterator

from policies.subject import CheckedStack

ID = "transport-encrypted"
TITLE = "Databases refuse connections without TLS, and clients insist on it"

_TLS = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")
_INSISTING = ("require", "verify-ca", "verify-full")


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find servers that would speak without TLS, and clients that would."""
    for place, body in subject.resources("google_sql_database_instance"):
        mode = body.get("settings", {}).get("ip_configuration", {}).get("ssl_mode")
        if mode not in _TLS:
            yield place, f"ssl_mode is {mode}"
    for place, body in subject.resources("azurerm_postgresql_flexible_server_configuration"):
        if body["name"] == "require_secure_transport" and body["value"] != "on":
            yield place, "require_secure_transport is off"
    for place, body in subject.resources("kubernetes_secret_v1"):
        mode = body.get("data_wo", {}).get("sslmode", "require")
        if mode not in _INSISTING:
            yield place, f"clients connect with sslmode={mode}"
