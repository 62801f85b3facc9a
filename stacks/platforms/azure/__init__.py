"""Environments on Azure: Flexible Server, Key Vault, and an AKS cluster.

The resource group, its network, vault and cluster are there already; shared.yml says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from modules.azure_postgres.props import Administrator, Server, Version
from stacks.environments import EnvironmentFiles
from stacks.fields import Cidr
from stacks.platforms.common import (
    CloudNetwork,
    CloudRelease,
    Database,
    Databases,
    SharedSettings,
    read_both,
)
from stacks.settings import Settings

if TYPE_CHECKING:
    from cdktn import App

Guid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class AzureNetwork(CloudNetwork):
    """The virtual network. ``database_cidr`` is delegated to the servers."""

    database_cidr: Cidr
    """Range of the subnet that is delegated to the database servers."""


class AzureBackend(Settings):
    """Where the stack's state is; Azure encrypts it, and a lease on the blob locks it."""

    resource_group: str
    """Resource group of the storage account."""
    storage_account: Annotated[str, Field(pattern=r"^[a-z0-9]{3,24}$")]
    """Storage account of the state."""
    container: str
    """Container of the state."""


class AdministratorSettings(Settings):
    """An Entra group or person that administers the servers."""

    object_id: Guid
    """Its id in Entra."""
    name: str
    """Its name in Entra."""
    kind: Literal["Group", "User", "ServicePrincipal"] = "Group"
    """What it is."""


class AzureShared(SharedSettings):
    """shared.yml of an environment on Azure."""

    platform: Literal["azure"]
    """The platform, as the folder says."""
    subscription_id: Guid
    """Azure subscription."""
    tenant_id: Guid
    """Entra tenant."""
    location: str
    """Azure region."""
    resource_group: str
    """Resource group of the network, the vault and the workspace."""
    network: AzureNetwork
    key_vault: Annotated[str, Field(pattern=r"^[a-zA-Z][-a-zA-Z0-9]{1,22}[a-zA-Z0-9]$")]
    """Key Vault that the secrets live in."""
    log_workspace: str
    """Log Analytics workspace that logs and metrics go to."""
    administrators: Annotated[tuple[AdministratorSettings, ...], Field(min_length=1)]
    """Who administers the database servers, by Entra."""
    state: AzureBackend

    def resource_id(self, kind: str, name: str) -> str:
        """Give the id of a resource of this group: ``Microsoft.KeyVault/vaults`` and its name."""
        group = f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/{kind}/{name}"


class PostgresServer(Database):
    """One Flexible Server; defaults are those of ``modules.azure_postgres``."""

    sku: Annotated[str, Field(pattern=r"^(B|GP|MO)_Standard_[A-Za-z0-9_]+$")]
    """Machine type; a burstable one (`B_`) without high availability."""
    version: Version = "17"
    """PostgreSQL's major version."""
    storage_mb: Literal[32768, 65536, 131072, 262144, 524288, 1048576] = 32768
    """Where the disk starts, in MB; it grows by itself."""

    def made(self) -> Server:
        """Give what the construct takes; raises ``TierError``."""
        return Server(**self.model_dump())


class AzurePostgresSettings(Databases[PostgresServer]):
    """The three servers, and how they are backed up."""

    geo_redundant_backup: bool = True
    """Whether backups are in the paired region, too."""


class AzureSettings(CloudRelease[PostgresServer]):
    """lana-bank.yml of an environment on Azure."""

    postgres: AzurePostgresSettings


@dataclass(frozen=True)
class AzureBlueprint:
    """A stack on Azure, ready to be built."""

    source: EnvironmentFiles
    shared: AzureShared
    lana_bank: AzureSettings

    def administrators(self) -> tuple[Administrator, ...]:
        """Give what the construct takes."""
        return tuple(Administrator(**found.model_dump()) for found in self.shared.administrators)

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.azure.stack import AzureStack

        AzureStack(app, self)


def read(source: EnvironmentFiles) -> AzureBlueprint:
    """Give the blueprint of a stack on Azure; raises ``InvalidSettings``."""
    return AzureBlueprint(source, *read_both(source, AzureShared, AzureSettings))
