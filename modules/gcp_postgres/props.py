"""Properties of the instances; imports no CDK Terrain."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from modules.errors import TierError
from modules.restore import Restore

Version = Literal["POSTGRES_14", "POSTGRES_15", "POSTGRES_16", "POSTGRES_17"]

_CUSTOM = re.compile(r"^db-custom-([0-9]+)-([0-9]+)$")
_PLUS = re.compile(r"^db-perf-optimized-N-[0-9]+$")
_SHARED = {"db-f1-micro": 0.6, "db-g1-small": 1.7}
"""Shared machines with their memory in GB."""

_CONNECTIONS = (
    *((120, 1000), (60, 800), (30, 600), (15, 500)),
    *((7.5, 400), (6, 200), (3.75, 100), (1.7, 50), (0, 25)),
)
"""Google's defaults of max_connections, from a memory in GB on."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One Cloud SQL instance.

    tier                 machine type: db-custom-<CPUs>-<MB>, db-perf-optimized-N-<CPUs> of the
                         edition Enterprise Plus, or a shared one (db-f1-micro, db-g1-small)
    version              default PostgreSQL 17; 14 is the oldest supported version
    high_availability    a standby in another zone
    zone, standby_zone   zones of both (default: Google chooses)
    replica_region       another region with a replica for disasters (default: none)
    disk_gb              initial disk size (default 20); it grows up to disk_limit_gb (500)
    backups_kept         number of daily backups
    log_days             days of point-in-time recovery, 1-7, with Enterprise Plus 1-35
    flags                further database flags, which override ``FLAGS``
    instance_suffix      end of the name, for an instance that replaces another (default none)
    restore_from         the instance that its data comes from
    """

    tier: str
    version: Version = "POSTGRES_17"
    high_availability: bool = False
    read_replicas: int = 0
    zone: str | None = None
    standby_zone: str | None = None
    replica_region: str | None = None
    disk_gb: int = 20
    disk_limit_gb: int = 500
    backups_kept: int = 14
    log_days: int = 7
    flags: Mapping[str, str] = field(default_factory=dict)
    instance_suffix: str = ""
    restore_from: Restore | None = None

    def __post_init__(self) -> None:
        """Reject settings that Cloud SQL would reject after minutes; raises ``TierError``."""
        for problem in self._problems():
            raise TierError(problem)

    @property
    def edition(self) -> str:
        """The edition that the tier belongs to."""
        return "ENTERPRISE_PLUS" if _PLUS.match(self.tier) else "ENTERPRISE"

    @property
    def connections(self) -> int:
        """The connections that the instance accepts: a flag, else Google's default."""
        if "max_connections" in self.flags:
            return int(self.flags["max_connections"])
        return next(most for memory, most in _CONNECTIONS if self._memory >= memory)

    @property
    def _memory(self) -> float:
        """Memory in GB."""
        if custom := _CUSTOM.match(self.tier):
            return int(custom[2]) / 1024
        if _PLUS.match(self.tier):
            return 8 * int(self.tier.rpartition("-")[2])
        return _SHARED[self.tier]

    def name(self, base: str) -> str:
        """Return the name of the instance."""
        return f"{base}-{self.instance_suffix}" if self.instance_suffix else base

    def replaced_blocks(self, prefix: str) -> list[str]:
        """Return the names of the blocks of the instance that this one replaces."""
        return self.restore_from.blocks(prefix) if self.restore_from else []

    def _problems(self) -> Iterator[str]:
        shared = self.tier in _SHARED
        if not (shared or _PLUS.match(self.tier) or _CUSTOM.match(self.tier)):
            yield (
                f"use tier {self.tier}: unknown; take db-custom-<CPUs>-<MB> or "
                "db-perf-optimized-N-<CPUs>"
            )
        if shared and (self.high_availability or self.read_replicas or self.replica_region):
            yield (
                f"use tier {self.tier}: a shared machine can be neither highly available nor "
                "replicated; take db-custom-<CPUs>-<MB>"
            )
        if custom := _CUSTOM.match(self.tier):
            yield from _custom_problems(self.tier, int(custom[1]), int(custom[2]))
        if self.disk_gb > self.disk_limit_gb:
            yield f"limit the disk to {self.disk_limit_gb} GB: it starts with {self.disk_gb}"
        most = 35 if self.edition == "ENTERPRISE_PLUS" else 7
        if not 1 <= self.log_days <= most:
            yield (
                f"keep recovery logs for {self.log_days} days: 1 to {most} with the edition "
                f"of {self.tier}"
            )
        if self.backups_kept < self.log_days:
            yield (
                f"keep {self.backups_kept} backups: fewer than the {self.log_days} days of "
                "recovery logs, which need a backup to start from"
            )
        if self.standby_zone and not self.high_availability:
            yield "place a standby: high_availability is not set"
        if self.standby_zone and not self.zone:
            yield "place a standby: zone is not set"
        if self.standby_zone and self.standby_zone == self.zone:
            yield f"place the standby: zone {self.zone} is the primary's own"
        if self.restore_from and not self.instance_suffix:
            yield "restore an instance: set instance_suffix, because the old one keeps its name"


def _custom_problems(tier: str, cpus: int, memory: int) -> Iterator[str]:
    """Yield the rules of Compute Engine's custom machines that ``tier`` does not follow."""
    if cpus != 1 and cpus % 2:
        yield f"use tier {tier}: the number of CPUs is 1 or even"
    if memory % 256 or memory < 3840:
        yield f"use tier {tier}: the memory is a multiple of 256 MB, 3840 at least"
    if not 0.9 * 1024 * cpus <= memory <= 6.5 * 1024 * cpus:
        yield f"use tier {tier}: the memory is 0.9 to 6.5 GB for each CPU"


@dataclass(frozen=True, kw_only=True)
class WatchedInstance:
    """A Cloud SQL instance: its name, limits, and the names of its replicas."""

    name: str
    disk_gb: int
    connections: int
    replicas: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GcpPostgresProps:
    """Properties that the instances have in common.

    name                 prefix of every name: the environment
    network              self link of the VPC, which must have a private services range
    allocated_range      name of that range (default: any of the network)
    instances            by database: server, dagster, keycloak
    passwords            by user, as ``modules.secrets`` returns them: (expression, version)
    kms_key              customer-managed encryption key of the disks (default: Google's)
    replica_kms_key      the same in the region of the replicas for disasters
    backup_location      region or multi-region of the backups (default: the nearest multi-region)
    backup_younger_than_hours  a release waits for a backup of that age (default: for none)
    maintenance_day      1 (Monday) to 7, with maintenance_hour in UTC (default Sunday, 4)
    deny_maintenance     first and last day without maintenance: ``2026-12-15``, 90 days at most
    exports              bucket of the weekly exports (default: none)
    deletion_protection  whether Terraform refuses to destroy an instance
    """

    name: str
    project: str
    region: str
    network: str
    instances: Mapping[str, Instance]
    passwords: Mapping[str, tuple[str, int]]
    allocated_range: str | None = None
    kms_key: str | None = None
    replica_kms_key: str | None = None
    backup_location: str | None = None
    backup_younger_than_hours: int | None = None
    maintenance_day: int = 7
    maintenance_hour: int = 4
    deny_maintenance: tuple[str, str] | None = None
    exports: str | None = None
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
