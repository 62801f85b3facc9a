"""Environments on Azure: Flexible Server, Key Vault, and an AKS cluster.

The subscription and its cluster already exist; the foundation makes what else shared.yml names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from modules.azure_postgres.props import Server, Version
from stacks.platforms.ingress import ObjectName
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


class LongTermBackupSettings(Settings):
    """Weekly copies of the databases, which nobody can delete in production."""

    vault: Annotated[str, Field(pattern=r"^[a-zA-Z][-a-zA-Z0-9]{0,48}[a-zA-Z0-9]$")]
    """Backup vault, which the foundation makes."""
    years: Annotated[int, Field(ge=1, le=10)] = 7
    """Years that each copy is kept; a longer time counts for copies that exist, too."""


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
    long_term_backups: LongTermBackupSettings | None = None
    """Weekly copies of the databases for years, beside the backups of the servers themselves."""
    registry: Annotated[str, Field(pattern=r"^[a-z0-9]{5,50}$")] | None = None
    """Container Registry that keeps the chart's images, which the foundation makes; default: nodes
    pull from the images' own registries."""
    cluster: Name
    """AKS cluster, and its context in the kubeconfig: `az aks get-credentials` names it so."""
    log_workspace: Name
    """Log Analytics workspace for logs and metrics."""
    administrators: Annotated[tuple[AdministratorSettings, ...], Field(min_length=1)]
    """Entra administrators of the database servers."""
    state: AzureBackend

    @model_validator(mode="after")
    def _pair(self) -> AzureShared:
        if self.stage == "production" and not self.long_term_backups:
            reason = "a production has copies that nobody can delete; set it"
            raise Contradiction("long_term_backups", reason)
        if (self.backup_key_vault is None) != (self.backup_location is None):
            missing = "backup_location" if self.backup_key_vault else "backup_key_vault"
            given = "backup_key_vault" if self.backup_key_vault else "backup_location"
            raise Contradiction(given, f"{missing} is missing: a vault in the paired region")
        if self.backup_location == self.location:
            raise Contradiction("backup_location", "the servers' own region, not its pair")
        return self

    @property
    def long_term_vault_id(self) -> str | None:
        """The id of the vault of weekly copies."""
        backups = self.long_term_backups
        kind = "Microsoft.DataProtection/backupVaults"
        return self.resource_id(kind, backups.vault) if backups else None

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
    documents_class: ObjectName | None = None
    """StorageClass of the volume of the server's documents, like `azurefile-csi`; every pod writes
    to it, and without it documents are lost with the pod."""
    documents_size: Annotated[str, Field(pattern=r"^[1-9][0-9]*[GT]i$")] = "100Gi"
    """Size of that volume."""

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
