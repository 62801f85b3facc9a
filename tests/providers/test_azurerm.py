"""Stacks on Azure against the real azurerm provider: its schema, a plan and an apply.

Whatever a stack has of other providers is left out here, and named: neither honeycombio nor random
is in a current version where no provider registry is in reach.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.azure_postgres.construct import AzurePostgres
from modules.azure_postgres.props import Administrator, AzurePostgresProps, Encryption, Server
from modules.restore import Restore
from modules.terraform import provider
from stacks.platforms.azure import AZURERM
from tests.modules.synthesis import synthesize
from tests.providers.azurerm_stack import (
    Stack,
    Tofu,
    azurerm_part,
    kinds,
    resources,
    run_of,
    without_prevent_destroy,
)
from tests.stacks.stack_tree import REPOSITORY, Tree

pytestmark = pytest.mark.providers

AZURE = sorted(folder.parent.name for folder in (REPOSITORY / "stacks/azure").glob("*/shared.yml"))
OTHERS = {
    "helm_release",
    "honeycombio_burn_alert",
    "honeycombio_derived_column",
    "honeycombio_query",
    "honeycombio_slo",
    "honeycombio_trigger",
    "kubernetes_namespace_v1",
    "kubernetes_secret_v1",
    "random_bytes",
    "random_password",
}
DATABASES = ("server", "dagster", "keycloak")
ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers"


def azure_postgres(folder: Path) -> Stack:
    """The construct with everything that it can do: a standby, replicas, each kind of tier."""

    def build(stack: Any) -> None:
        provider(stack, "azurerm", AZURERM, {"features": {}})
        passwords = {f"{name}-admin": (f"${{var.{name}}}", 2) for name in DATABASES}
        props = AzurePostgresProps(
            name="azure-test",
            location="eastus2",
            resource_group="group",
            virtual_network="net",
            virtual_network_id=f"{ID}/Microsoft.Network/virtualNetworks/net",
            subnet_cidr="10.40.0.0/24",
            tenant_id="00000000-0000-0000-0000-000000000000",
            administrators=(
                Administrator(object_id="00000000-0000-0000-0000-000000000001", name="admins"),
            ),
            log_workspace_id=f"{ID}/Microsoft.OperationalInsights/workspaces/logs",
            servers={
                "server": Server(sku="GP_Standard_D2s_v3", high_availability=True, read_replicas=2),
                "dagster": Server(
                    sku="B_Standard_B2s",
                    instance_suffix="2",
                    restore_from=Restore(instance="azure-test-dagster", at="2026-11-26T10:00:00Z"),
                ),
                "keycloak": Server(sku="MO_Standard_E2s_v3", version="14", storage_mb=65536),
            },
            passwords=passwords,
            server_id=f"{ID}/Microsoft.DBforPostgreSQL/flexibleServers/",
            encryption=Encryption(
                key_id="https://vault.vault.azure.net/keys/databases",
                identity_id=f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/databases",
                backup_key_id="https://backup.vault.azure.net/keys/databases",
                backup_identity_id=f"{ID}/Microsoft.ManagedIdentity/userAssignedIdentities/backups",
            ),
            release="0a1b2c",
            long_term_vault_id=f"{ID}/Microsoft.DataProtection/backupVaults/books",
        )
        AzurePostgres(stack, "postgres", props)

    stack = synthesize(folder, build)
    stack["variable"] = {name: {"type": "string", "ephemeral": True} for name in DATABASES}
    return stack


@pytest.fixture(params=["azure_postgres", *AZURE, *(f"{name}-foundation" for name in AZURE)])
def stack(request: pytest.FixtureRequest, tree: Tree, tmp_path: Path) -> Stack:
    """The construct alone, and the azurerm part of each environment."""
    if request.param == "azure_postgres":
        return azure_postgres(tmp_path / "synthesis")
    return azurerm_part(tree.json(f"azure-{request.param}"))


@pytest.mark.parametrize("name", AZURE)
def test_only_other_providers_blocks_are_left_out(tree: Tree, name: str) -> None:
    whole = tree.json(f"azure-{name}")
    assert kinds(whole) - kinds(azurerm_part(whole)) == OTHERS
    assert len(list(resources(azurerm_part(whole)))) > 40


def test_the_provider_accepts_every_block(tofu: Tofu, stack: Stack) -> None:
    tofu.initialized(stack)
    done = json.loads(tofu.run("validate", "-json").stdout)
    assert done["diagnostics"] == []
    assert done["valid"] is True


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sku_nam": "GP_Standard_D2s_v3"}, "sku_nam"),
        ({"storage_mb": 33}, "storage_mb"),
        ({"version": "9"}, "version"),
        ({"zone": None, "location": None}, "location"),
    ],
)
def test_the_provider_rejects_an_invalid_block(
    tofu: Tofu, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """The check above can fail."""
    stack = azure_postgres(tmp_path / "synthesis")
    server = stack["resource"]["azurerm_postgresql_flexible_server"]["postgres_server_instance"]
    server.update(change)
    tofu.initialized(stack)
    done = json.loads(tofu.run("validate", "-json").stdout)
    assert done["valid"] is False
    assert any(said in each["summary"] + each["detail"] for each in done["diagnostics"])


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_whole_run_with_the_cloud_mocked(tofu: Tofu, stack: Stack, command: str) -> None:
    # What a test has made it destroys again, which prevent_destroy refuses.
    tofu.initialized(without_prevent_destroy(stack))
    (tofu.folder / "whole.tftest.json").write_text(run_of(command, stack))
    done = tofu.run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 0 failed" in done.stdout
