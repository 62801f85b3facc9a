"""Settings that platforms have in common, and the blueprint of a stack."""

from __future__ import annotations

import ipaddress
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from modules.errors import ModuleError
from modules.lana_bank.chart import CLOUD_COMPONENTS, Component
from modules.restore import MAX_REPLICAS, Restore
from modules.secrets.names import EXTERNAL, JWKS, VERSIONED
from stacks.environments import EnvironmentFiles
from stacks.platforms.ingress import Domain, IngressSettings, Namespace, ObjectName
from stacks.platforms.mail import Email, MailSettings
from stacks.platforms.parts import Parts, part_problems
from stacks.settings import Contradiction, Settings, invalid_settings, read_settings

if TYPE_CHECKING:
    from cdktn import App

Stage = Literal["staging", "qa", "production"]
"""The stage of the promotion; production has further rules."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,78}[A-Za-z0-9])?$")]
"""A name in a cloud: letters, digits, dashes, dots and underscores."""


def _private(value: str) -> str:
    if not ipaddress.ip_network(value).is_private:
        raise ValueError(f"{value} is not a private range")
    return value


Cidr = Annotated[str, AfterValidator(_private)]
"""A private range of addresses, such as ``10.20.0.0/16``."""


def _rotated(versions: dict[str, int]) -> dict[str, int]:
    for name in versions.keys() - VERSIONED:
        raise ValueError(f"unknown secret {name!r}; known: {', '.join(sorted(VERSIONED))}")
    return versions


def _external(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in set(names) - EXTERNAL:
        raise ValueError(f"unknown secret {name!r}; known: {', '.join(sorted(EXTERNAL))}")
    return names


class SharedSettings(Settings):
    """shared.yml on every platform."""

    platform: str
    """The platform, same as the parent folder."""
    stage: Stage
    """Stage of the promotion; production has further rules."""


class CloudNetwork(Settings):
    """A network with a range for the databases and others for the cluster."""

    name: Name
    """Name of the network."""
    database_cidr: Cidr
    """Range of the databases: private services (Google Cloud) or a delegated subnet (Azure)."""
    cluster_cidrs: tuple[Cidr, ...]
    """Ranges of nodes, pods and services, without any overlap."""

    @model_validator(mode="after")
    def _disjoint(self) -> CloudNetwork:
        for one, other in combinations((*self.cluster_cidrs, self.database_cidr), 2):
            if ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other)):
                key = "database_cidr" if other == self.database_cidr else "cluster_cidrs"
                raise Contradiction(key, f"{other} overlaps {one}")
        return self


Percent = Annotated[float, Field(ge=50, lt=100)]


class AlertSettings(Settings):
    """Recipients of alerts, and what is promised of the services."""

    emails: Annotated[tuple[Email, ...], Field(min_length=1)]
    """Addresses that are notified; a pager has one, too."""
    server_objective: Percent = 99.9
    """Percentage of the server's requests that succeed within two seconds, over 30 days."""
    sign_in_objective: Percent = 99.9
    """The same for Keycloak's requests."""


class CloudShared(SharedSettings):
    """shared.yml on every cloud."""

    network: CloudNetwork
    dns_zone: Domain
    """DNS zone of the environment; `lana_domain` is in it."""
    honeycomb_dataset: Annotated[str, Field(pattern=r"^[a-z0-9][-a-z0-9]*$")]
    """Honeycomb dataset of the traces."""
    alerts: AlertSettings

    @property
    def has_zones(self) -> bool:
        """True if the cluster's nodes are known to be in several zones."""
        return self.stage == "production"


class HelmReleaseSettings(Settings):
    """lana-bank.yml on every platform."""

    namespace: Namespace
    """Kubernetes namespace of the release."""
    lana_domain: Domain
    """Parent domain of `admin.`, `app.`, `auth.` and `dagster.`."""
    enable_artificial_time: bool
    """Lets tests move the clock; never in production."""
    components: tuple[Component, ...] = tuple(sorted(CLOUD_COMPONENTS))
    """Optional parts to install, each pinned in the vendored chart."""
    replicas: Annotated[int, Field(ge=1, le=10)] = 1
    """Pods of everything that can run more than once."""
    timeout: Annotated[int, Field(ge=5, le=3600)] = 900
    """Seconds after which an unavailable release counts as failed."""
    parts: Parts = Field(default_factory=dict)
    """Size of single parts: `replicas`, `max_replicas`, `cpu`, `memory`, `memory_limit`."""

    @model_validator(mode="after")
    def _possible_parts(self) -> HelmReleaseSettings:
        for key, reason in part_problems(self.parts, self.replicas):
            raise Contradiction(f"parts.{key}", reason)
        return self


class SecretSettings(Settings):
    """Rotations of the generated secrets, and the third-party secrets to read."""

    versions: Annotated[dict[str, Annotated[int, Field(ge=1)]], AfterValidator(_rotated)] = Field(
        default_factory=dict
    )
    """Versions of secrets; raise a number to rotate one, or when a third party's is a new one."""
    external: Annotated[tuple[str, ...], AfterValidator(_external)] = ("honeycomb-api-key", JWKS)
    """Third-party secrets that are read in the vault."""


class RestoreSettings(Settings):
    """The server that another one is restored from."""

    instance: Name
    """Name of that server in the cloud."""
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    """Time whose data counts: `"2026-11-26T10:00:00Z"`, in quotes."""


