"""No secret is in a stack, in a state or in a rendered manifest."""

import re

from policies.stack import CheckedStack, Violations

_SECRET_ATTRIBUTES = {
    "azurerm_key_vault_secret": ("value",),
    "azurerm_postgresql_flexible_server": ("administrator_password",),
    "google_secret_manager_secret_version": ("secret_data",),
    "google_service_account_key": ("service_account_id",),
    "google_sql_database_instance": ("root_password",),
    "google_sql_user": ("password",),
    "kubernetes_secret_v1": ("data", "binary_data"),
    "random_password": ("length",),
}
"""Resource types with an attribute that would put a secret into the state."""

_SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|API_KEY|ENCRYPTION_KEY|CREDENTIALS|PG_CON)")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_WRITTEN_PASSWORD = re.compile(r"://[^:@/]*:(?!\$\()[^@/]*@")
_REFERENCE = re.compile(r"\$\([A-Z_]+\)")


def check(stack: CheckedStack) -> Violations:
    """Return attributes, Secrets and variables that contain a secret's value."""
    for place, body in stack.resources():
        for attribute in _SECRET_ATTRIBUTES.get(place.partition(".")[0], ()):
            if attribute in body:
                yield place, f"{attribute} would be in the state; use a write-only attribute"
    if not stack.is_local:
        for place, _ in stack.objects_of("Secret"):
            yield place, "the chart renders a Secret; a cloud's come from its vault"
    for place, item in stack.objects_of("ConfigMap"):
        for name, text in (item.get("data") or {}).items():
            if _KEY.search(text):
                yield f"{place}/{name}", "it contains a private key"
    for place, container in stack.containers():
        for variable in container.get("env", []):
            name, value = variable["name"], variable.get("value")
            written = value and _SECRET_NAME.search(name) and not _REFERENCE.search(value)
            if written or _WRITTEN_PASSWORD.search(value or ""):
                yield place, f"{name} has its value written out"
