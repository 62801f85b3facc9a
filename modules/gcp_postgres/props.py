"""What the three instances are made from; needs no CDK Terrain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from modules.errors import ModuleError

Version = Literal["POSTGRES_14", "POSTGRES_15", "POSTGRES_16", "POSTGRES_17"]

_DEDICATED = re.compile(r"^db-(custom|perf-optimized-N)-[0-9]+(-[0-9]+)?$")


class TierError(ModuleError):
    """A machine type cannot do what is asked of it."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One Cloud SQL instance.

    tier                 machine type: db-custom-<CPUs>-<MB>, or a shared one (db-f1-micro,
                         db-g1-small) that can neither be highly available nor replicated
    version              default PostgreSQL 17; 14 is the oldest that is promised to work
    high_availability    a standby in another zone (default False)
    read_replicas        how many (default 0)
    disk_gb              where the disk starts (default 20); it grows up to disk_limit_gb (500)
    backups_kept         daily backups (default 14)
    log_days             how far back point-in-time recovery reaches, 1-7 (default 7)
    flags                further database flags, laid over ``FLAGS``
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
        """Refuse a tier that cannot do it, while building; raises ``TierError``."""
        if (self.high_availability or self.read_replicas) and not _DEDICATED.match(self.tier):
            raise TierError(
                f"use tier {self.tier}: a shared machine can be neither highly available nor "
                "replicated; take db-custom-<CPUs>-<MB>"
            )


@dataclass(frozen=True, kw_only=True)
class GcpPostgresProps:
    """What is common to the instances.

    name                 what every name starts with: the environment
    project, region      where they are
    network              self link of the VPC, whose private services range is set up already
    instances            by database: server, dagster, keycloak
    passwords            by user, as ``modules.secrets`` gives them: (expression, version)
    kms_key              key of one's own that the disks are encrypted with (default: Google's)
    maintenance_day      1 (Monday) to 7, with maintenance_hour in UTC (default Sunday, 4)
    deletion_protection  default True; an instance is never destroyed while it is
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
    # Statements carry customers' data: never their text, only their time (log_duration).
    "log_min_duration_statement": "-1",
    "log_statement": "ddl",
    "log_temp_files": "0",
}
"""What every instance logs and audits."""
