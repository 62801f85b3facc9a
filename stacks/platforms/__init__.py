"""What an environment is built from on each platform: one package a platform.

``settings.py`` of a platform has the pydantic models of its YAML; ``stack.py`` imports CDK
Terrain with the provider bindings and is imported only when a stack is really built. So a
faulty setting is reported at once, and no platform pays for another's bindings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from stacks.environments import EnvironmentFiles

if TYPE_CHECKING:
    from cdktn import App


class Blueprint(Protocol):
    """A stack whose settings were read and found valid, not yet built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""


class PlatformDefinition(Protocol):
    """Reads the settings of one stack of a platform."""

    def __call__(self, source: EnvironmentFiles, /) -> Blueprint:
        """Give the blueprint; raises ``InvalidSettings``."""


def _local(source: EnvironmentFiles) -> Blueprint:
    from stacks.platforms.local import read

    return read(source)


def _gcp(source: EnvironmentFiles) -> Blueprint:
    from stacks.platforms.gcp import read

    return read(source)


def _azure(source: EnvironmentFiles) -> Blueprint:
    from stacks.platforms.azure import read

    return read(source)


PLATFORMS: Mapping[str, PlatformDefinition] = {"azure": _azure, "gcp": _gcp, "local": _local}
"""Every platform by the name of its folder below stacks/."""
