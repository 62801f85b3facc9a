"""Environments on Google Cloud: Cloud SQL, Secret Manager, BigQuery, and a GKE cluster.

The project and its cluster already exist; the foundation makes what else shared.yml names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from modules.gcp_postgres.props import Instance, Version
from stacks.platforms.ingress import Namespace, ObjectName
from stacks.platforms.mail import Email
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

GOOGLE = "~> 8.0"
"""Version of Google's provider, in every stack of this cloud."""

_KMS_KEY = r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"
KmsKey = Annotated[str, Field(pattern=_KMS_KEY)]
Region = Annotated[str, Field(pattern=r"^[a-z]+(?:-[a-z]+[0-9]+)?$")]
"""A region (``us-east1``), or a multi-region where one is possible (``us``)."""

Bucket = Annotated[str, Field(pattern=r"^[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]$")]
"""Name of a bucket of Cloud Storage."""

_ZONE = r"^[a-z]+-[a-z]+[0-9]+-[a-z]$"
Zone = Annotated[str, Field(pattern=_ZONE)]


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


Day = Annotated[str, AfterValidator(_day)]


class GkeCluster(Settings):
    """The GKE cluster of the environment."""

    name: Name
    """Name of the cluster."""
    location: Name
    """Region or zone of the cluster."""


class GcsBackend(Settings):
    """The bucket of the stack's state, and its encryption key."""

    bucket: Name
    """Bucket of the state."""
    kms_key: KmsKey
    """Encryption key of the state."""


class ExportSettings(Settings):
    """Weekly exports of the databases, which nobody can delete in production."""

    bucket: Bucket
    """Bucket of the exports, which the foundation makes."""
    location: Region
    """Another region, or a multi-region: the exports and their key survive the loss of a region."""
    years: Annotated[int, Field(ge=1, le=10)] = 7
    """Years that each export is kept; a longer time counts for exports that exist, too."""


class GcpShared(CloudShared):
    """shared.yml of an environment on Google Cloud."""

    platform: Literal["gcp"]
    """The platform, same as the parent folder."""
    project: Annotated[str, Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$")]
    """Google Cloud project."""
    region: Region
    """Region of the databases, the secrets and the warehouse."""
    cluster: GkeCluster
    state: GcsBackend
    kms_key: KmsKey | None = None
    """Encryption key of databases and secrets; default: Google's own."""
    replica_kms_key: KmsKey | None = None
    """Encryption key in the region of replicas for disasters; default: Google's own."""
    long_term_backups: ExportSettings | None = None
    """Weekly exports of the databases for years, beside the backups of the instances themselves."""
    allocated_range: Name | None = None
    """Private services range of the databases; default: `<network>-databases`."""

    @property
    def has_zones(self) -> bool:
        """True for a regional cluster, whose nodes are in the region's zones."""
        return not re.fullmatch(_ZONE, self.cluster.location)

    @property
    def key_ring(self) -> str:
        """The name of the key ring of all keys."""
        return self.state.kms_key.split("/")[5]

    @model_validator(mode="after")
    def _own_keys(self) -> GcpShared:
        if key := self.replica_kms_key:
            if not key.startswith(f"projects/{self.project}/"):
                raise Contradiction("replica_kms_key", f"not a key of {self.project}")
            if f"/locations/{self.region}/" in key:
                raise Contradiction("replica_kms_key", "a key that is lost with the region")
        ring = f"projects/{self.project}/locations/{self.region}/keyRings/{self.key_ring}/"
        if self.stage == "production" and not self.long_term_backups:
            reason = "a production has copies that nobody can delete; set it"
            raise Contradiction("long_term_backups", reason)
        if self.stage == "production" and not self.kms_key:
            reason = "a production's data is encrypted with a key of the bank's; name it"
            raise Contradiction("kms_key", reason)
        if self.long_term_backups and self.long_term_backups.location == self.region:
            reason = "the instances' own region; name another one, or a multi-region"
            raise Contradiction("long_term_backups.location", reason)
        for place, key in (("state.kms_key", self.state.kms_key), ("kms_key", self.kms_key)):
            if key and not key.startswith(ring):
                raise Contradiction(place, f"not a key of this project, region and ring: {ring}")
        return self


class PostgresInstance(Database):
    """One Cloud SQL instance; defaults are those of ``modules.gcp_postgres``."""

    tier: str
    """Machine type, which decides the edition: `db-custom-<CPUs>-<MB>` (Enterprise),
    `db-perf-optimized-N-<CPUs>` (Enterprise Plus), or a shared one without high availability."""
    version: Version = "POSTGRES_17"
    """Major version of PostgreSQL."""
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    """Initial disk size in GB; it grows automatically."""

    disk_limit_gb: Annotated[int, Field(ge=10, le=65536)] = 500
    """Size in GB up to which the disk grows."""
    backups_kept: Annotated[int, Field(ge=1, le=365)] = 14
    """Number of daily backups."""
    log_days: Annotated[int, Field(ge=1, le=35)] = 7
    """Days of point-in-time recovery: up to 7, with Enterprise Plus up to 35."""
    flags: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")], str] = Field(
        default_factory=dict
    )
    """Further database flags."""
    zone: Zone | None = None
    """Zone of the primary; default: Google chooses."""
    standby_zone: Zone | None = None
    """Zone of the standby; default: Google chooses."""
    replica_region: Region | None = None
    """Another region with a replica for disasters."""

    def props(self) -> Instance:
        """Return the construct's properties; raises ``TierError``."""
        return Instance(**self.arguments())


