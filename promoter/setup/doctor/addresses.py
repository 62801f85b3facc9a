"""Addresses at which the clouds' own APIs show what a block makes."""

import re
from collections.abc import Mapping
from typing import Any

from promoter.setup.doctor.problems import NUMBER, Document

_IDENTITIES = (
    *("secret", "account_id", "role_id", "workload_identity_pool_provider_id"),
    *("workload_identity_pool_id", "service", "name"),
)
_AZURE = "https://management.azure.com/subscriptions/{subscription_id}/resourcegroups/{group}"
_IAM = "https://iam.googleapis.com/v1/projects/{project}"
_COMPUTE = "https://compute.googleapis.com/compute/v1/projects/{project}"
VERSIONS = "/versions?api-version=7.4"
"""The end of the address of a secret in a Key Vault: its list of versions, without values."""

_SECRETS = "https://secretmanager.googleapis.com/v1/projects/{project}/secrets/{secret}"
_RINGS = "https://cloudkms.googleapis.com/v1/projects/{project}/locations/{location}/keyRings"
_POOLS = "locations/global/workloadIdentityPools/{workload_identity_pool_id}"
_GRANTS = "https://cloudresourcemanager.googleapis.com/v1/projects/{project}:getIamPolicy"
# Grants with a condition are in version 3 only.
_POLICY = ":getIamPolicy?options.requestedPolicyVersion=3"
_REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\.\w+\}")


def _azure(kind: str, version: str) -> str:
    return f"{_AZURE}/providers/Microsoft.{kind}?api-version={version}"


ADDRESSES: Mapping[str, str] = {
    "azurerm_container_registry": _azure("ContainerRegistry/registries/{name}", "2023-07-01"),
    "azurerm_container_registry_cache_rule": _azure(
        "ContainerRegistry/registries/{registry}/cacheRules/{name}", "2023-07-01"
    ),
    "azurerm_container_registry_credential_set": _azure(
        "ContainerRegistry/registries/{registry}/credentialSets/{name}", "2023-07-01"
    ),
    "azurerm_data_protection_backup_vault": _azure(
        "DataProtection/backupVaults/{name}", "2024-04-01"
    ),
    "azurerm_dns_zone": _azure("Network/dnsZones/{name}", "2018-05-01"),
    "azurerm_federated_identity_credential": _azure(
        "ManagedIdentity/userAssignedIdentities/{identity}/federatedIdentityCredentials/{name}",
        "2023-01-31",
    ),
    "azurerm_key_vault": _azure("KeyVault/vaults/{name}", "2023-07-01"),
    "azurerm_key_vault_key": "https://{vault}.vault.azure.net/keys/{name}?api-version=7.4",
    "azurerm_log_analytics_workspace": _azure(
        "OperationalInsights/workspaces/{name}", "2023-09-01"
    ),
    "azurerm_resource_group": f"{_AZURE}?api-version=2021-04-01",
    "azurerm_storage_account": _azure(
        "Storage/storageAccounts/{name}/blobServices/default", "2023-05-01"
    ),
    "azurerm_storage_container": _azure(
        "Storage/storageAccounts/{account}/blobServices/default/containers/{name}", "2023-05-01"
    ),
    "azurerm_user_assigned_identity": _azure(
        "ManagedIdentity/userAssignedIdentities/{name}", "2023-01-31"
    ),
    "azurerm_virtual_network": _azure("Network/virtualNetworks/{name}", "2024-05-01"),
    "google_artifact_registry_repository_iam_member": (
        "https://artifactregistry.googleapis.com/v1/projects/{project}/locations/{location}"
        f"/repositories/{{repository}}{_POLICY}"
    ),
    "google_cloud_scheduler_job": (
        "https://cloudscheduler.googleapis.com/v1/projects/{project}/locations/{region}/jobs/{name}"
    ),
    "google_compute_global_address": f"{_COMPUTE}/global/addresses/{{name}}",
    "google_compute_network": f"{_COMPUTE}/global/networks/{{name}}",
    "google_compute_router": f"{_COMPUTE}/regions/{{region}}/routers/{{name}}",
    "google_compute_subnetwork": f"{_COMPUTE}/regions/{{region}}/subnetworks/{{name}}",
    "google_dns_managed_zone": (
        "https://dns.googleapis.com/dns/v1/projects/{project}/managedZones/{name}"
    ),
    "google_iam_workload_identity_pool": f"{_IAM}/{_POOLS}",
    "google_iam_workload_identity_pool_provider": (
        f"{_IAM}/{_POOLS}/providers/{{workload_identity_pool_provider_id}}"
    ),
    "google_kms_crypto_key": f"{_RINGS}/{{ring}}/cryptoKeys/{{name}}",
    "google_kms_crypto_key_iam_member": f"{_RINGS}/{{ring}}/cryptoKeys/{{key}}{_POLICY}",
    "google_kms_key_ring": f"{_RINGS}/{{name}}",
    "google_project_iam_audit_config": _GRANTS,
    "google_project_iam_custom_role": f"{_IAM}/roles/{{role_id}}",
    "google_project_iam_member": _GRANTS,
    "google_project_service": (
        "https://serviceusage.googleapis.com/v1/projects/{project}/services/{service}"
    ),
    "google_service_account": (
        f"{_IAM}/serviceAccounts/{{account_id}}@{{project}}.iam.gserviceaccount.com"
    ),
    "google_service_account_iam_member": (
        f"{_IAM}/serviceAccounts/{{account_id}}@{{project}}.iam.gserviceaccount.com{_POLICY}"
    ),
    "google_storage_bucket": "https://storage.googleapis.com/storage/v1/b/{name}",
    "google_storage_bucket_iam_member": (
        "https://storage.googleapis.com/storage/v1/b/{bucket}/iam?optionsRequestedPolicyVersion=3"
    ),
    "google_workflows_workflow": (
        "https://workflows.googleapis.com/v1/projects/{project}/locations/{region}/workflows/{name}"
    ),
    "honeycombio_column": "https://api.honeycomb.io/1/columns/{dataset}?key_name={name}",
    "honeycombio_dataset": "https://api.honeycomb.io/1/datasets/{name}",
}
"""Addresses at which the clouds' own APIs show what a foundation makes, by kind."""

