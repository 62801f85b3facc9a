"""Environments on the embedded platform, or on any cluster that a kubeconfig points at.

No cloud and no Terraform registry: only the helm provider is used, the chart generates its
own secrets once in the cluster, and the state is a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from modules.lana_bank.components import COMPONENTS, Component
from stacks.environments import EnvironmentFiles
from stacks.fields import HelmReleaseSettings
from stacks.platforms.common import SharedSettings, read_both

if TYPE_CHECKING:
    from cdktn import App


class LocalShared(SharedSettings):
    """shared.yml of a local environment."""

    platform: Literal["local"]
    """The platform, as the folder says."""


class LocalSettings(HelmReleaseSettings):
    """lana-bank.yml of a local environment; by default everything is installed."""

    components: tuple[Component, ...] = tuple(sorted(COMPONENTS))
    """Optional parts that are installed, each pinned in the vendored chart."""


@dataclass(frozen=True)
class LocalBlueprint:
    """A local stack, ready to be built."""

    source: EnvironmentFiles
    shared: LocalShared
    lana_bank: LocalSettings

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.local.stack import LocalStack

        LocalStack(app, self)


def read(source: EnvironmentFiles) -> LocalBlueprint:
    """Give the blueprint of a local stack; raises ``InvalidSettings``."""
    return LocalBlueprint(source, *read_both(source, LocalShared, LocalSettings))
