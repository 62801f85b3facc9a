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
from stacks.platforms.settings import (
    Blueprint,
    CloudRelease,
    CloudShared,
    Database,
    Databases,
    Email,
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
        ring = f"projects/{self.project}/locations/{self.region}/keyRings/{self.key_ring}/"
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

    def contradictions(self, shared: GcpShared) -> Iterator[tuple[str, str]]:
        """Yield replicas for disasters whose key would be lost with the region, or is missing."""
        key = shared.replica_kms_key
        for name, database in self.postgres.by_name().items():
            region, place = database.replica_region, f"postgres.{name}.replica_region"
            if region == shared.region:
                yield place, f"{region} is the primary's own region"
            elif region and shared.kms_key and not key:
                yield place, "set replica_kms_key in shared.yml: the primary has a key of its own"
            elif region and key and f"/locations/{region}/" not in key:
                yield place, f"replica_kms_key of shared.yml is not in {region}"

    @model_validator(mode="after")
    def _one_way_in(self) -> GcpSettings:
        if self.gateway and self.ingress.staff_cidrs:
            raise Contradiction("ingress.staff_cidrs", "a Gateway has none; use Cloud Armor")
        return self


class GcpBlueprint(Blueprint[GcpShared, GcpSettings]):
    """A stack on Google Cloud, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.gcp.stack import GcpStack

        GcpStack(app, self)
