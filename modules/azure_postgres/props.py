"""Properties of the servers; imports no CDK Terrain."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from modules.errors import TierError
from modules.restore import Restore

Version = Literal["14", "15", "16", "17"]


@dataclass(frozen=True, kw_only=True)
class Server:
    """One Flexible Server.

    sku                machine type, <tier>_<size>: B_ is burstable and can be neither highly
                       available nor replicated, GP_ general purpose, MO_ memory optimized
    version            default PostgreSQL 17; 14 is the oldest supported version
    high_availability  a standby in another zone
    storage_mb         one of Azure's sizes; it grows automatically
    zone               availability zone of the primary, another than that of the standby
    configuration      further server parameters, which override ``CONFIGURATION``
    instance_suffix    end of the name, for a server that replaces another (default none)
    restore_from       the server that its data comes from; removed once it runs
    """

    sku: str
    version: Version = "17"
    high_availability: bool = False
    read_replicas: int = 0
    storage_mb: int = 32768
    zone: str = "1"
    standby_zone: str = "2"
    configuration: Mapping[str, str] = field(default_factory=dict)
    instance_suffix: str = ""
    restore_from: Restore | None = None

    def __post_init__(self) -> None:
        """Reject settings that Azure would reject after minutes; raises ``TierError``."""
        for problem in self._problems():
            raise TierError(problem)

    @property
    def connections(self) -> int:
        """The connections that the server accepts: a parameter, else Azure's default."""
        if "max_connections" in self.configuration:
            return int(self.configuration["max_connections"])
        return 50 if self._memory == 2 else min(round(self._memory * 2**30 / 1e7), 5000)

    @property
    def _memory(self) -> int:
        """Memory in GB, by the size of the machine: 4 per CPU, memory optimized 8."""
        tier, size = self.sku.split("_Standard_")
        cpus = int(re.sub(r"^[A-Z]+([0-9]+).*", r"\1", size))
        if tier == "B":
            return cpus * 4 if size.endswith("ms") and cpus > 1 else 2 * cpus
        return cpus * (8 if tier == "MO" else 4)

    def name(self, base: str) -> str:
        """Return the name of the server."""
        return f"{base}-{self.instance_suffix}" if self.instance_suffix else base

    def replaced_blocks(self, prefix: str) -> list[str]:
        """Return the names of the blocks of the server that this one replaces."""
        return self.restore_from.blocks(prefix) if self.restore_from else []

    def _problems(self) -> Iterator[str]:
        if (self.high_availability or self.read_replicas) and self.sku.startswith("B_"):
            yield (
                f"use SKU {self.sku}: a burstable machine can be neither highly available nor "
                "replicated; take GP_ or MO_"
            )
        if self.high_availability and self.zone == self.standby_zone:
            yield f"place the standby: zone {self.zone} is the primary's own"
        if self.restore_from and not self.instance_suffix:
            yield "restore a server: set instance_suffix, because the old one keeps its name"


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """An Entra principal that administers the servers."""

    object_id: str
    name: str
    kind: Literal["Group", "User", "ServicePrincipal"] = "Group"


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """The keys of the disks and of the backups in the paired region, with their identities."""

    key_id: str
    identity_id: str
    backup_key_id: str | None = None
    backup_identity_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class WatchedServer:
    """A Flexible Server: the expression of its id, its limit, and the ids of its
    replicas by name.
    """

    name: str
    id: str
    connections: int
    replicas: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AzurePostgresProps:
    """Properties that the servers have in common.

    name                  prefix of every name: the environment
    virtual_network       name of the existing network in the resource group, and its id
    subnet_cidr           range of the subnet that is delegated to the servers
    administrators        Entra administrators; at least one
    log_workspace_id      Log Analytics workspace for logs and metrics
    servers               by database: server, dagster, keycloak
    server_id             prefix of the servers' ids, which a restored one names
    passwords             by user, as ``modules.secrets`` returns them: (expression, version)
    encryption            customer-managed keys (default: Microsoft's)
    maintenance_day       0 (Sunday) to 6, with maintenance_hour in UTC (default Sunday, 4)
    release               name of the release that waits for a backup (default: none does)
    backup_days           days of point-in-time recovery, 7-35 (default 14)
    geo_redundant_backup  whether backups are kept in the paired region too (default True)
    long_term_vault_id    vault of weekly copies for years (default: none)
    """

    name: str
    location: str
    resource_group: str
    virtual_network: str
    virtual_network_id: str
    subnet_cidr: str
    tenant_id: str
    administrators: tuple[Administrator, ...]
    log_workspace_id: str
    servers: Mapping[str, Server]
    server_id: str
    passwords: Mapping[str, tuple[str, int]]
    encryption: Encryption | None = None
    maintenance_day: int = 0
    maintenance_hour: int = 4
    release: str | None = None
    backup_days: int = 14
    geo_redundant_backup: bool = True
    long_term_vault_id: str | None = None


BACKUP_POLICY = "databases"
"""Policy of the vault of weekly copies; the foundation makes it with the vault."""


CONFIGURATION: Mapping[str, str] = {
    "azure.extensions": "PGAUDIT,PG_STAT_STATEMENTS",
    "shared_preload_libraries": "pgaudit,pg_stat_statements",
    "pgaudit.log": "ddl,role",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_duration": "on",
    "log_lock_waits": "on",
    "log_min_error_statement": "error",
    # The text of statements contains customer data, so only durations are logged (log_duration).
    "log_min_duration_statement": "-1",
    "log_statement": "ddl",
    "connection_throttle.enable": "on",
    "require_secure_transport": "on",
    "ssl_min_protocol_version": "TLSv1.2",
}
"""Parameters of every server: logging, auditing and TLS."""
