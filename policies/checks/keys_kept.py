"""Keys, vaults and the secrets in them cannot be destroyed by a plan."""

from policies.stack import CheckedStack, Violations

_KEPT = (
    "azurerm_key_vault",
    "azurerm_key_vault_key",
    "azurerm_key_vault_secret",
    "google_kms_crypto_key",
    "google_kms_key_ring",
    "google_secret_manager_secret",
)


def check(stack: CheckedStack) -> Violations:
    """Return keys, vaults and secrets without prevent_destroy, and versions that are deleted."""
    for place, body in stack.resources(*_KEPT):
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"
    for place, body in stack.resources("google_secret_manager_secret_version"):
        if body.get("deletion_policy", "DELETE") == "DELETE":
            yield place, "a rotation would delete the old version (deletion_policy)"
