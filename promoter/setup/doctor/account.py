"""Reads of an account: what a foundation makes there, with what must hold of each thing."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Document = Mapping[str, Any]
"""A synthesized stack, one of its blocks, or what a cloud answers."""

SOON = timedelta(days=30)
"""The time before the end of a secret or key from which on it is reported."""

_IDENTITIES = ("secret", "account_id", "workload_identity_pool_id", "service", "name")
_AZURE = "https://management.azure.com/subscriptions/{subscription_id}/resourcegroups/{group}"
_IAM = "https://iam.googleapis.com/v1/projects/{project}"
_COMPUTE = "https://compute.googleapis.com/compute/v1/projects/{project}"
_SECRETS = "https://secretmanager.googleapis.com/v1/projects/{project}/secrets/{secret}"
_RINGS = "https://cloudkms.googleapis.com/v1/projects/{project}/locations/{location}/keyRings"
_POOLS = "locations/global/workloadIdentityPools/{workload_identity_pool_id}"
_GRANTS = "https://cloudresourcemanager.googleapis.com/v1/projects/{project}:getIamPolicy"
_REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\.\w+\}")


def _azure(kind: str, version: str) -> str:
    return f"{_AZURE}/providers/Microsoft.{kind}?api-version={version}"


ADDRESSES: Mapping[str, str] = {
    "azurerm_dns_zone": _azure("Network/dnsZones/{name}", "2018-05-01"),
    "azurerm_key_vault": _azure("KeyVault/vaults/{name}", "2023-07-01"),
    "azurerm_key_vault_key": "https://{vault}.vault.azure.net/keys/{name}?api-version=7.4",
    "azurerm_log_analytics_workspace": _azure(
        "OperationalInsights/workspaces/{name}", "2023-09-01"
    ),
    "azurerm_resource_group": f"{_AZURE}?api-version=2021-04-01",
    "azurerm_storage_account": _azure(
        "Storage/storageAccounts/{name}/blobServices/default", "2023-05-01"
    ),
    "azurerm_user_assigned_identity": _azure(
        "ManagedIdentity/userAssignedIdentities/{name}", "2023-01-31"
    ),
    "azurerm_virtual_network": _azure("Network/virtualNetworks/{name}", "2024-05-01"),
    "google_compute_global_address": f"{_COMPUTE}/global/addresses/{{name}}",
    "google_compute_network": f"{_COMPUTE}/global/networks/{{name}}",
    "google_compute_router": f"{_COMPUTE}/regions/{{region}}/routers/{{name}}",
    "google_compute_subnetwork": f"{_COMPUTE}/regions/{{region}}/subnetworks/{{name}}",
    "google_dns_managed_zone": (
        "https://dns.googleapis.com/dns/v1/projects/{project}/managedZones/{name}"
    ),
    "google_iam_workload_identity_pool": f"{_IAM}/{_POOLS}",
    "google_kms_crypto_key": f"{_RINGS}/{{ring}}/cryptoKeys/{{name}}",
    "google_kms_key_ring": f"{_RINGS}/{{name}}",
    "google_project_iam_member": _GRANTS,
    "google_project_service": (
        "https://serviceusage.googleapis.com/v1/projects/{project}/services/{service}"
    ),
    "google_service_account": (
        f"{_IAM}/serviceAccounts/{{account_id}}@{{project}}.iam.gserviceaccount.com"
    ),
    "google_storage_bucket": "https://storage.googleapis.com/storage/v1/b/{name}",
    "honeycombio_dataset": "https://api.honeycomb.io/1/datasets/{name}",
}
"""Addresses at which the clouds' own APIs show what a foundation makes, by kind."""

SECRETS: Mapping[str, tuple[str, ...]] = {
    # The list of its versions: reading the secret itself would return its value.
    "azurerm_key_vault_secret": (
        "https://{vault}.vault.azure.net/secrets/{name}/versions?api-version=7.4",
    ),
    "google_secret_manager_secret_version": (f"{_SECRETS}/versions/latest", _SECRETS),
}
"""Addresses of the secrets that a release reads, by the kind of the block that reads one."""


@dataclass(frozen=True)
class Read:
    """A read: ``name`` for messages, ``address``, and the block that describes what is there."""

    name: str
    address: str
    kind: str
    body: Document

    def problem(self, found: Document, now: datetime) -> str:
        """Return what is wrong with the document ``found``, an empty string where nothing is."""
        judge = _JUDGES.get(self.kind)
        return judge(found, self.body, now) if judge else ""


def _versioned_bucket(found: Document, _: Document, __: datetime) -> str:
    return "" if found.get("versioning", {}).get("enabled") else "it keeps no versions"


def _versioned_account(found: Document, _: Document, __: datetime) -> str:
    on = found.get("properties", {}).get("isVersioningEnabled")
    return "" if on else "it keeps no versions"


