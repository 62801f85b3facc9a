"""The constructs: servers, replicas, databases and parameters of Flexible Server."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from modules import terraform as tf
from modules.azure_postgres.props import CONFIGURATION, AzurePostgresProps

DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"


class AzurePostgres(Construct):
    """Servers in a delegated subnet, TLS required, audited and backed up.

    ``hosts`` has the address of each database, ``databases`` the blocks that must exist before
    it is used. The owner of a database is the server's administrator, because Flexible Server
    has no resource for further users. Servers and databases have ``prevent_destroy``.
    """

    def __init__(self, scope: Construct, name: str, props: AzurePostgresProps) -> None:
        super().__init__(scope, name)
        network = _Network(self, props)
        servers = {name: _FlexibleServer(self, name, props, network) for name in props.servers}
        self.hosts = {name: server.primary["fqdn"] for name, server in servers.items()}
        self.databases = [server.database for server in servers.values()]


class _Network:
    """The subnet that is delegated to the servers, and their private DNS zone."""

    def __init__(self, scope: Construct, props: AzurePostgresProps) -> None:
        subnet: tf.AzurermSubnet = {
            "name": f"{props.name}-postgres",
            "resource_group_name": props.resource_group,
            "virtual_network_name": props.virtual_network,
            "address_prefixes": [props.subnet_cidr],
            "default_outbound_access_enabled": False,
            "delegation": {
                "name": "postgres",
                "service_delegation": {"name": DELEGATION, "actions": [JOIN]},
            },
        }
        self.subnet = tf.block(scope, "subnet", "azurerm_subnet", subnet)
        zone: tf.AzurermPrivateDnsZone = {
            "name": f"{props.name}.postgres.database.azure.com",
            "resource_group_name": props.resource_group,
        }
        self.zone = tf.block(scope, "zone", "azurerm_private_dns_zone", zone)
        link: tf.AzurermPrivateDnsZoneVirtualNetworkLink = {
            "name": props.name,
            "private_dns_zone_id": self.zone["id"],
            "virtual_network_id": props.virtual_network_id,
        }
        self.link = tf.block(
            scope, "zone-link", "azurerm_private_dns_zone_virtual_network_link", link
        )


class _FlexibleServer(Construct):
    """The server of one database, with its replicas."""

    def __init__(
        self, scope: Construct, name: str, props: AzurePostgresProps, network: _Network
    ) -> None:
        super().__init__(scope, name)
        self._name, self._props, self._network = name, props, network
        self._server = props.servers[name]
        self.primary = self._primary()
        self._configuration()
        self._administrators()
        self._diagnostics()
        self.database = self._database()
        for number in range(1, self._server.read_replicas + 1):
            self._replica(f"replica-{number}")

    def _primary(self) -> tf.AzurermPostgresqlFlexibleServerBlock:
        password, version = self._props.passwords[self._name]
        body: tf.AzurermPostgresqlFlexibleServer = {
            **self._machine(self._name),
            "administrator_login": self._name,
            "administrator_password_wo": password,
            "administrator_password_wo_version": version,
            "authentication": {
                "active_directory_auth_enabled": True,
                "password_auth_enabled": True,
                "tenant_id": self._props.tenant_id,
            },
            "backup_retention_days": self._props.backup_days,
            "geo_redundant_backup_enabled": self._props.geo_redundant_backup,
            "maintenance_window": {
                "day_of_week": self._props.maintenance_day,
                "start_hour": self._props.maintenance_hour,
                "start_minute": 0,
            },
        }
        # A failover swaps the zones, which is no reason to swap them back.
        ignore_changes = ["zone"]
        if self._server.high_availability:
            zone = self._server.standby_zone
            body["high_availability"] = {"mode": "ZoneRedundant", "standby_availability_zone": zone}
            ignore_changes.append("high_availability[0].standby_availability_zone")
        return tf.block(
            self,
            "server",
            "azurerm_postgresql_flexible_server",
            body,
            keep=True,
            ignore_changes=ignore_changes,
            depends_on=[self._network.link],
        )

    def _replica(self, name: str) -> None:
        body: tf.AzurermPostgresqlFlexibleServer = {
            **self._machine(f"{self._name}-{name}"),
            "create_mode": "Replica",
            "source_server_id": self.primary["id"],
        }
        tf.block(self, name, "azurerm_postgresql_flexible_server", body, keep=True)

    def _machine(self, name: str) -> tf.AzurermPostgresqlFlexibleServer:
        """Return the attributes that a primary and its replicas have in common."""
        return {
            "name": f"{self._props.name}-{name}",
            "location": self._props.location,
            "resource_group_name": self._props.resource_group,
            "version": self._server.version,
            "sku_name": self._server.sku,
            "storage_mb": self._server.storage_mb,
            "auto_grow_enabled": True,
            "zone": self._server.zone,
            "delegated_subnet_id": self._network.subnet["id"],
            "private_dns_zone_id": self._network.zone["id"],
            "public_network_access_enabled": False,
            "tags": {"environment": self._props.name},
        }

    def _database(self) -> tf.AzurermPostgresqlFlexibleServerDatabaseBlock:
        body: tf.AzurermPostgresqlFlexibleServerDatabase = {
            "name": self._name,
            "server_id": self.primary["id"],
            "charset": "UTF8",
            "collation": "en_US.utf8",
        }
        return tf.block(
            self, "database", "azurerm_postgresql_flexible_server_database", body, keep=True
        )

    def _configuration(self) -> None:
        """Add the parameters one after the other: Azure rejects two changes at the same time."""
        previous: list[tf.TerraformBlock[Any]] = []
        for name, value in sorted({**CONFIGURATION, **self._server.configuration}.items()):
            body: tf.AzurermPostgresqlFlexibleServerConfiguration = {
                "name": name,
                "server_id": self.primary["id"],
                "value": value,
            }
            parameter = tf.block(
                self,
                name.replace(".", "-"),
                "azurerm_postgresql_flexible_server_configuration",
                body,
                depends_on=previous,
            )
            previous = [parameter]

    def _administrators(self) -> None:
        for administrator in self._props.administrators:
            body: tf.AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator = {
                "server_name": self.primary["name"],
                "resource_group_name": self._props.resource_group,
                "tenant_id": self._props.tenant_id,
                "object_id": administrator.object_id,
                "principal_name": administrator.name,
                "principal_type": administrator.kind,
            }
            tf.block(
                self,
                f"administrator-{administrator.name}",
                "azurerm_postgresql_flexible_server_active_directory_administrator",
                body,
            )

    def _diagnostics(self) -> None:
        body: tf.AzurermMonitorDiagnosticSetting = {
            "name": f"{self._props.name}-{self._name}",
            "target_resource_id": self.primary["id"],
            "log_analytics_workspace_id": self._props.log_workspace_id,
            "enabled_log": [{"category": "PostgreSQLLogs"}],
            "enabled_metric": [{"category": "AllMetrics"}],
        }
        tf.block(self, "diagnostics", "azurerm_monitor_diagnostic_setting", body)
