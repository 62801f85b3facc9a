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
    database_cidr: Cidr
    cluster_cidrs: tuple[Cidr, ...]

    @model_validator(mode="after")
    def _apart(self) -> Network:
        refuse_overlaps((*self.cluster_cidrs, self.database_cidr))
        return self


class Cluster(Settings):
    """The GKE cluster that the environment is in."""

    name: str
    location: str


class State(Settings):
    """Where the stack's state is: a bucket, and the key that it is encrypted with."""

    bucket: str
    kms_key: Annotated[str, Field(pattern=r"^projects/.+/cryptoKeys/[^/]+$")]


class Shared(Settings):
    """shared.yml of an environment on Google Cloud."""

    platform: Literal["gcp"]
    stage: Stage
    project: Annotated[str, Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$")]
    region: str
    network: Network
    cluster: Cluster
    state: State
    kms_key: Annotated[str, Field(pattern=r"^projects/.+/cryptoKeys/[^/]+$")] | None = None


class PostgresInstance(Settings):
    """One Cloud SQL instance; defaults are those of ``modules.gcp_postgres``."""

    tier: str
    version: Version = "POSTGRES_17"
    high_availability: bool = False
    read_replicas: Annotated[int, Field(ge=0, le=5)] = 0
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20

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
    honeycomb_dataset: str
    cluster_issuer: str = "letsencrypt"
    superuser_email: Email | None = None
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
