"""The foundation of an environment on Google Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.environments import EnvironmentFiles
from stacks.foundations.settings import FoundationBlueprint, FoundationSettings, read_foundation
from stacks.platforms.gcp import GcpShared
from stacks.settings import Settings

if TYPE_CHECKING:
    from cdktn import App


class RegistrySettings(Settings):
    """A repository of images in Artifact Registry."""

    project: str
    """Project of the registry."""
    location: str
    """Location of the repository, such as `us`."""
    repository: str
    """Name of the repository: `gcr.io` has the images of that address."""


class GcpFoundationSettings(FoundationSettings):
    """foundation.yml of an environment on Google Cloud."""

    registries: tuple[RegistrySettings, ...] = ()
    """Repositories of our images, which the nodes pull."""


class GcpFoundationBlueprint(FoundationBlueprint[GcpShared, GcpFoundationSettings]):
    """The foundation of an environment on Google Cloud, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.foundations.gcp.stack import GcpFoundationStack

        GcpFoundationStack(app, self)


def gcp_foundation(source: EnvironmentFiles) -> GcpFoundationBlueprint:
    """Return the blueprint of ``source``; raises ``InvalidSettings``."""
    fields = read_foundation(source, GcpShared, GcpFoundationSettings, ranges=3)
    return GcpFoundationBlueprint(*fields)
