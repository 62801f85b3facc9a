"""Properties of the servers; imports no CDK Terrain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from modules.errors import TierError

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
    """

    sku: str
    version: Version = "17"
    high_availability: bool = False
    read_replicas: int = 0
    storage_mb: int = 32768
    zone: str = "1"
    standby_zone: str = "2"
    configuration: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reject a SKU without high availability or replicas; raises ``TierError``."""
        if (self.high_availability or self.read_replicas) and self.sku.startswith("B_"):
            raise TierError(
                f"use SKU {self.sku}: a burstable machine can be neither highly available nor "
                "replicated; take GP_ or MO_"
            )
        if self.high_availability and self.zone == self.standby_zone:
            raise TierError(f"place the standby: zone {self.zone} is the primary's own")


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """An Entra principal that administers the servers."""

    object_id: str
    name: str
    kind: Literal["Group", "User", "ServicePrincipal"] = "Group"


@dataclass(frozen=True, kw_only=True)
class AzurePostgresProps:
    """Properties that the servers have in common.

    name                  prefix of every name: the environment
    virtual_network       name of the existing network in the resource group, and its id
    subnet_cidr           range of the subnet that is delegated to the servers
    administrators        Entra administrators; at least one
    log_workspace_id      Log Analytics workspace for logs and metrics
    servers               by database: server, dagster, keycloak
    passwords             by user, as ``modules.secrets`` returns them: (expression, version)
    maintenance_day       0 (Sunday) to 6, with maintenance_hour in UTC (default Sunday, 4)
    backup_days           days of point-in-time recovery, 7-35 (default 14)
    geo_redundant_backup  whether backups are kept in the paired region too (default True)
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
    passwords: Mapping[str, tuple[str, int]]
    maintenance_day: int = 0
    maintenance_hour: int = 4
    backup_days: int = 14
    geo_redundant_backup: bool = True


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
