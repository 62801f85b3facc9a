"""The reads of `promoter doctor` in a cloud, answered by a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from modules.gcp_foundation.props import DEPLOYER_ROLES, NODE_ROLE, SERVICES
from promoter.programs.cloud import CloudReader
from promoter.setup.doctor import CheckState
from promoter.setup.doctor.account import reads
from promoter.setup.doctor.foundation import examine_account
from tests.programs.test_cloud import served
from tests.stacks.stack_tree import Tree, copy_tree

GCP, AZURE = "gcp-volcano-qa", "azure-volcano-staging"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PROJECT = "projects/volcano-qa"
IAM = f"iam.googleapis.com/v1/{PROJECT}"
MAIL = "volcano-qa.iam.gserviceaccount.com"
COMPUTE = f"compute.googleapis.com/compute/v1/{PROJECT}"
NETWORK = f"{COMPUTE}/global/networks/volcano-qa"
GRANTS = f"cloudresourcemanager.googleapis.com/v1/{PROJECT}:getIamPolicy"
RING = f"cloudkms.googleapis.com/v1/{PROJECT}/locations/us-east1/keyRings/volcano-qa"
BUCKET = "storage.googleapis.com/storage/v1/b/volcano-qa-tf-state"
SECRETS = f"secretmanager.googleapis.com/v1/{PROJECT}/secrets/{GCP}"
JWKS = f"{SECRETS}-oathkeeper-jwks"
APIS = f"serviceusage.googleapis.com/v1/{PROJECT}/services"
SQL = f"{APIS}/sqladmin.googleapis.com"
GROUP = (
    "management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000"
    "/resourcegroups/volcano-staging"
)
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
BLOBS = f"{STORAGE}/volcanostagingtfstate/blobServices/default"
VAULT = "volcano-staging.vault.azure.net"
ENABLED = {"state": "ENABLED"}
USABLE = {"attributes": {"enabled": True, "created": 1}}
DEPLOYER = f"serviceAccount:volcano-qa-deployer@{MAIL}"
NODES = f"serviceAccount:volcano-qa-nodes@{MAIL}"
ROLES = {
    **dict.fromkeys((*DEPLOYER_ROLES, "roles/resourcemanager.projectIamAdmin"), DEPLOYER),
    NODE_ROLE: NODES,
}
THERE: dict[str, dict[str, Any]] = {
    GCP: {
        NETWORK: {"peerings": [{"name": "servicenetworking-googleapis-com", "state": "ACTIVE"}]},
        f"{COMPUTE}/global/addresses/volcano-qa-databases": {},
        f"{COMPUTE}/regions/us-east1/routers/volcano-qa": {},
        f"{COMPUTE}/regions/us-east1/subnetworks/volcano-qa-nodes": {},
        f"dns.googleapis.com/dns/v1/{PROJECT}/managedZones/qa-lana-galoy-io": {},
        f"{IAM}/locations/global/workloadIdentityPools/deployers": {},
        f"{IAM}/serviceAccounts/volcano-qa-deployer@{MAIL}": {},
        f"{IAM}/serviceAccounts/volcano-qa-nodes@{MAIL}": {},
        GRANTS: {
            "bindings": [{"role": role, "members": [member]} for role, member in ROLES.items()]
        },
        RING: {},
        f"{RING}/cryptoKeys/data": {"primary": ENABLED},
        f"{RING}/cryptoKeys/tf-state": {"primary": ENABLED},
        BUCKET: {"versioning": {"enabled": True}},
        **{f"{APIS}/{each}": ENABLED for each in SERVICES},
        **{f"{SECRETS}-{name}": {} for name in ("honeycomb-api-key", "oathkeeper-jwks")},
        **{
            f"{SECRETS}-{name}/versions/latest": ENABLED
            for name in ("honeycomb-api-key", "oathkeeper-jwks")
        },
        "api.honeycomb.io/1/datasets/lana-bank-qa": {},
    },
    AZURE: {
        GROUP: {},
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging": {},
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging-backup": {},
        f"{GROUP}/providers/Microsoft.Network/dnsZones/azure-staging.lana.galoy.io": {},
        f"{GROUP}/providers/Microsoft.Network/virtualNetworks/volcano-staging": {},
        f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/volcano-staging": {},
        BLOBS: {"properties": {"isVersioningEnabled": True}},
        **{
            f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{AZURE}-{name}": {}
            for name in ("backups", "databases", "deployer", "tf-state")
        },
        f"{VAULT}/keys/databases": USABLE,
        f"{VAULT}/keys/tf-state": USABLE,
        "volcano-staging-backup.vault.azure.net/keys/databases": USABLE,
        f"{VAULT}/secrets/{AZURE}-honeycomb-api-key/versions": {"value": [USABLE]},
        f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions": {"value": [USABLE]},
        "api.honeycomb.io/1/datasets/lana-bank-azure-staging": {},
    },
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = copy_tree(tmp_path_factory.mktemp("accounts") / "tree")
    tree.synthesize(GCP, f"{GCP}-foundation", AZURE, f"{AZURE}-foundation")
    return tree


def stacks(tree: Tree, name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the documents of an environment's release and of its foundation."""
    return tree.json(name), tree.json(f"{name}-foundation")


