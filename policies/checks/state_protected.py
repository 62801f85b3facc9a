"""A cloud environment's state is remote, encrypted and locked."""

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
