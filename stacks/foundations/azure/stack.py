"""The stack of a foundation on Azure."""

from __future__ import annotations

from cdktn import App, TerraformStack

from modules import terraform as tf
from modules.azure_foundation.construct import AzureFoundation
from modules.azure_foundation.props import (
    RESOURCE_PROVIDERS,
    AzureFoundationProps,
    LongTermBackups,
)
from modules.honeycomb import HoneycombDataset
from stacks.foundations.azure import AzureFoundationBlueprint
from stacks.platforms.azure import AZURERM, AzureShared
from stacks.platforms.azure.backend import add_backend


class AzureFoundationStack(TerraformStack):
    """The resource group of one environment."""

    def __init__(self, app: App, blueprint: AzureFoundationBlueprint) -> None:
        super().__init__(app, blueprint.source.stack)
        add_backend(self, blueprint.shared.state, blueprint.source.stack)
        azurerm = {
            "features": {},
            "subscription_id": blueprint.shared.subscription_id,
            "storage_use_azuread": True,
            "resource_provider_registrations": "none",
            "resource_providers_to_register": list(RESOURCE_PROVIDERS),
        }
        tf.provider(self, "azurerm", AZURERM, azurerm)
        AzureFoundation(self, "foundation", _props(blueprint))
        HoneycombDataset(self, "honeycomb", blueprint.shared.honeycomb_dataset)


def _backup_vault(shared: AzureShared) -> tuple[str, str] | None:
    name, location = shared.backup_key_vault, shared.backup_location
    return (name, location) if name and location else None


def _long_term(shared: AzureShared) -> LongTermBackups | None:
    backups = shared.long_term_backups
    if backups is None:
        return None
    return LongTermBackups(backups.vault, backups.years, locked=shared.stage == "production")


def _props(blueprint: AzureFoundationBlueprint) -> AzureFoundationProps:
    shared, network = blueprint.shared, blueprint.shared.network
    return AzureFoundationProps(
        environment=blueprint.environment,
        subscription_id=shared.subscription_id,
        tenant_id=shared.tenant_id,
        location=shared.location,
        resource_group=shared.resource_group,
        network=network.name,
        nodes=network.cluster_cidrs[0],
        databases=network.database_cidr,
        dns_zone=shared.dns_zone,
        key_vault=shared.key_vault,
        log_workspace=shared.log_workspace,
        state_account=shared.state.storage_account,
        state_container=shared.state.container,
        trusted_cidrs=blueprint.settings.trusted_cidrs,
        subjects=blueprint.settings.subjects(blueprint.environment),
        backup_vault=_backup_vault(shared),
        long_term=_long_term(shared),
        registry=shared.registry,
    )
