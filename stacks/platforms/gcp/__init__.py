"""Environments on Google Cloud: Cloud SQL, Secret Manager, BigQuery, and a GKE cluster.

The project, its network and its cluster are there already; shared.yml says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from modules.gcp_postgres.props import Instance, Version
from stacks.environments import EnvironmentFiles
from stacks.fields import Cidr, Email
from stacks.platforms.common import (
    CloudNetwork,
    CloudRelease,
    Database,
    Databases,
    SharedSettings,
    read_both,
)
from stacks.settings import Settings

if TYPE_CHECKING:
    from cdktn import App


KmsKey = Annotated[str, Field(pattern=r"^projects/.+/cryptoKeys/[^/]+$")]


class GcpNetwork(CloudNetwork):
    """The VPC. ``database_cidr`` is its private services range, in which Cloud SQL is."""

    database_cidr: Cidr
    """Private services range, in which Cloud SQL has its addresses."""


class GkeCluster(Settings):
    """The GKE cluster that the environment is in."""

    name: str
    """Its name."""
    location: str
    """Its region or zone."""


class GcsBackend(Settings):
    """Where the stack's state is: a bucket, and the key that it is encrypted with."""

    bucket: str
    """Bucket of the state."""
    kms_key: KmsKey
    """Key that the state is encrypted with."""


class GcpShared(SharedSettings):
    """shared.yml of an environment on Google Cloud."""

    platform: Literal["gcp"]
    """The platform, as the folder says."""
    project: Annotated[str, Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$")]
    """Google Cloud project."""
    region: str
    """Region of the databases, the secrets and the warehouse."""
    network: GcpNetwork
    cluster: GkeCluster
    state: GcsBackend
    kms_key: KmsKey | None = None
    """Key that databases and secrets are encrypted with; none: Google's own."""


class PostgresInstance(Database):
    """One Cloud SQL instance; defaults are those of ``modules.gcp_postgres``."""

    tier: str
    """Machine type: `db-custom-<CPUs>-<MB>`, or a shared one without high availability."""
    version: Version = "POSTGRES_17"
    """PostgreSQL's major version."""
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    """Where the disk starts, in GB; it grows by itself."""

    def made(self) -> Instance:
        """Give what the construct takes; raises ``TierError``."""
        return Instance(**self.model_dump())


class GcpSettings(CloudRelease[PostgresInstance]):
    """lana-bank.yml of an environment on Google Cloud."""

    postgres: Databases[PostgresInstance]
    additional_bq_owners: tuple[Email, ...] = ()
    """People who own the data warehouse's dataset, too."""


@dataclass(frozen=True)
class GcpBlueprint:
    """A stack on Google Cloud, ready to be built."""

    source: EnvironmentFiles
    shared: GcpShared
    lana_bank: GcpSettings

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.gcp.stack import GcpStack

        GcpStack(app, self)


def read(source: EnvironmentFiles) -> GcpBlueprint:
    """Give the blueprint of a stack on Google Cloud; raises ``InvalidSettings``."""
    return GcpBlueprint(source, *read_both(source, GcpShared, GcpSettings))
