"""The platforms: one package each, with the settings of its environments and their stack.

A package has the pydantic models of the YAML; its ``stack.py`` imports CDK Terrain and is
imported only when a stack is built. So invalid settings are reported at once, and no stack
depends on the files of another platform.
"""

from collections.abc import Callable, Mapping

from stacks.environments import EnvironmentFiles
from stacks.platforms.settings import StackBlueprint, read_both

FOUNDATION = "foundation"
"""The deployment that makes what the account of an environment has before Lana Bank."""


def _local(source: EnvironmentFiles) -> StackBlueprint:
    from stacks.platforms.local import LocalBlueprint, LocalSettings, LocalShared

    return LocalBlueprint(*read_both(source, LocalShared, LocalSettings))


def _gcp(source: EnvironmentFiles) -> StackBlueprint:
    if source.deployment == FOUNDATION:
        from stacks.foundations.gcp import gcp_foundation

        return gcp_foundation(source)
    from stacks.platforms.gcp import GcpBlueprint, GcpSettings, GcpShared

    return GcpBlueprint(*read_both(source, GcpShared, GcpSettings))


def _azure(source: EnvironmentFiles) -> StackBlueprint:
    if source.deployment == FOUNDATION:
        from stacks.foundations.azure import azure_foundation

        return azure_foundation(source)
    from stacks.platforms.azure import AzureBlueprint, AzureSettings, AzureShared

    return AzureBlueprint(*read_both(source, AzureShared, AzureSettings))


PLATFORMS: Mapping[str, Callable[[EnvironmentFiles], StackBlueprint]] = {
    "azure": _azure,
    "gcp": _gcp,
    "local": _local,
}
"""Readers of the settings of a stack, by platform: the name of the folder below stacks/.

Each raises ``InvalidSettings``.
"""