class Database(Settings):
    """One database server; its defaults are those of the platform's construct."""

    instance_suffix: Annotated[str, Field(pattern=r"^[a-z0-9]{0,8}$")] = ""
    """End of the server's name; a new one makes another server. See docs/restore.md."""
    restore_from: RestoreSettings | None = None
    """Server that this one is a copy of; it has another `instance_suffix`."""
    high_availability: bool = False
    """Adds a standby in another zone."""
    read_replicas: Annotated[int, Field(ge=0, le=MAX_REPLICAS)] = 0
    """Number of read replicas."""

    @abstractmethod
    def props(self) -> object:
        """Return the construct's properties; raises ``ModuleError`` for an impossible server."""

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the construct's properties."""
        restore = self.restore_from
        return {**dict(self), "restore_from": Restore(**dict(restore)) if restore else None}

    @model_validator(mode="after")
    def _possible(self) -> Database:
        try:
            self.props()
        except ModuleError as error:
            raise ValueError(str(error)) from error
        return self


DatabaseT = TypeVar("DatabaseT", bound=Database)


class Databases(Settings, Generic[DatabaseT]):
    """The database servers of an environment, one for each part that is installed."""

    server: DatabaseT
    dagster: DatabaseT | None = None
    keycloak: DatabaseT | None = None

    def by_name(self) -> dict[str, DatabaseT]:
        """Return the servers by database."""
        named = {"server": self.server, "dagster": self.dagster, "keycloak": self.keycloak}
        return {name: database for name, database in named.items() if database}


class CloudRelease(HelmReleaseSettings, Generic[DatabaseT]):
    """lana-bank.yml on every cloud."""

    cluster_issuer: str = "letsencrypt"
    """cert-manager issuer of the certificate."""
    ingress: IngressSettings = IngressSettings()
    priority_class: ObjectName | None = None
    """PriorityClass of everything but the data pipeline; the cluster has it already."""
    user_namespaces: bool = True
    """Gives pods users of their own, none of which is one of the node's; needs Kubernetes 1.33."""
    image_pull_secrets: tuple[ObjectName, ...] = ()
    """Secrets with credentials of registries; the namespace has them already."""
    superuser_email: Email | None = None
    """The user with every permission while nobody else has a role."""
    mail: MailSettings | None = None
    """Relay of the server's notifications and of mail to customers who reset their passwords."""
    postgres: Databases[DatabaseT]
    secrets: SecretSettings = SecretSettings()

    @abstractmethod
    def contradictions(self, shared: Any) -> Iterator[tuple[str, str]]:
        """Yield keys and reasons: what does not fit ``shared``, the environment's shared.yml."""

    @model_validator(mode="after")
    def _databases_of_parts(self) -> CloudRelease[DatabaseT]:
        for part in ("dagster", "keycloak"):
            has = part in self.postgres.by_name()
            if has and part not in self.components:
                raise ValueError(f"postgres.{part}: {part} is not among the components; remove one")
            if part in self.components and not has:
                raise ValueError(f"components: {part} has no database; add postgres.{part}")
        return self


SharedT = TypeVar("SharedT", bound=SharedSettings, covariant=True)
ReleaseT = TypeVar("ReleaseT", bound=HelmReleaseSettings, covariant=True)


class StackBlueprint(ABC):
    """A stack whose settings were read and found valid, not yet built."""

    @abstractmethod
    def build(self, app: App) -> None:
        """Add the stack to ``app``."""


@dataclass(frozen=True)
class Blueprint(StackBlueprint, Generic[SharedT, ReleaseT]):
    """The stack of a release in an environment."""

    source: EnvironmentFiles
    shared: SharedT
    lana_bank: ReleaseT


CloudBlueprint = Blueprint[CloudShared, CloudRelease[Any]]


def read_both(
    source: EnvironmentFiles, shared: type[SharedT], release: type[ReleaseT]
) -> tuple[EnvironmentFiles, SharedT, ReleaseT]:
    """Return the fields of a blueprint; raises ``InvalidSettings``."""
    location = read_settings(source.shared, shared, shown_as=source.relative(source.shared))
    content = read_settings(source.settings, release, shown_as=source.relative(source.settings))
    problems = dict(_production_problems(content)) if location.stage == "production" else {}
    if isinstance(location, CloudShared) and not within(content.lana_domain, location.dns_zone):
        problems["lana_domain"] = f"it is not in dns_zone {location.dns_zone} of shared.yml"
    if isinstance(content, CloudRelease):
        problems |= dict(content.contradictions(location))
    if problems:
        raise invalid_settings(source.settings, source.relative(source.settings), problems)
    return source, location, content


def within(domain: str, zone: str) -> bool:
    """Return whether ``domain`` is ``zone`` or below it."""
    return f".{domain}".endswith(f".{zone}")


def _production_problems(release: HelmReleaseSettings) -> Iterator[tuple[str, str]]:
    """Yield keys and reasons: production runs on real time, and no single failure ends it."""
    if release.enable_artificial_time:
        yield "enable_artificial_time", "production runs on real time; set false"
    if isinstance(release, CloudRelease):
        if release.replicas < 2:
            yield "replicas", "production needs two or more of everything"
        for part, size in release.parts.items():
            if size.replicas == 1:
                yield f"parts.{part}.replicas", "production needs two or more of everything"
        if release.priority_class is None:
            yield "priority_class", "production comes before other workloads; name a PriorityClass"
        for name, database in release.postgres.by_name().items():
            if not database.high_availability:
                key = f"postgres.{name}.high_availability"
                yield key, "production databases are highly available; set true"
