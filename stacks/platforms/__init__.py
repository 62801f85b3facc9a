"""The platforms: one package each, with the settings of its environments and their stack.

A package has the pydantic models of the YAML; its ``stack.py`` imports CDK Terrain and is
imported only when a stack is built. So invalid settings are reported at once, and no stack
depends on the files of another platform.
"""

from collections.abc import Callable, Mapping
from typing import Any

from stacks.environments import EnvironmentFiles
from stacks.platforms.settings import Blueprint, read_both


def _local(source: EnvironmentFiles) -> Blueprint[Any, Any]:
    from stacks.platforms.local import LocalBlueprint, LocalSettings, LocalShared

    return LocalBlueprint(*read_both(source, LocalShared, LocalSettings))


def _gcp(source: EnvironmentFiles) -> Blueprint[Any, Any]:
    from stacks.platforms.gcp import GcpBlueprint, GcpSettings, GcpShared

    return GcpBlueprint(*read_both(source, GcpShared, GcpSettings))


def _azure(source: EnvironmentFiles) -> Blueprint[Any, Any]:
    from stacks.platforms.azure import AzureBlueprint, AzureSettings, AzureShared

    return AzureBlueprint(*read_both(source, AzureShared, AzureSettings))


PLATFORMS: Mapping[str, Callable[[EnvironmentFiles], Blueprint[Any, Any]]] = {
    "azure": _azure,
    "gcp": _gcp,
    "local": _local,
}
"""Readers of the settings of a stack, by platform: the name of the folder below stacks/.

Each raises ``InvalidSettings``.
"""