class DenyPeriod(Settings):
    """Days without maintenance, 90 at most."""

    first: Day
    """First day: `"2026-12-15"`, in quotes."""
    last: Day
    """Last day."""

    @model_validator(mode="after")
    def _possible(self) -> DenyPeriod:
        days = (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days
        if not 0 < days <= 90:
            raise ValueError(f"lasts {days} days: 1 to 90 are possible")
        return self


class GcpPostgresSettings(Databases[PostgresInstance]):
    """The instances, their backups and their maintenance."""

    backup_location: Region | None = None
    """Region or multi-region of the backups; default: the multi-region of the region."""
    backup_younger_than_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    """A release waits for a successful backup that is younger; set it after the first deploy."""
    maintenance_day: Annotated[int, Field(ge=1, le=7)] = 7
    """Day of the maintenance, 1 (Monday) to 7."""
    maintenance_hour: Annotated[int, Field(ge=0, le=23)] = 4
    """Hour of the maintenance, in UTC."""
    deny_maintenance: DenyPeriod | None = None
    """Days without maintenance."""


class GatewaySettings(Settings):
    """A Gateway with listeners `http` and `https`; the cluster has it already."""

    name: ObjectName
    """Name of the Gateway."""
    namespace: Namespace
    """Its namespace."""


class GcpSettings(CloudRelease[PostgresInstance]):
    """lana-bank.yml of an environment on Google Cloud."""

    postgres: GcpPostgresSettings
    gateway: GatewaySettings | None = None
    """Gateway that replaces the ingress controller."""
    additional_bq_owners: tuple[Email, ...] = ()
    """Further owners of the data warehouse's dataset."""
    documents_bucket: Bucket | None = None
    """Existing bucket of the server's documents; without it they are lost with the pod."""
    reports_bucket: Bucket | None = None
    """Existing bucket of the data pipeline's reports."""
    automations: bool = False
    """Runs the data pipeline's schedules and sensors."""

    def contradictions(self, shared: GcpShared) -> Iterator[tuple[str, str]]:
        """Yield places that are lost together, that are elsewhere, or whose key is missing."""
        if shared.stage == "production" and self.postgres.backup_location == shared.region:
            reason = "the instances' own region; name another one, or a multi-region"
            yield "postgres.backup_location", reason
        for name, database in self.postgres.by_name().items():
            for key, reason in (
                *_zone_problems(database, shared),
                *_replica_problems(database, shared),
            ):
                yield f"postgres.{name}.{key}", reason

    @model_validator(mode="after")
    def _one_way_in(self) -> GcpSettings:
        if self.gateway and self.ingress.staff_cidrs:
            raise Contradiction("ingress.staff_cidrs", "a Gateway has none; use Cloud Armor")
        return self


def _zone_problems(database: PostgresInstance, shared: GcpShared) -> Iterator[tuple[str, str]]:
    """Yield zones that the region does not have."""
    for key in ("zone", "standby_zone"):
        zone = getattr(database, key)
        if zone and not zone.startswith(f"{shared.region}-"):
            yield key, f"{zone} is not in {shared.region}"


def _replica_problems(database: PostgresInstance, shared: GcpShared) -> Iterator[tuple[str, str]]:
    """Yield a replica for disasters whose key would be lost with the region, or is missing."""
    region, key = database.replica_region, shared.replica_kms_key
    if region == shared.region:
        yield "replica_region", f"{region} is the primary's own region"
    elif region and shared.kms_key and not key:
        reason = "set replica_kms_key in shared.yml: the primary has a key of its own"
        yield "replica_region", reason
    elif region and key and f"/locations/{region}/" not in key:
        yield "replica_region", f"replica_kms_key of shared.yml is not in {region}"


class GcpBlueprint(Blueprint[GcpShared, GcpSettings]):
    """A stack on Google Cloud, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.gcp.stack import GcpStack

        GcpStack(app, self)
