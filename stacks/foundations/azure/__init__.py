"""The foundation of an environment on Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from stacks.environments import EnvironmentFiles
from stacks.foundations.settings import FoundationBlueprint, FoundationSettings, read_foundation
from stacks.platforms.azure import AzureShared

if TYPE_CHECKING:
    from cdktn import App


class AzureFoundationSettings(FoundationSettings):
    """foundation.yml of an environment on Azure."""

    trusted_cidrs: Annotated[tuple[str, ...], Field(min_length=1)]
    """Public addresses that reach vault and state: administrators' and Concourse's."""


class AzureFoundationBlueprint(FoundationBlueprint[AzureShared, AzureFoundationSettings]):
    """The foundation of an environment on Azure, ready to be built."""

    def build(self, app: App) -> None:
        """Add the stack to ``app``."""
        from stacks.foundations.azure.stack import AzureFoundationStack

        AzureFoundationStack(app, self)


def azure_foundation(source: EnvironmentFiles) -> AzureFoundationBlueprint:
    """Return the blueprint of ``source``; raises ``InvalidSettings``."""
    fields = read_foundation(source, AzureShared, AzureFoundationSettings, ranges=2)
    return AzureFoundationBlueprint(*fields)
