"""The stack of an environment on Azure."""

from typing import Any

from cdktn import App, TerraformStack

from modules import terraform as tf
from modules.azure_alerts.construct import AzureAlerts, AzureAlertsProps
from modules.azure_postgres.construct import AzurePostgres
from modules.azure_postgres.props import Administrator, AzurePostgresProps, Encryption
from modules.lana_bank.chart import chart_hash
from modules.lana_bank.construct import merged
from modules.lana_bank.mirrors import mirrored_images
from modules.secrets.construct import Secrets
from modules.secrets.vault import KeyVault
from stacks.platforms.azure import AZURERM, AzureBlueprint
from stacks.platforms.azure.backend import add_backend
from stacks.platforms.chart import VendoredChart
from stacks.platforms.release import add_release, cluster_providers, public_hosts


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
        cluster_providers(self, access={"config_context": blueprint.shared.cluster})
        settings, vault = blueprint.lana_bank.secrets, key_vault(blueprint)
        databases = blueprint.lana_bank.postgres.by_name()
        secrets = Secrets(self, "secrets", vault, databases, settings.versions, settings.external)
        chart = VendoredChart.of(app, blueprint.source)
        postgres = self._postgres(secrets, chart)
        registry = blueprint.shared.registry
        images = mirrored_images(chart.folder, f"{registry}.azurecr.io") if registry else {}
        values = merged(images, self._documents())
        add_release(self, blueprint, chart, secrets, postgres, values=values)
        self._alerts(postgres)

    def _documents(self) -> dict[str, Any]:
        """Return the values of the volume of the server's documents, if there is one."""
        settings = self._blueprint.lana_bank
        if settings.documents_class is None:
            return {}
        volume = {"storageClass": settings.documents_class, "size": settings.documents_size}
        return {"lanaBank": {"storage": {"volume": volume}}}

    def _alerts(self, postgres: AzurePostgres) -> None:
        shared = self._blueprint.shared
        props = AzureAlertsProps(
            environment=self._name,
            location=shared.location,
            resource_group=shared.resource_group,
            workspace_id=self._workspace_id,
            emails=shared.alerts.emails,
            servers=postgres.watched,
            hosts=public_hosts(self._blueprint.lana_bank),
            vault_id=shared.long_term_vault_id,
        )
        AzureAlerts(self, "alerts", props)

    @property
    def _workspace_id(self) -> str:
        shared = self._blueprint.shared
        return shared.resource_id("Microsoft.OperationalInsights/workspaces", shared.log_workspace)

    def _postgres(self, secrets: Secrets, chart: VendoredChart) -> AzurePostgres:
        shared, settings = self._blueprint.shared, self._blueprint.lana_bank
        network = shared.network
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
            log_workspace_id=self._workspace_id,
            servers={name: each.props() for name, each in settings.postgres.by_name().items()},
            server_id=shared.resource_id("Microsoft.DBforPostgreSQL/flexibleServers", ""),
            encryption=self._encryption(),
            release=self._release(chart),
            backup_days=settings.postgres.backup_days,
            maintenance_day=settings.postgres.maintenance_day,
            maintenance_hour=settings.postgres.maintenance_hour,
            passwords=secrets.passwords,
            geo_redundant_backup=settings.postgres.geo_redundant_backup,
            long_term_vault_id=shared.long_term_vault_id,
        )
        return AzurePostgres(self, "postgres", props)

    def _release(self, chart: VendoredChart) -> str | None:
        """Return the name of a release that waits for backups: another one for each chart."""
        if self._blueprint.lana_bank.postgres.backup_before_release:
            return chart_hash(chart.folder)[:12]
        return None

    def _encryption(self) -> Encryption:
        """Return the keys that the foundation creates, with the identities that may use them."""
        shared, identities = (
            self._blueprint.shared,
            "Microsoft.ManagedIdentity/userAssignedIdentities",
        )

        def key(vault: str) -> str:
            return f"https://{vault}.vault.azure.net/keys/databases"

        backup = shared.backup_key_vault
        return Encryption(
            key_id=key(shared.key_vault),
            identity_id=shared.resource_id(identities, f"{self._name}-databases"),
            backup_key_id=key(backup) if backup else None,
            backup_identity_id=(
                shared.resource_id(identities, f"{self._name}-backups") if backup else None
            ),
        )


def key_vault(blueprint: AzureBlueprint) -> KeyVault:
    """Return the vault of an environment on Azure."""
    shared = blueprint.shared
    vault_id = shared.resource_id("Microsoft.KeyVault/vaults", shared.key_vault)
    return KeyVault(vault_id, blueprint.source.stack)