@contextmanager
def cloud(documents: Mapping[str, Any], signed: str = "Bearer mine") -> Iterator[CloudReader]:
    """Serve ``documents`` by address to whoever signs in, and return a reader that does so."""

    def answer(path: str, headers: Any, body: str) -> tuple[int, Any]:
        if headers["Authorization"] != "Bearer mine":
            return 401, {}
        place = path.partition("?")[0].lstrip("/")
        # Resource Manager's policies are read by POST, with the version of grants with conditions.
        if place.endswith(":getIamPolicy") and '"requestedPolicyVersion":3' not in body:
            return 400, {}
        return (200, documents[place]) if place in documents else (404, {})

    with served(answer) as base:
        yield CloudReader(lambda _: {"Authorization": signed}, base)


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_a_first_plan_needs_is_read(tree: Tree, name: str) -> None:
    found = {each.address for each in reads(*stacks(tree, name))}
    parts = {f"{urlsplit(each).netloc}{urlsplit(each).path}" for each in found}
    assert parts == THERE[name].keys()


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_is_missing_is_named(tree: Tree, name: str) -> None:
    there = THERE[name]
    with cloud(there) as reader:
        whole = examine_account("account", *stacks(tree, name), reader, "deploy it", NOW)
    assert whole.state is CheckState.OK, whole.detail
    partial = {key: value for key, value in there.items() if "oathkeeper-jwks" not in key}
    with cloud(partial) as reader:
        missing = examine_account("account", *stacks(tree, name), reader, "deploy it", NOW)
    assert missing.state is CheckState.PROBLEM
    assert f"{name}-oathkeeper-jwks (HTTP 404)" in missing.detail
    assert "HTTP 404" in missing.detail.partition("oathkeeper-jwks")[2]
    assert missing.remedy == "deploy it"
    with cloud(there, "") as stranger:
        refused = examine_account("account", *stacks(tree, name), stranger, "deploy it", NOW)
    assert refused.detail.count("(HTTP 401)") == len(list(reads(*stacks(tree, name))))
    nobody = CloudReader(lambda _: {}, stranger.base)
    assert "(no answer)" in examine_account("account", *stacks(tree, name), nobody, "").detail


def timestamp(days: float) -> float:
    return (NOW + timedelta(days=days)).timestamp()


def vault_secret(**attributes: Any) -> dict[str, Any]:
    old = {"attributes": {"enabled": True, "created": 0, "exp": 0}}
    return {"value": [{"attributes": {"enabled": True, "created": 2, **attributes}}, old]}


@pytest.mark.parametrize(
    ("name", "address", "document", "problem"),
    [
        (GCP, SQL, {"state": "DISABLED"}, "sqladmin.googleapis.com: it is not enabled"),
        (GCP, NETWORK, {"peerings": []}, "it is not peered with the databases' network"),
        (GCP, BUCKET, {}, "volcano-qa-tf-state: it keeps no versions"),
        (GCP, GRANTS, {}, f"roles/cloudsql.admin of {DEPLOYER}: it is not granted"),
        (GCP, f"{RING}/cryptoKeys/data", {"primary": {"state": "DISABLED"}}, "data: it is not"),
        (GCP, f"{JWKS}/versions/latest", {"state": "DESTROYED"}, "latest version is not enabled"),
        (GCP, JWKS, {"expireTime": "2026-12-20T00:00:00Z"}, "it expires at 2026-12-20T00:00:00"),
        (GCP, JWKS, {"expireTime": "2026-11-20T00:00:00Z"}, "it expired at 2026-11-20T00:00:00"),
        (AZURE, BLOBS, {"properties": {}}, "volcanostagingtfstate: it keeps no versions"),
        (AZURE, f"{VAULT}/keys/tf-state", {"attributes": {}}, "tf-state: it is not enabled"),
        (
            AZURE,
            f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions",
            vault_secret(exp=timestamp(20)),
            "oathkeeper-jwks: it expires at 2026-12-16T12:00:00",
        ),
        (
            AZURE,
            f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions",
            {"value": []},
            "oathkeeper-jwks: it has no value",
        ),
    ],
)
def test_what_is_wrong_or_ends_soon_is_named(
    tree: Tree, name: str, address: str, document: Any, problem: str
) -> None:
    assert address in THERE[name]
    with cloud({**THERE[name], address: document}) as reader:
        found = examine_account("account", *stacks(tree, name), reader, "deploy it", NOW)
    assert found.state is CheckState.PROBLEM
    assert problem in found.detail


def test_a_secret_that_lasts_is_no_problem(tree: Tree) -> None:
    address = f"{VAULT}/secrets/{AZURE}-oathkeeper-jwks/versions"
    with cloud({**THERE[AZURE], address: vault_secret(exp=timestamp(31))}) as reader:
        found = examine_account("account", *stacks(tree, AZURE), reader, "deploy it", NOW)
    assert found.state is CheckState.OK, found.detail
