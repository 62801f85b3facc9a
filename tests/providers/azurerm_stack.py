"""The azurerm part of an Azure stack, and OpenTofu in its folder."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.environment import allowed_names, child_environment
from promoter.synthesis.app import SynthesizedStack

Stack = dict[str, Any]
BLOCKS = ("resource", "data", "ephemeral")
# Random values are another provider's; what comes from it is handed over as a variable.
_RANDOM = re.compile(r"\bephemeral\.random_(\w+)\.(\w+)\.(hex|result)\b")


def kinds(stack: Mapping[str, Any]) -> set[str]:
    """The types of all blocks of a stack."""
    return {kind for block in BLOCKS for kind in stack.get(block, {})}


def azurerm_part(stack: Mapping[str, Any]) -> Stack:
    """Every azurerm block of a stack with its configuration, in a stack of their own."""
    kept: Stack = {
        block: {kind: named for kind, named in found.items() if kind.startswith("azurerm_")}
        for block in BLOCKS
        if (found := stack.get(block))
    }
    required = stack["terraform"]["required_providers"]["azurerm"]
    kept["terraform"] = {"required_providers": {"azurerm": required}}
    kept["provider"] = {"azurerm": stack["provider"]["azurerm"]}
    text = json.dumps(kept)
    variables = {f"random_{found[2]}" for found in _RANDOM.finditer(text)}
    alone: Stack = json.loads(_RANDOM.sub(r"var.random_\2", text))
    given = {name: {"type": "string", "ephemeral": True} for name in sorted(variables)}
    return {**alone, "variable": given} if given else alone


def resources(stack: Mapping[str, Any]) -> Iterator[tuple[str, str, Stack]]:
    """Type, name and body of every resource."""
    for kind, named in stack["resource"].items():
        for name, body in named.items():
            yield kind, name, body


def without_prevent_destroy(stack: Mapping[str, Any]) -> Stack:
    """The stack as a test run may clear it away again."""
    copy: Stack = json.loads(json.dumps(stack))
    for _, _, body in resources(copy):
        body.get("lifecycle", {}).pop("prevent_destroy", None)
    return copy


_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers"
_NETWORK = f"{_GROUP}/Microsoft.Network"
IDS = {
    "azurerm_application_insights": f"{_GROUP}/Microsoft.Insights/components/reach",
    "azurerm_application_insights_standard_web_test": (
        f"{_GROUP}/Microsoft.Insights/webTests/test"
    ),
    "azurerm_container_registry": f"{_GROUP}/Microsoft.ContainerRegistry/registries/registry",
    "azurerm_container_registry_credential_set": (
        f"{_GROUP}/Microsoft.ContainerRegistry/registries/registry/credentialSets/upstream"
    ),
    "azurerm_data_protection_backup_vault": f"{_GROUP}/Microsoft.DataProtection/backupVaults/books",
    "azurerm_monitor_action_group": f"{_GROUP}/Microsoft.Insights/actionGroups/alerts",
    "azurerm_key_vault": f"{_GROUP}/Microsoft.KeyVault/vaults/vault",
    "azurerm_log_analytics_workspace": f"{_GROUP}/Microsoft.OperationalInsights/workspaces/logs",
    "azurerm_postgresql_flexible_server": (
        f"{_GROUP}/Microsoft.DBforPostgreSQL/flexibleServers/server"
    ),
    "azurerm_private_dns_zone": f"{_NETWORK}/privateDnsZones/a.postgres.database.azure.com",
    "azurerm_resource_group": _GROUP.removesuffix("/providers"),
    "azurerm_storage_account": f"{_GROUP}/Microsoft.Storage/storageAccounts/account",
    "azurerm_storage_container": (
        f"{_GROUP}/Microsoft.Storage/storageAccounts/account/blobServices/default/containers/states"
    ),
    "azurerm_subnet": f"{_NETWORK}/virtualNetworks/network/subnets/postgres",
    "azurerm_user_assigned_identity": (
        f"{_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/identity"
    ),
}
"""Ids in Azure's format, which the provider requires in references."""
_ZEROS = "00000000-0000-0000-0000-000000000000"
_KEY = "https://vault.vault.azure.net/keys/key"
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "azurerm_key_vault_key": {
        "id": f"{_KEY}/{'0' * 32}",
        "versionless_id": _KEY,
        "resource_versionless_id": f"{_GROUP}/Microsoft.KeyVault/vaults/vault/keys/key",
    },
    "azurerm_role_definition": {
        "role_definition_resource_id": (
            f"/subscriptions/{_ZEROS}/providers/Microsoft.Authorization/roleDefinitions/{_ZEROS}"
        )
    },
    "azurerm_user_assigned_identity": {"principal_id": _ZEROS},
}
"""Further attributes that the provider checks in references."""
DELEGATED = 'azurerm_subnet.postgres_subnet.delegation[0].name == "postgres"'


def run_of(command: str, stack: Mapping[str, Any]) -> str:
    """A file of ``tofu test`` that plans or applies the stack with azurerm mocked."""
    own = "azurerm_postgresql_flexible_server" in stack["resource"]
    delegated = {"condition": f"${{{DELEGATED}}}", "error_message": "delegated to nobody"}
    mocked = {kind: {"defaults": {"id": given}} for kind, given in IDS.items()}
    for kind, given in ATTRIBUTES.items():
        mocked.setdefault(kind, {"defaults": {}})["defaults"] |= given
    return json.dumps(
        {
            "mock_provider": {"azurerm": {"mock_resource": mocked}},
            "variables": {name: f"{name}-0123456789" for name in stack.get("variable", ())},
            "run": {command: {"command": command, "assert": [delegated] if own else []}},
        }
    )


OF_TESTS = re.compile(
    r"TF_(CLI_CONFIG_FILE|PLUGIN_CACHE_\w+|IN_AUTOMATION|INPUT)|TERRAFORM_BINARY_NAME"
    r"|CHECKPOINT_DISABLE|GOOGLE_\w+_CUSTOM_ENDPOINT|ARM_METADATA_HOSTNAME|ARM_USE_CLI"
)
"""Variables by which OpenTofu finds providers here, and a provider the fake of its cloud."""


@dataclass(frozen=True)
class Tofu:
    """OpenTofu in a folder with one stack, its providers from a mirror."""

    program: Path
    folder: Path
    environment: Mapping[str, str]

    def undeclared(self) -> set[str]:
        """Return the variables that no deploy of this stack passes on and no fake needs."""
        declared = allowed_names(self.environment, *SynthesizedStack(self.folder).credentials())
        return {name for name in self.environment if not OF_TESTS.fullmatch(name)} - declared

    def write(self, stack: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "cdk.tf.json").write_text(json.dumps(stack, indent=1))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        undeclared = sorted(self.undeclared())
        assert not undeclared, f"a deploy would not pass on {', '.join(undeclared)}"
        return subprocess.run(
            [str(self.program), *arguments, "-no-color"],
            cwd=self.folder,
            env={**child_environment(), **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def init(self) -> subprocess.CompletedProcess[str]:
        return self.run("init", "-backend=false", "-input=false")

    def initialized(self, stack: Mapping[str, Any]) -> None:
        self.write(stack)
        done = self.init()
        assert done.returncode == 0, done.stderr