SECRETS: Mapping[str, tuple[str, ...]] = {
    # The list of its versions: reading the secret itself would return its value.
    "azurerm_key_vault_secret": (f"https://{{vault}}.vault.azure.net/secrets/{{name}}{VERSIONS}",),
    "google_secret_manager_secret_version": (f"{_SECRETS}/versions/latest", _SECRETS),
}
"""Addresses of the secrets that a release reads, by the kind of the block that reads one."""


def address_of(foundation: Document, kind: str, name: str) -> str:
    """Return the address of what the block ``name`` of ``foundation`` makes."""
    made = foundation["resource"]
    body = resolved(made[kind][name], made)
    return ADDRESSES[kind].format_map({**_shared(foundation), **body})


def name_of(kind: str, body: Document) -> str:
    """Return the name of what a `resolved` block makes, for messages."""
    if kind.endswith("_iam_member"):
        place = next((body[key] for key in _PLACES if key in body), "")
        return f"{body['role']} of {body['member']}{f' on {place}' if place else ''}"
    return f"{kind} {next(body[key] for key in _IDENTITIES if key in body)}"


def _shared(foundation: Document) -> dict[str, str]:
    """Return the names that every address may need."""
    found: dict[str, str] = {}
    for provider in foundation.get("provider", {}).get("azurerm", ()):
        found["subscription_id"] = provider["subscription_id"]
    for body in foundation.get("resource", {}).get("azurerm_resource_group", {}).values():
        found["group"] = body["name"]
    return found


def resolved(body: Document, made: Document) -> dict[str, Any]:
    """Return ``body`` with the names of the blocks that it refers to."""
    found = dict(body)
    for key, parts in _PARENTS.items():
        if reference := _REFERENCE.fullmatch(str(body.get(key, ""))):
            target = resolved(made[reference[1]][reference[2]], made)
            found |= {name: target[attribute] for name, attribute in parts.items()}
    if "member" in body:
        found["member"] = _member(str(body["member"]), made)
    if reference := _REFERENCE.fullmatch(str(body.get("role", ""))):
        role = made[reference[1]][reference[2]]
        found["role"] = f"projects/{role['project']}/roles/{role['role_id']}"
    return found


def _member(member: str, made: Document) -> str:
    """Return who is granted a role, with `NUMBER` where the number of the project is."""
    reference = _REFERENCE.fullmatch(member)
    if reference and reference[1] == "google_service_account":
        account = made[reference[1]][reference[2]]
        return f"serviceAccount:{account['account_id']}@{account['project']}{_ACCOUNTS}"
    for agent, address in _AGENTS.items():
        if member.startswith(f"${{data.{agent}."):
            return f"serviceAccount:{address}{_ACCOUNTS}"
    for pool, body in made.get("google_iam_workload_identity_pool", {}).items():
        name = f"projects/{NUMBER}/{_POOLS.format_map(body)}"
        member = member.replace(f"${{google_iam_workload_identity_pool.{pool}.name}}", name)
    return _PROJECT.sub(NUMBER, member)


_ACCOUNTS = ".iam.gserviceaccount.com"
_AGENTS = {
    "google_bigquery_default_service_account": f"bq-{NUMBER}@bigquery-encryption",
    "google_storage_project_service_account": f"service-{NUMBER}@gs-project-accounts",
}
"""Addresses of service agents, by the data source that names one."""
_PROJECT = re.compile(r"\$\{data\.google_project\.\w+\.number\}")
_PLACES = ("key", "repository", "bucket", "account_id")
_PARENTS = {
    "bucket": {"bucket": "name"},
    "container_registry_id": {"registry": "name"},
    "crypto_key_id": {"key": "name", "ring": "ring", "location": "location", "project": "project"},
    "dataset": {"dataset": "name"},
    "key_ring": {"ring": "name", "location": "location", "project": "project"},
    "key_vault_id": {"vault": "name"},
    "service_account_id": {"account_id": "account_id", "project": "project"},
    "storage_account_id": {"account": "name"},
    "user_assigned_identity_id": {"identity": "name"},
    "workload_identity_pool_id": {"workload_identity_pool_id": "workload_identity_pool_id"},
}
"""What an address needs of the block that another one is in, by the attribute that refers to it."""
