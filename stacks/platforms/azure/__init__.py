"""Environments on Azure: Flexible Server, Key Vault, and an AKS cluster.

The subscription and its cluster already exist; the foundation makes what else shared.yml names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from modules.azure_postgres.props import Server, Version
from stacks.platforms.settings import (
    Blueprint,
    CloudRelease,
    CloudShared,
    Database,
    Databases,
    Name,
)
from stacks.settings import Contradiction, Settings

if TYPE_CHECKING:
    from cdktn import App

AZURERM = "~> 5.2"
"""Version of Azure's provider, in every stack of this cloud."""

VaultName = Annotated[str, Field(pattern=r"^[a-zA-Z][-a-zA-Z0-9]{1,22}[a-zA-Z0-9]$")]
Guid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class AzureBackend(Settings):
    """The storage of the stack's state; Azure encrypts it, and a lease on the blob locks it."""

    resource_group: Name
    """Resource group of the storage account."""
    storage_account: Annotated[str, Field(pattern=r"^[a-z0-9]{3,24}$")]
    """Storage account of the state."""
    container: Name
    """Container of the state."""


class AdministratorSettings(Settings):
    """An Entra principal that administers the servers."""

    object_id: Guid
    """Object id of the principal."""
    name: Name
    """Name of the principal."""
    kind: Literal["Group", "User", "ServicePrincipal"] = "Group"
    """Type of the principal."""


class AzureShared(CloudShared):
    """shared.yml of an environment on Azure."""

    platform: Literal["azure"]
    """The platform, same as the parent folder."""
    subscription_id: Guid
    """Azure subscription."""
    tenant_id: Guid
    """Entra tenant."""
    location: Name
    """Azure region."""
    resource_group: Name
    """Resource group of the network, the vault and the workspace."""
    key_vault: VaultName
    """Key Vault of the secrets."""
    backup_key_vault: VaultName | None = None
    """Key Vault in the paired region, with the key of geo-redundant backups."""
    backup_location: Name | None = None
    """The paired region, where `backup_key_vault` is."""
    cluster: Name
    """AKS cluster, and its context in the kubeconfig: `az aks get-credentials` names it so."""
    log_workspace: Name
    """Log Analytics workspace for logs and metrics."""
    administrators: Annotated[tuple[AdministratorSettings, ...], Field(min_length=1)]
    """Entra administrators of the database servers."""
    state: AzureBackend

    @model_validator(mode="after")
    def _pair(self) -> AzureShared:
        if (self.backup_key_vault is None) != (self.backup_location is None):
            missing = "backup_location" if self.backup_key_vault else "backup_key_vault"
            given = "backup_key_vault" if self.backup_key_vault else "backup_location"
            raise Contradiction(given, f"{missing} is missing: a vault in the paired region")
        if self.backup_location == self.location:
            raise Contradiction("backup_location", "the servers' own region, not its pair")
        return self

    def resource_id(self, kind: str, name: str) -> str:
        """Return the id of a resource of this group: ``Microsoft.KeyVault/vaults`` and a name."""
        group = f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/{kind}/{name}"


class PostgresServer(Database):
    """One Flexible Server; defaults are those of ``modules.azure_postgres``."""

    sku: Annotated[str, Field(pattern=r"^(B|GP|MO)_Standard_[A-Za-z0-9_]+$")]
    """Machine type; a burstable one (`B_`) without high availability."""
    version: Version = "17"
    """Major version of PostgreSQL."""
    storage_mb: Literal[32768, 65536, 131072, 262144, 524288, 1048576] = 32768
    """Initial disk size in MB; it grows automatically."""
    configuration: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")], str] = Field(
        default_factory=dict
    )
    """Further server parameters."""
    zone: Literal["1", "2", "3"] = "1"
    """Availability zone of the primary."""
    standby_zone: Literal["1", "2", "3"] = "2"
    """Availability zone of the standby."""

    def props(self) -> Server:
        """Return the construct's properties; raises ``TierError``."""
        return Server(**self.arguments())


class AzurePostgresSettings(Databases[PostgresServer]):
    """The three servers, and their backups."""

    geo_redundant_backup: bool = True
    """Keeps backups in the paired region, too."""
    backup_before_release: bool = False
    """A release with another chart waits for a new backup of every server."""
    backup_days: Annotated[int, Field(ge=7, le=35)] = 14
    """Days of point-in-time recovery."""
    maintenance_day: Annotated[int, Field(ge=0, le=6)] = 0
    """Day of the maintenance, 0 (Sunday) to 6."""
    maintenance_hour: Annotated[int, Field(ge=0, le=23)] = 4
    """Hour of the maintenance, in UTC."""


class AzureSettings(CloudRelease[PostgresServer]):
    """lana-bank.yml of an environment on Azure."""

    postgres: AzurePostgresSettings

    def contradictions(self, shared: AzureShared) -> Iterator[tuple[str, str]]:
        """Yield backups that Azure cannot make, whose key does not survive the region, or none."""
        if self.postgres.geo_redundant_backup and not shared.backup_key_vault:
            reason = "set backup_key_vault and backup_location in shared.yml, for the backups' key"
            yield "postgres.geo_redundant_backup", reason
        if shared.stage == "production" and not self.postgres.backup_before_release:
            reason = "a release that migrates has no way back but a backup; set true"
            yield "postgres.backup_before_release", reason
        for name, server in self.postgres.by_name().items():
            if self.postgres.backup_before_release and server.sku.startswith("B_"):
                reason = "Azure makes backups of a burstable server only by itself; take GP_ or MO_"
                yield f"postgres.{name}.sku", reason


class AzureBlueprint(Blueprint[AzureShared, AzureSettings]):
    """A stack on Azure, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.azure.stack import AzureStack

        AzureStack(app, self)
