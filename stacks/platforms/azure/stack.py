"""The stack of an environment on Azure."""

from cdktn import App, TerraformStack

from modules import terraform as tf
from modules.azure_postgres.construct import AzurePostgres
from modules.azure_postgres.props import Administrator, AzurePostgresProps
from modules.secrets.construct import Secrets
from modules.secrets.vault import KeyVault
from stacks.platforms.azure import AZURERM, AzureBlueprint
from stacks.platforms.azure.backend import add_backend
from stacks.platforms.chart import VendoredChart
from stacks.platforms.release import add_release, cluster_providers


class AzureStack(TerraformStack):
    """One environment: databases, secrets and the release."""

    def __init__(self, app: App, blueprint: AzureBlueprint) -> None:
        self._blueprint = blueprint
        self._name = blueprint.source.stack
        super().__init__(app, self._name)
        add_backend(self, blueprint.shared.state, self._name)
        subscription = blueprint.shared.subscription_id
        azurerm = {"features": {}, "subscription_id": subscription, "storage_use_azuread": True}
        tf.provider(self, "azurerm", AZURERM, azurerm)
        # The kubeconfig comes from the environment (KUBE_CONFIG_PATH) and uses kubelogin: the
        # cluster's data source would put its certificate into the state.
        cluster_providers(self, access={})
        settings, vault = blueprint.lana_bank.secrets, key_vault(blueprint)
        secrets = Secrets(self, "secrets", vault, settings.versions, settings.external)
        postgres = self._postgres(secrets)
        chart = VendoredChart.of(app, blueprint.source)
        add_release(self, blueprint, chart, secrets, postgres, values={})

    def _postgres(self, secrets: Secrets) -> AzurePostgres:
        shared, settings = self._blueprint.shared, self._blueprint.lana_bank
        network, workspace = shared.network, "Microsoft.OperationalInsights/workspaces"
        network_id = shared.resource_id("Microsoft.Network/virtualNetworks", network.name)
        props = AzurePostgresProps(
            name=self._name,
            location=shared.location,
            resource_group=shared.resource_group,
            virtual_network=network.name,
            virtual_network_id=network_id,
            subnet_cidr=network.database_cidr,
            tenant_id=shared.tenant_id,
            administrators=tuple(Administrator(**dict(each)) for each in shared.administrators),
            log_workspace_id=shared.resource_id(workspace, shared.log_workspace),
            servers={name: each.props() for name, each in settings.postgres.by_name().items()},
            passwords=secrets.passwords,
            geo_redundant_backup=settings.postgres.geo_redundant_backup,
        )
        return AzurePostgres(self, "postgres", props)


def key_vault(blueprint: AzureBlueprint) -> KeyVault:
    """Return the vault of an environment on Azure."""
    shared = blueprint.shared
    vault_id = shared.resource_id("Microsoft.KeyVault/vaults", shared.key_vault)
    return KeyVault(vault_id, blueprint.source.stack)
