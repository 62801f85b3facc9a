"""The reads of `promoter doctor` in a cloud, answered by a server on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from promoter.programs.cloud import CloudReader
from promoter.setup.doctor import CheckState
from promoter.setup.doctor.foundation import addresses, examine_account
from tests.programs.test_cloud import served
from tests.stacks.stack_tree import Tree, copy_tree

GCP, AZURE = "gcp-volcano-qa", "azure-volcano-staging"
PROJECT = "projects/volcano-qa"
GROUP = (
    "management.azure.com/subscriptions/00000000-0000-0000-0000-000000000000"
    "/resourcegroups/volcano-staging"
)
THERE = {
    GCP: {
        f"compute.googleapis.com/compute/v1/{PROJECT}/global/networks/volcano-qa",
        f"compute.googleapis.com/compute/v1/{PROJECT}/global/addresses/volcano-qa-databases",
        f"compute.googleapis.com/compute/v1/{PROJECT}/regions/us-east1/routers/volcano-qa",
        f"compute.googleapis.com/compute/v1/{PROJECT}/regions/us-east1/subnetworks/volcano-qa-nodes",
        f"dns.googleapis.com/dns/v1/{PROJECT}/managedZones/qa-lana-galoy-io",
        f"iam.googleapis.com/v1/{PROJECT}/locations/global/workloadIdentityPools/deployers",
        f"iam.googleapis.com/v1/{PROJECT}/serviceAccounts/"
        "volcano-qa-deployer@volcano-qa.iam.gserviceaccount.com",
        f"iam.googleapis.com/v1/{PROJECT}/serviceAccounts/"
        "volcano-qa-nodes@volcano-qa.iam.gserviceaccount.com",
        f"cloudkms.googleapis.com/v1/{PROJECT}/locations/us-east1/keyRings/volcano-qa",
        "storage.googleapis.com/storage/v1/b/volcano-qa-tf-state",
        f"secretmanager.googleapis.com/v1/{PROJECT}/secrets/{GCP}-honeycomb-api-key/versions/latest",
        f"secretmanager.googleapis.com/v1/{PROJECT}/secrets/{GCP}-oathkeeper-jwks/versions/latest",
        "api.honeycomb.io/1/datasets/lana-bank-qa",
    },
    AZURE: {
        GROUP,
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging",
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/volcano-staging-backup",
        f"{GROUP}/providers/Microsoft.Network/dnsZones/azure-staging.lana.galoy.io",
        f"{GROUP}/providers/Microsoft.Network/virtualNetworks/volcano-staging",
        f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/volcano-staging",
        f"{GROUP}/providers/Microsoft.Storage/storageAccounts/volcanostagingtfstate",
        *(
            f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{AZURE}-{name}"
            for name in ("backups", "databases", "deployer", "tf-state")
        ),
        f"volcano-staging.vault.azure.net/secrets/{AZURE}-honeycomb-api-key",
        f"volcano-staging.vault.azure.net/secrets/{AZURE}-oathkeeper-jwks",
        "api.honeycomb.io/1/datasets/lana-bank-azure-staging",
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


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_a_first_plan_needs_is_read(tree: Tree, name: str) -> None:
    found = {address for _, address in addresses(*stacks(tree, name))}
    parts = {f"{urlsplit(each).netloc}{urlsplit(each).path}" for each in found}
    assert parts == THERE[name]


@pytest.mark.parametrize("name", [GCP, AZURE])
def test_what_is_missing_is_named(tree: Tree, name: str) -> None:
    there = set(THERE[name])

    def cloud(path: str, headers: Any, _: str) -> tuple[int, Any]:
        if headers["Authorization"] != "Bearer mine":
            return 401, {}
        return (200, {}) if path.partition("?")[0].lstrip("/") in there else (404, {})

    with served(cloud) as base:
        reader = CloudReader(lambda _: {"Authorization": "Bearer mine"}, base)
        whole = examine_account("account", *stacks(tree, name), reader, "deploy it")
        assert whole.state is CheckState.OK, whole.detail
        assert whole.detail == f"{len(there)} things were read; all are there"
        there -= {each for each in there if each.endswith(("versions/latest", "jwks"))}
        partial = examine_account("account", *stacks(tree, name), reader, "deploy it")
        assert partial.state is CheckState.PROBLEM
        assert f"{name}-oathkeeper-jwks (HTTP 404)" in partial.detail
        assert "vault " not in partial.detail
        assert partial.remedy == "deploy it"
        stranger = CloudReader(lambda _: {"Authorization": ""}, base)
        refused = examine_account("account", *stacks(tree, name), stranger, "deploy it")
        assert refused.detail.count("(HTTP 401)") == len(THERE[name])
    nobody = CloudReader(lambda _: {}, base)
    assert "(no answer)" in examine_account("account", *stacks(tree, name), nobody, "").detail
