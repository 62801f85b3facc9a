"""Environments on the embedded platform, or on any cluster that a kubeconfig points at.

No cloud and no Terraform registry: only the helm provider is used, the chart generates its
own secrets once in the cluster, and the state is a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from modules.lana_bank.components import COMPONENTS, Component
from stacks.environments import Source
from stacks.fields import Release
from stacks.platforms.common import SharedSettings, read_both

if TYPE_CHECKING:
    from cdktn import App


class Shared(SharedSettings):
    """shared.yml of a local environment."""

    platform: Literal["local"]
    """The platform, as the folder says."""


class LanaBankSettings(Release):
    """lana-bank.yml of a local environment; by default everything is installed."""

    components: tuple[Component, ...] = tuple(sorted(COMPONENTS))
    """Optional parts that are installed, each pinned in the vendored chart."""


@dataclass(frozen=True)
class LocalBlueprint:
    """A local stack, ready to be built."""

    source: Source
    shared: Shared
    lana_bank: LanaBankSettings

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.platforms.local.stack import LocalStack

        LocalStack(app, self)


def read(source: Source) -> LocalBlueprint:
    """Give the blueprint of a local stack; raises ``InvalidSettings``."""
    return LocalBlueprint(source, *read_both(source, Shared, LanaBankSettings))
