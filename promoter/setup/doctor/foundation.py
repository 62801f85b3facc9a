"""Checks of a cloud: providers with a lock, and whether what a first plan needs is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.concourse.deployments import EMBEDDED, FOUNDATION
from promoter.programs.cloud import CloudReader
from promoter.programs.provider_lock import lock_path
from promoter.setup.doctor.check import CheckResult, CheckState, Surroundings
from promoter.setup.doctor.machine import found_logins
from promoter.synthesis.app import App

Document = Mapping[str, Any]
"""A synthesized stack."""

_FOUND = 200
_IDENTITIES = ("secret", "account_id", "workload_identity_pool_id", "name")
_AZURE = "https://management.azure.com/subscriptions/{subscription_id}/resourcegroups/{group}"
_IAM = "https://iam.googleapis.com/v1/projects/{project}"
_COMPUTE = "https://compute.googleapis.com/compute/v1/projects/{project}"
_SECRETS = "https://secretmanager.googleapis.com/v1/projects/{project}/secrets"
_KEYS = "https://cloudkms.googleapis.com/v1/projects/{project}/locations/{location}/keyRings"
_POOLS = "locations/global/workloadIdentityPools/{workload_identity_pool_id}"


def _azure(kind: str, version: str) -> str:
    return f"{_AZURE}/providers/Microsoft.{kind}/{{name}}?api-version={version}"


ADDRESSES: Mapping[str, str] = {
    "azurerm_dns_zone": _azure("Network/dnsZones", "2018-05-01"),
    "azurerm_key_vault": _azure("KeyVault/vaults", "2023-07-01"),
    "azurerm_log_analytics_workspace": _azure("OperationalInsights/workspaces", "2023-09-01"),
    "azurerm_resource_group": f"{_AZURE}?api-version=2021-04-01",
    "azurerm_storage_account": _azure("Storage/storageAccounts", "2023-05-01"),
    "azurerm_user_assigned_identity": _azure(
        "ManagedIdentity/userAssignedIdentities", "2023-01-31"
    ),
    "azurerm_virtual_network": _azure("Network/virtualNetworks", "2024-05-01"),
    "google_compute_global_address": f"{_COMPUTE}/global/addresses/{{name}}",
    "google_compute_network": f"{_COMPUTE}/global/networks/{{name}}",
    "google_compute_router": f"{_COMPUTE}/regions/{{region}}/routers/{{name}}",
    "google_compute_subnetwork": f"{_COMPUTE}/regions/{{region}}/subnetworks/{{name}}",
    "google_dns_managed_zone": (
        "https://dns.googleapis.com/dns/v1/projects/{project}/managedZones/{name}"
    ),
    "google_iam_workload_identity_pool": f"{_IAM}/{_POOLS}",
    "google_kms_key_ring": f"{_KEYS}/{{name}}",
    "google_service_account": (
        f"{_IAM}/serviceAccounts/{{account_id}}@{{project}}.iam.gserviceaccount.com"
    ),
    "google_storage_bucket": "https://storage.googleapis.com/storage/v1/b/{name}",
    "honeycombio_dataset": "https://api.honeycomb.io/1/datasets/{name}",
}
"""Addresses at which the clouds' own APIs show what a foundation makes, by kind."""

VALUES: Mapping[str, str] = {
    "azurerm_key_vault_secret": ("https://{vault}.vault.azure.net/secrets/{name}?api-version=7.4"),
    "google_secret_manager_secret_version": f"{_SECRETS}/{{secret}}/versions/latest",
}
"""Addresses of the secrets that a release reads, by the kind of the block that reads one."""


def check_locks(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Name the platforms whose providers have no committed lock."""
    site = surroundings.site
    platforms = {each.platform for each in surroundings.environments} - {EMBEDDED}
    for platform in sorted(platforms):
        check, path = f"providers of {platform}", lock_path(platform)
        if site.git.tree(site.tip, path):
            yield CheckResult(check, CheckState.OK, f"{path} is committed; init reads it alone")
        else:
            detail = "no lock is committed: each init takes the newest version that fits"
            remedy = f"promoter providers lock {platform}, and commit {path}"
            yield CheckResult(check, CheckState.UNKNOWN, detail, remedy)


def check_foundations(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Read what the foundation of each environment makes, and the secrets that it needs."""
    chosen = [each for each in surroundings.environments if each.platform != EMBEDDED]
    names = {each.name for each in surroundings.selected()}
    for each in chosen:
        check, founded = f"account of {each.name}", f"{each.name}-{FOUNDATION}"
        if founded not in names:
            continue
        if not found_logins(each.platform):
            detail = f"not read: there are no credentials of {each.platform} here"
            yield CheckResult(check, CheckState.UNKNOWN, detail)
            continue
        documents = _synthesized(surroundings, each.name, founded)
        yield examine_account(check, *documents, CloudReader(), f"promoter deploy {founded}")


def examine_account(
    check: str, release: Document, foundation: Document, reader: CloudReader, remedy: str
) -> CheckResult:
    """Return one row: what ``foundation`` makes is there, and the secrets ``release`` reads.

    ``remedy`` is the command that makes what is missing.
    """
    wanted = {address: name for name, address in addresses(release, foundation)}
    statuses = reader.statuses(wanted)
    failed = [
        f"{wanted[address]} ({'no answer' if status == 0 else f'HTTP {status}'})"
        for address, status in statuses.items()
        if status != _FOUND
    ]
    if failed:
        return CheckResult(check, CheckState.PROBLEM, f"not there: {', '.join(failed)}", remedy)
    return CheckResult(check, CheckState.OK, f"{len(statuses)} things were read; all are there")


def addresses(release: Document, foundation: Document) -> Iterator[tuple[str, str]]:
    """Yield name and address of what ``foundation`` makes, and of secrets stored by hand."""
    shared = _names(foundation)
    made, read = foundation.get("resource", {}), release.get("ephemeral", {})
    for blocks, known in ((made, ADDRESSES), (read, VALUES)):
        for kind in blocks.keys() & known.keys():
            for body in blocks[kind].values():
                values = {**shared, **body}
                keys = (key for key in _IDENTITIES if key in body)
                identity = values[next(keys)]
                # A secret that the release generates itself is named by an expression.
                if "${" not in identity:
                    yield f"{kind} {identity}", known[kind].format_map(values)


def _names(foundation: Document) -> dict[str, str]:
    """Return the names that bodies refer to by expressions."""
    found: dict[str, str] = {}
    for provider in foundation.get("provider", {}).get("azurerm", ()):
        found["subscription_id"] = provider["subscription_id"]
    for kind, key in (("azurerm_resource_group", "group"), ("azurerm_key_vault", "vault")):
        for body in foundation.get("resource", {}).get(kind, {}).values():
            found[key] = body["name"]
    return found


def _synthesized(surroundings: Surroundings, *names: str) -> tuple[Document, Document]:
    """Return the stacks of a release and of its foundation, as this checkout has them."""
    app = App.of(surroundings.toolchain.root, surroundings.toolchain)
    with TemporaryDirectory(prefix="promoter-synthesis-") as folder:
        found = {each.name: each.document for each in app.synthesize(Path(folder), names)}
        return found[names[0]], found[names[1]]
