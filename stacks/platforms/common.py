"""What the settings of several platforms have in common, and how a stack's two files are read."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, model_validator

from modules.errors import ModuleError
from stacks.environments import EnvironmentFiles
from stacks.fields import (
    Cidr,
    Email,
    HelmReleaseSettings,
    SecretSettings,
    Stage,
    check_cloud_production,
    check_stage,
    refuse_overlaps,
)
from stacks.settings import Settings, read_settings


class SharedSettings(Settings):
    """shared.yml on every platform."""

    platform: str
    """The platform, as the folder says."""
    stage: Stage
    """How far along the promotion it is; production has rules of its own."""


class CloudNetwork(Settings):
    """A network with a range for the databases and others for the cluster."""

    name: str
    """Its name."""
    database_cidr: Cidr
    """Range that the databases are in."""
    cluster_cidrs: tuple[Cidr, ...]
    """Ranges of nodes, pods and services; nothing may overlap."""

    @model_validator(mode="after")
    def _apart(self) -> CloudNetwork:
        refuse_overlaps((*self.cluster_cidrs, self.database_cidr))
        return self


class Database(Settings):
    """One database server; its defaults are those of the platform's construct."""

    high_availability: bool = False
    """A standby in another zone."""
    read_replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """How many read replicas."""

    @abstractmethod
    def made(self) -> object:
        """Give what the construct takes; raises ``ModuleError`` for what cannot be."""

    @model_validator(mode="after")
    def _possible(self) -> Database:
        try:
            self.made()
        except ModuleError as error:
            raise ValueError(str(error)) from error
        return self


DatabaseT = TypeVar("DatabaseT", bound=Database)


class Databases(Settings, Generic[DatabaseT]):
    """The three database servers of an environment."""

    server: DatabaseT
    dagster: DatabaseT
    keycloak: DatabaseT

    def by_name(self) -> dict[str, DatabaseT]:
        """Give them by database."""
        return {"server": self.server, "dagster": self.dagster, "keycloak": self.keycloak}


class CloudRelease(HelmReleaseSettings, Generic[DatabaseT]):
    """lana-bank.yml on every cloud."""

    honeycomb_dataset: str
    """Honeycomb's dataset for traces."""
    cluster_issuer: str = "letsencrypt"
    """cert-manager's issuer of the certificate."""
    superuser_email: Email | None = None
    """Who may do everything while nobody else has a role yet."""
    postgres: Databases[DatabaseT]
    secrets: SecretSettings = SecretSettings()


AnyCloudRelease = CloudRelease[Any]
"""Of whichever cloud."""

SharedT = TypeVar("SharedT", bound=SharedSettings)
ReleaseT = TypeVar("ReleaseT", bound=HelmReleaseSettings)


def read_both(
    source: EnvironmentFiles, shared: type[SharedT], release: type[ReleaseT]
) -> tuple[SharedT, ReleaseT]:
    """Give the settings of both files of a stack; raises ``InvalidSettings``."""
    where = read_settings(source.shared, shared, shown_as=source.shown(source.shared))
    what = read_settings(source.settings, release, shown_as=source.shown(source.settings))
    check_stage(source, where.stage, what)
    if where.stage == "production" and isinstance(what, CloudRelease):
        databases = what.postgres.by_name().items()
        available = {name: found.high_availability for name, found in databases}
        check_cloud_production(source, what, available)
    return where, what
