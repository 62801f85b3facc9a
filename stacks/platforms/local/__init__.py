"""Environments on the embedded platform, or on any cluster that a kubeconfig names.

They need no cloud and no Terraform registry: only the helm provider is used, the chart generates
its own secrets once in the cluster, and the state is a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from modules.lana_bank.chart import COMPONENTS, Component
from stacks.platforms.settings import Blueprint, HelmReleaseSettings, SharedSettings

if TYPE_CHECKING:
    from cdktn import App


class LocalShared(SharedSettings):
    """shared.yml of a local environment."""

    platform: Literal["local"]
    """The platform, same as the parent folder."""


class LocalSettings(HelmReleaseSettings):
    """lana-bank.yml of a local environment; by default everything is installed."""

    components: tuple[Component, ...] = tuple(sorted(COMPONENTS))
    """Optional parts to install, each pinned in the vendored chart."""


class LocalBlueprint(Blueprint[LocalShared, LocalSettings]):
    """A local stack, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.local.stack import LocalStack

        LocalStack(app, self)
