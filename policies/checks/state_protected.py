"""A cloud environment's state is remote, encrypted, locked, versioned and not public."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return stacks whose backend does not encrypt (both cloud backends lock by themselves)."""
    backends = stack.content.get("terraform", {}).get("backend", {})
    if stack.is_local:
        return
    if len(backends) != 1 or not {"gcs", "azurerm"} & set(backends):
        yield "terraform.backend", f"is {sorted(backends) or 'missing'}, not gcs or azurerm"
    if "gcs" in backends and backends["gcs"].get("prefix") != stack.name:
        yield "terraform.backend.gcs.prefix", "it is not the stack's name"
    if "azurerm" in backends and backends["azurerm"].get("key") != f"{stack.name}.tfstate":
        yield "terraform.backend.azurerm.key", "it is not the stack's name"
    if "gcs" in backends and not backends["gcs"].get("kms_encryption_key"):
        yield "terraform.backend.gcs", "kms_encryption_key is not set"
    if "azurerm" in backends and not backends["azurerm"].get("use_azuread_auth"):
        yield "terraform.backend.azurerm", "use_azuread_auth is not set: a key would open it"
    yield from _stores(stack)


def _stores(stack: CheckedStack) -> Violations:
    """Return the store of the state where it could be read, overwritten or lost."""
    for place, body in stack.resources("google_storage_bucket"):
        # What is kept for a time is never overwritten.
        if not (body.get("versioning", {}).get("enabled") or body.get("retention_policy")):
            yield place, "versioning is off"
        if not body.get("encryption", {}).get("default_kms_key_name"):
            yield place, "default_kms_key_name is not set"
        if body.get("public_access_prevention") != "enforced":
            yield place, "public_access_prevention is not enforced"
    for place, body in stack.resources("azurerm_storage_account"):
        if not body.get("blob_properties", {}).get("versioning_enabled"):
            yield place, "versioning is off"
        if not body.get("customer_managed_key"):
            yield place, "customer_managed_key is not set"
        if body.get("shared_access_key_enabled") is not False:
            yield place, "shared_access_key_enabled: a key would open it"
        if body.get("network_rules", {}).get("default_action") != "Deny":
            yield place, "every address reaches it (network_rules)"
    stores = ("google_storage_bucket", "azurerm_storage_account", "azurerm_storage_container")
    for place, body in stack.resources(*stores):
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"
