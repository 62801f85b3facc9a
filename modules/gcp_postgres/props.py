"""Properties of the instances; imports no CDK Terrain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from modules.errors import TierError

Version = Literal["POSTGRES_14", "POSTGRES_15", "POSTGRES_16", "POSTGRES_17"]

_DEDICATED = re.compile(r"^db-(custom|perf-optimized-N)-[0-9]+(-[0-9]+)?$")


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One Cloud SQL instance.

    tier                 machine type: db-custom-<CPUs>-<MB>, or a shared one (db-f1-micro,
                         db-g1-small) that can neither be highly available nor replicated
    version              default PostgreSQL 17; 14 is the oldest supported version
    high_availability    a standby in another zone
    disk_gb              initial disk size (default 20); it grows up to disk_limit_gb (500)
    backups_kept         number of daily backups
    log_days             days of point-in-time recovery, 1-7
    flags                further database flags, which override ``FLAGS``
    """

    tier: str
    version: Version = "POSTGRES_17"
    high_availability: bool = False
    read_replicas: int = 0
    disk_gb: int = 20
    disk_limit_gb: int = 500
    backups_kept: int = 14
    log_days: int = 7
    flags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reject a tier without high availability or replicas; raises ``TierError``."""
        if (self.high_availability or self.read_replicas) and not _DEDICATED.match(self.tier):
            raise TierError(
                f"use tier {self.tier}: a shared machine can be neither highly available nor "
                "replicated; take db-custom-<CPUs>-<MB>"
            )


@dataclass(frozen=True, kw_only=True)
class GcpPostgresProps:
    """Properties that the instances have in common.

    name                 prefix of every name: the environment
    network              self link of the VPC, which must have a private services range
    instances            by database: server, dagster, keycloak
    passwords            by user, as ``modules.secrets`` returns them: (expression, version)
    kms_key              customer-managed encryption key of the disks (default: Google's)
    maintenance_day      1 (Monday) to 7, with maintenance_hour in UTC (default Sunday, 4)
    deletion_protection  whether Terraform refuses to destroy an instance
    """

    name: str
    project: str
    region: str
    network: str
    instances: Mapping[str, Instance]
    passwords: Mapping[str, tuple[str, int]]
    kms_key: str | None = None
    maintenance_day: int = 7
    maintenance_hour: int = 4
    deletion_protection: bool = True


FLAGS: Mapping[str, str] = {
    "cloudsql.enable_pgaudit": "on",
    "cloudsql.iam_authentication": "on",
    "pgaudit.log": "ddl,role",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_duration": "on",
    "log_hostname": "on",
    "log_lock_waits": "on",
    "log_min_error_statement": "error",
    "log_min_messages": "warning",
    # The text of statements contains customer data, so only durations are logged (log_duration).
    "log_min_duration_statement": "-1",
    "log_statement": "ddl",
    "log_temp_files": "0",
}
"""Database flags of every instance: logging and auditing."""
