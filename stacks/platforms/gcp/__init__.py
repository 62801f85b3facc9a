"""Environments on Google Cloud: Cloud SQL, Secret Manager, BigQuery, and a GKE cluster.

The project, its network and its cluster are there already; shared.yml says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from modules.gcp_postgres.props import Instance, TierError, Version
from stacks.environments import Source
from stacks.fields import (
    Cidr,
    Email,
    Release,
    SecretSettings,
    Stage,
    check_cloud_production,
    check_stage,
    refuse_overlaps,
)
from stacks.settings import Settings, read_settings

if TYPE_CHECKING:
    from cdktn import App


class Network(Settings):
    """The VPC. ``database_cidr`` is its private services range, in which Cloud SQL is."""

    name: str
    """Its name."""
    database_cidr: Cidr
    """Private services range, in which Cloud SQL has its addresses."""
    cluster_cidrs: tuple[Cidr, ...]
    """Ranges of nodes, pods and services; nothing may overlap."""

    @model_validator(mode="after")
    def _apart(self) -> Network:
        refuse_overlaps((*self.cluster_cidrs, self.database_cidr))
        return self


class Cluster(Settings):
    """The GKE cluster that the environment is in."""

    name: str
    """Its name."""
    location: str
    """Its region or zone."""


class State(Settings):
    """Where the stack's state is: a bucket, and the key that it is encrypted with."""

    bucket: str
    """Bucket of the state."""
    kms_key: Annotated[str, Field(pattern=r"^projects/.+/cryptoKeys/[^/]+$")]
    """Key that the state is encrypted with."""


class Shared(Settings):
    """shared.yml of an environment on Google Cloud."""

    platform: Literal["gcp"]
    """The platform, as the folder says."""
    stage: Stage
    """How far along the promotion it is; production has rules of its own."""
    project: Annotated[str, Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$")]
    """Google Cloud project."""
    region: str
    """Region of the databases, the secrets and the warehouse."""
    network: Network
    cluster: Cluster
    state: State
    kms_key: Annotated[str, Field(pattern=r"^projects/.+/cryptoKeys/[^/]+$")] | None = None
    """Key that databases and secrets are encrypted with; none: Google's own."""


class PostgresInstance(Settings):
    """One Cloud SQL instance; defaults are those of ``modules.gcp_postgres``."""

    tier: str
    """Machine type: `db-custom-<CPUs>-<MB>`, or a shared one without high availability."""
    version: Version = "POSTGRES_17"
    """PostgreSQL's major version."""
    high_availability: bool = False
    """A standby in another zone."""
    read_replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """How many read replicas."""
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    """Where the disk starts, in GB; it grows by itself."""

    def instance(self) -> Instance:
        """Give what the construct takes; raises ``TierError``."""
        return Instance(**self.model_dump())

    @model_validator(mode="after")
    def _possible(self) -> PostgresInstance:
        try:
            self.instance()
        except TierError as error:
            raise ValueError(str(error)) from error
        return self


class Postgres(Settings):
    """The three instances."""

    server: PostgresInstance
    dagster: PostgresInstance
    keycloak: PostgresInstance

    def instances(self) -> dict[str, PostgresInstance]:
        """Give them by database."""
        return {"server": self.server, "dagster": self.dagster, "keycloak": self.keycloak}


class LanaBankSettings(Release):
    """lana-bank.yml of an environment on Google Cloud."""

    additional_bq_owners: tuple[Email, ...] = ()
    """People who own the data warehouse's dataset, too."""
    honeycomb_dataset: str
    """Honeycomb's dataset for traces."""
    cluster_issuer: str = "letsencrypt"
    """cert-manager's issuer of the certificate."""
    superuser_email: Email | None = None
    """Who may do everything while nobody else has a role yet."""
    postgres: Postgres
    secrets: SecretSettings = SecretSettings()


@dataclass(frozen=True)
class GcpBlueprint:
    """A stack on Google Cloud, ready to be built."""

    source: Source
    shared: Shared
    lana_bank: LanaBankSettings

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.gcp.stack import GcpStack

        GcpStack(app, self)


def read(source: Source) -> GcpBlueprint:
    """Give the blueprint of a stack on Google Cloud; raises ``InvalidSettings``."""
    shared = read_settings(source.shared, Shared, shown_as=source.shown(source.shared))
    settings = read_settings(
        source.settings, LanaBankSettings, shown_as=source.shown(source.settings)
    )
    check_stage(source, shared.stage, settings)
    if shared.stage == "production":
        instances = settings.postgres.instances()
        available = {name: found.high_availability for name, found in instances.items()}
        check_cloud_production(source, settings, available)
    return GcpBlueprint(source, shared, settings)
