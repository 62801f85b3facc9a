"""The stack of an environment on Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktn import App, AzurermBackend, TerraformStack

from modules.azure_postgres.construct import AzurePostgres
from modules.azure_postgres.props import AzurePostgresProps
from modules.secrets.construct import Secrets
from modules.secrets.vault import KeyVault
from modules.terraform import provider
from stacks.platforms.chart import VendoredChart
from stacks.platforms.release import add_release, add_secrets, cluster_providers, passwords

if TYPE_CHECKING:
    from stacks.platforms.azure import AzureBlueprint

AZURERM = "~> 5.2"


class AzureStack(TerraformStack):
    """One environment: databases, secrets and the release."""

    def __init__(self, app: App, blueprint: AzureBlueprint) -> None:
        self._blueprint = blueprint
        self._name = blueprint.source.stack
        super().__init__(app, self._name)
        self._state()
        self._providers()
        secrets = self._secrets()
        postgres = self._postgres(secrets)
        chart = VendoredChart.of(app, blueprint.source)
        add_release(self, blueprint, chart, secrets, postgres, values={})

    def _state(self) -> None:
        state = self._blueprint.shared.state
        AzurermBackend(
            self,
            resource_group_name=state.resource_group,
            storage_account_name=state.storage_account,
            container_name=state.container,
            key=f"{self._name}.tfstate",
        )
        # No key of the storage account, which would open it to whoever has it.
        self.add_override("terraform.backend.azurerm.use_azuread_auth", True)

    def _providers(self) -> None:
        subscription = self._blueprint.shared.subscription_id
        azurerm = {"features": {}, "subscription_id": subscription, "storage_use_azuread": True}
        provider(self, "azurerm", AZURERM, azurerm)
        # The kubeconfig comes from the environment (KUBE_CONFIG_PATH), with kubelogin in it: the
        # cluster's data source would put its certificate into the state.
        cluster_providers(self, access={})

    def _secrets(self) -> Secrets:
        shared = self._blueprint.shared
        vault = shared.resource_id("Microsoft.KeyVault/vaults", shared.key_vault)
        return add_secrets(self, KeyVault(vault, self._name), self._blueprint)

    def _postgres(self, secrets: Secrets) -> AzurePostgres:
        shared, settings = self._blueprint.shared, self._blueprint.lana_bank
        network = shared.network
        workspaces = "Microsoft.OperationalInsights/workspaces"
        props = AzurePostgresProps(
            name=self._name,
            location=shared.location,
            resource_group=shared.resource_group,
            virtual_network=network.name,
            virtual_network_id=shared.resource_id(
                "Microsoft.Network/virtualNetworks", network.name
            ),
            subnet_cidr=network.database_cidr,
            tenant_id=shared.tenant_id,
            administrators=self._blueprint.administrators(),
            log_workspace_id=shared.resource_id(workspaces, shared.log_workspace),
            servers={name: found.made() for name, found in settings.postgres.by_name().items()},
            passwords=passwords(secrets),
            geo_redundant_backup=settings.postgres.geo_redundant_backup,
        )
        return AzurePostgres(self, "postgres", props)