def _peered(found: Document, _: Document, __: datetime) -> str:
    states = {each.get("name"): each.get("state") for each in found.get("peerings", ())}
    peered = states.get("servicenetworking-googleapis-com") == "ACTIVE"
    return "" if peered else "it is not peered with the databases' network"


def _enabled(found: Document, _: Document, __: datetime) -> str:
    return "" if found.get("state") == "ENABLED" else "it is not enabled"


def _usable(found: Document, _: Document, __: datetime) -> str:
    return "" if found.get("primary", {}).get("state") == "ENABLED" else "it is not enabled"


def _granted(found: Document, body: Document, _: datetime) -> str:
    held = {
        member
        for binding in found.get("bindings", ())
        if binding.get("role") == body["role"]
        for member in binding.get("members", ())
    }
    return "" if body["member"] in held else "it is not granted"


def _secret(found: Document, _: Document, now: datetime) -> str:
    """Judge a version of Secret Manager, or the secret that has it."""
    if found.get("state", "ENABLED") != "ENABLED":
        return "its latest version is not enabled"
    end = found.get("expireTime")
    return _ends(datetime.fromisoformat(end), now) if end else ""


def _attributes(attributes: Document, now: datetime) -> str:
    if not attributes.get("enabled"):
        return "it is not enabled"
    end = attributes.get("exp")
    return _ends(datetime.fromtimestamp(end, UTC), now) if end else ""


def _key(found: Document, _: Document, now: datetime) -> str:
    return _attributes(found.get("attributes", {}), now)


def _versions(found: Document, _: Document, now: datetime) -> str:
    """Judge the newest of a secret's versions in a Key Vault."""
    attributes = [each.get("attributes", {}) for each in found.get("value", ())]
    if not attributes:
        return "it has no value"
    return _attributes(max(attributes, key=lambda each: each.get("created", 0)), now)


def _ends(end: datetime, now: datetime) -> str:
    if end <= now:
        return f"it expired at {end.isoformat()}"
    return f"it expires at {end.isoformat()}" if end < now + SOON else ""


_JUDGES: Mapping[str, Callable[[Document, Document, datetime], str]] = {
    "azurerm_key_vault_key": _key,
    "azurerm_key_vault_secret": _versions,
    "azurerm_storage_account": _versioned_account,
    "google_compute_network": _peered,
    "google_kms_crypto_key": _usable,
    "google_project_iam_member": _granted,
    "google_project_service": _enabled,
    "google_secret_manager_secret_version": _secret,
    "google_storage_bucket": _versioned_bucket,
}


def reads(release: Document, foundation: Document) -> Iterator[Read]:
    """Yield what to read: the things that ``foundation`` makes, and secrets stored by hand."""
    shared = _shared(foundation)
    made = foundation.get("resource", {})
    for kind in made.keys() & ADDRESSES.keys():
        for body in made[kind].values():
            resolved = _resolved(body, made)
            values = {**shared, **resolved}
            yield Read(_name(kind, resolved), ADDRESSES[kind].format_map(values), kind, resolved)
    asked = release.get("ephemeral", {})
    for kind in asked.keys() & SECRETS.keys():
        for body in asked[kind].values():
            values = {**shared, **body, "vault": body.get("key_vault_id", "").rpartition("/")[2]}
            # A secret that the release generates itself is named by an expression.
            if "${" not in _name(kind, body):
                for address in SECRETS[kind]:
                    yield Read(_name(kind, body), address.format_map(values), kind, body)


def _name(kind: str, body: Document) -> str:
    if kind == "google_project_iam_member":
        return f"{body['role']} of {body['member']}"
    return f"{kind} {next(body[key] for key in _IDENTITIES if key in body)}"


def _shared(foundation: Document) -> dict[str, str]:
    """Return the names that every address may need."""
    found: dict[str, str] = {}
    for provider in foundation.get("provider", {}).get("azurerm", ()):
        found["subscription_id"] = provider["subscription_id"]
    for body in foundation.get("resource", {}).get("azurerm_resource_group", {}).values():
        found["group"] = body["name"]
    return found


def _resolved(body: Document, made: Document) -> dict[str, Any]:
    """Return ``body`` with the names of the blocks that it refers to."""
    found = dict(body)
    for key, parts in (("key_vault_id", {"vault": "name"}), ("key_ring", _RING)):
        if reference := _REFERENCE.fullmatch(str(body.get(key, ""))):
            target = made[reference[1]][reference[2]]
            found |= {name: target[attribute] for name, attribute in parts.items()}
    if reference := _REFERENCE.fullmatch(str(body.get("member", ""))):
        account = made[reference[1]][reference[2]]
        address = f"{account['account_id']}@{account['project']}.iam.gserviceaccount.com"
        found["member"] = f"serviceAccount:{address}"
    return found


_RING = {"ring": "name", "location": "location", "project": "project"}
