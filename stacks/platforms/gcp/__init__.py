"""Environments on Google Cloud: Cloud SQL, Secret Manager, BigQuery, and a GKE cluster.

The project and its cluster already exist; the foundation makes what else shared.yml names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from modules.gcp_postgres.props import Instance, Version
from stacks.platforms.settings import (
    Blueprint,
    CloudRelease,
    CloudShared,
    Database,
    Databases,
    Email,
)
from stacks.settings import Contradiction, Settings

if TYPE_CHECKING:
    from cdktn import App

GOOGLE = "~> 8.0"
"""Version of Google's provider, in every stack of this cloud."""

_KMS_KEY = r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$"
KmsKey = Annotated[str, Field(pattern=_KMS_KEY)]


class GkeCluster(Settings):
    """The GKE cluster of the environment."""

    name: str
    """Name of the cluster."""
    location: str
    """Region or zone of the cluster."""


class GcsBackend(Settings):
    """The bucket of the stack's state, and its encryption key."""

    bucket: str
    """Bucket of the state."""
    kms_key: KmsKey
    """Encryption key of the state."""


class GcpShared(CloudShared):
    """shared.yml of an environment on Google Cloud."""

    platform: Literal["gcp"]
    """The platform, same as the parent folder."""
    project: Annotated[str, Field(pattern=r"^[a-z][-a-z0-9]{4,28}[a-z0-9]$")]
    """Google Cloud project."""
    region: str
    """Region of the databases, the secrets and the warehouse."""
    cluster: GkeCluster
    state: GcsBackend
    kms_key: KmsKey | None = None
    """Encryption key of databases and secrets; default: Google's own."""

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
    """Machine type: `db-custom-<CPUs>-<MB>`, or a shared one without high availability."""
    version: Version = "POSTGRES_17"
    """Major version of PostgreSQL."""
    disk_gb: Annotated[int, Field(ge=10, le=65536)] = 20
    """Initial disk size in GB; it grows automatically."""

    def props(self) -> Instance:
        """Return the construct's properties; raises ``TierError``."""
        return Instance(**self.model_dump())


class GcpSettings(CloudRelease[PostgresInstance]):
    """lana-bank.yml of an environment on Google Cloud."""

    postgres: Databases[PostgresInstance]
    additional_bq_owners: tuple[Email, ...] = ()
    """Further owners of the data warehouse's dataset."""


class GcpBlueprint(Blueprint[GcpShared, GcpSettings]):
    """A stack on Google Cloud, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.gcp.stack import GcpStack

        GcpStack(app, self)
