"""The kinds of values that settings of every platform have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stacks.environments import Source
from stacks.errors import Finding, InvalidSettings
from stacks.settings import Settings

_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"

Stage = Literal["staging", "qa", "production"]
"""How far along the promotion an environment is; production has rules of its own."""

Namespace = Annotated[str, Field(pattern=f"^{_LABEL}$")]
"""A Kubernetes namespace (RFC 1123 label)."""

Domain = Annotated[str, Field(max_length=200, pattern=rf"^{_LABEL}(?:\.{_LABEL})+$")]
"""A DNS name with at least one dot; admin., app. and auth. are put before it."""


class Release(Settings):
    """What lana-bank.yml says on every platform. ``timeout`` is in seconds."""

    namespace: Namespace
    lana_domain: Domain
    enable_artificial_time: bool
    replicas: Annotated[int, Field(ge=1, le=10)] = 1
    timeout: Annotated[int, Field(ge=5, le=3600)] = 900


def check_stage(source: Source, stage: Stage, release: Release) -> None:
    """Refuse what a production environment must not have; raises ``InvalidSettings``."""
    if stage == "production" and release.enable_artificial_time:
        file = source.shown(source.settings)
        reason = "production runs on real time; set it to false"
        raise InvalidSettings((Finding(file, None, "enable_artificial_time", reason),))
