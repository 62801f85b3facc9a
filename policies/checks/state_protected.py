"""A cloud's state is encrypted, locked, and not on somebody's laptop."""

from __future__ import annotations

from collections.abc import Iterator

from policies.subject import CheckedStack

ID = "state-protected"
TITLE = "State is remote, encrypted and locked"


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find stacks whose backend neither encrypts nor locks (both of these lock by themselves)."""
    backends = subject.content.get("terraform", {}).get("backend", {})
    if subject.is_local:
        return
    if len(backends) != 1 or not {"gcs", "azurerm"} & set(backends):
        yield "terraform.backend", f"is {sorted(backends) or 'missing'}, not gcs or azurerm"
    if "gcs" in backends and not backends["gcs"].get("kms_encryption_key"):
        yield "terraform.backend.gcs", "kms_encryption_key is not set"
    if "azurerm" in backends and not backends["azurerm"].get("use_azuread_auth"):
        yield "terraform.backend.azurerm", "use_azuread_auth is not set: a key would open it"
