"""The kinds of values that settings of every platform have in common."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from modules.lana_bank.components import COMPONENTS, Component
from modules.secrets.names import EXTERNAL, ROTATED
from stacks.environments import EnvironmentFiles
from stacks.errors import InvalidSettings, SettingsProblem
from stacks.settings import Settings

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"

Stage = Literal["staging", "qa", "production"]
"""How far along the promotion an environment is; production has rules of its own."""

Namespace = Annotated[str, Field(pattern=f"^{_LABEL}$")]
"""A Kubernetes namespace (RFC 1123 label)."""

Domain = Annotated[str, Field(max_length=200, pattern=rf"^{_LABEL}(?:\.{_LABEL})+$")]
"""A DNS name with at least one dot; admin., app., auth. and dagster. are put before it."""

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""An e-mail address."""


def _cidr(value: str) -> str:
    network = ipaddress.ip_network(value)
    if not network.is_private:
        raise ValueError(f"{value} is not a private range")
    return value


Cidr = Annotated[str, AfterValidator(_cidr)]
"""A private range of addresses, as ``10.20.0.0/16``."""


def refuse_overlaps(ranges: Sequence[str]) -> None:
    """Refuse ranges that have an address in common; raises ``ValueError`` naming both."""
    seen: list[str] = []
    for text in ranges:
        for other in seen:
            if ipaddress.ip_network(text).overlaps(ipaddress.ip_network(other)):
                raise ValueError(f"{text} overlaps {other}")
        seen.append(text)


class HelmReleaseSettings(Settings):
    """What lana-bank.yml says on every platform. ``timeout`` is in seconds.

    ``components`` are the optional parts that are installed; each needs its image pinned in
    the vendored chart.
    """

    namespace: Namespace
    """Kubernetes namespace of the release."""
    lana_domain: Domain
    """Domain below which `admin.`, `app.`, `auth.` and `dagster.` are served."""
    enable_artificial_time: bool
    """Lets tests move the clock; never in production."""
    components: tuple[Component, ...] = tuple(sorted(COMPONENTS - {"postgresql"}))
    """Optional parts that are installed, each pinned in the vendored chart."""
    replicas: Annotated[int, Field(ge=1, le=10)] = 1
    """Pods of everything that may run more than once."""
    timeout: Annotated[int, Field(ge=5, le=3600)] = 900
    """Seconds until a release that is not available counts as failed."""


def _rotated(versions: dict[str, int]) -> dict[str, int]:
    for name in versions.keys() - ROTATED:
        raise ValueError(f"there is no secret {name!r}; there are: {', '.join(sorted(ROTATED))}")
    return versions


def _external(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in set(names) - EXTERNAL:
        raise ValueError(f"nothing asks for {name!r}; known: {', '.join(sorted(EXTERNAL))}")
    return names


class SecretSettings(Settings):
    """Which secrets were rotated how often, and which of others' are read in the vault."""

    versions: Annotated[dict[str, Annotated[int, Field(ge=1)]], AfterValidator(_rotated)] = Field(
        default_factory=dict
    )
    """How often each generated secret was rotated; raise a number to rotate that secret."""
    external: Annotated[tuple[str, ...], AfterValidator(_external)] = (
        "honeycomb-api-key",
        "oathkeeper-jwks",
    )
    """Which secrets that others issue are read in the vault."""


def refuse(source: EnvironmentFiles, key: str, reason: str) -> InvalidSettings:
    """Give the error for a key of lana-bank.yml that does not fit the environment."""
    return InvalidSettings((SettingsProblem(source.shown(source.settings), None, key, reason),))


def check_stage(source: EnvironmentFiles, stage: Stage, release: HelmReleaseSettings) -> None:
    """Refuse what a production environment must not have; raises ``InvalidSettings``."""
    if stage == "production" and release.enable_artificial_time:
        raise refuse(source, "enable_artificial_time", "production runs on real time; set false")


def check_cloud_production(
    source: EnvironmentFiles, release: HelmReleaseSettings, available: dict[str, bool]
) -> None:
    """Refuse a production that a single failure ends; raises ``InvalidSettings``.

    ``available`` says of each database whether it is highly available.
    """
    if release.replicas < 2:
        raise refuse(source, "replicas", "production needs two or more of everything")
    for database, is_available in available.items():
        if not is_available:
            key = f"postgres.{database}.high_availability"
            raise refuse(source, key, "production databases are highly available; set true")
