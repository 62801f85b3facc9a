"""The construct: servers, replicas, databases and parameters of Flexible Server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs import Construct

from modules.azure_postgres.props import CONFIGURATION, AzurePostgresProps, Server
from modules.terraform import TerraformBlock, block

if TYPE_CHECKING:
    from modules.terraform import (
        AzurermMonitorDiagnosticSetting,
        AzurermPostgresqlFlexibleServer,
        AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator,
        AzurermPostgresqlFlexibleServerAttribute,
        AzurermPostgresqlFlexibleServerConfiguration,
        AzurermPostgresqlFlexibleServerDatabase,
        AzurermPrivateDnsZone,
        AzurermPrivateDnsZoneAttribute,
        AzurermPrivateDnsZoneVirtualNetworkLink,
        AzurermSubnet,
        AzurermSubnetAttribute,
    )

    ServerBlock = TerraformBlock[AzurermPostgresqlFlexibleServerAttribute]

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
        self._props = props
        self._subnet = self._delegated_subnet()
        self._zone, self._link = self._private_dns()
        self.hosts: dict[str, str] = {}
        self.databases: list[TerraformBlock[Any]] = []
        for database, server in props.servers.items():
            place = Construct(self, database)
            primary = self._primary(place, database, server)
            self.hosts[database] = primary["fqdn"]
            self._configuration(place, server, primary)
            self._administrators(place, primary)
            self._diagnostics(place, database, primary)
            self.databases.append(self._database(place, database, primary))
            for number in range(1, server.read_replicas + 1):
                self._replica(place, database, server, primary, number)

    def _delegated_subnet(self) -> TerraformBlock[AzurermSubnetAttribute]:
        body: AzurermSubnet = {
            "name": f"{self._props.name}-postgres",
            "resource_group_name": self._props.resource_group,
            "virtual_network_name": self._props.virtual_network,
            "address_prefixes": [self._props.subnet_cidr],
            "default_outbound_access_enabled": False,
            "delegation": {
                "name": "postgres",
                "service_delegation": {"name": DELEGATION, "actions": [JOIN]},
            },
        }
        return block(self, "subnet", "azurerm_subnet", body)

    def _private_dns(
        self,
    ) -> tuple[TerraformBlock[AzurermPrivateDnsZoneAttribute], TerraformBlock[Any]]:
        zone: AzurermPrivateDnsZone = {
            "name": f"{self._props.name}.postgres.database.azure.com",
            "resource_group_name": self._props.resource_group,
        }
        private_zone = block(self, "zone", "azurerm_private_dns_zone", zone)
        link: AzurermPrivateDnsZoneVirtualNetworkLink = {
            "name": self._props.name,
            "private_dns_zone_id": private_zone["id"],
            "virtual_network_id": self._props.virtual_network_id,
        }
        return private_zone, block(
            self, "zone-link", "azurerm_private_dns_zone_virtual_network_link", link
        )

    def _primary(self, place: Construct, database: str, server: Server) -> ServerBlock:
        password, version = self._props.passwords[database]
        # A failover swaps the zones, which is no reason to swap them back.
        ignore_changes = ["zone"]
        if server.high_availability:
            ignore_changes.append("high_availability[0].standby_availability_zone")
        body: AzurermPostgresqlFlexibleServer = {
            **self._machine(database, server),
            "high_availability": {
                "mode": "ZoneRedundant",
                "standby_availability_zone": server.standby_zone,
            }
            if server.high_availability
            else None,
            "administrator_login": database,
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
        return block(
            place,
            "server",
            "azurerm_postgresql_flexible_server",
            body,
            keep=True,
            ignore_changes=ignore_changes,
            depends_on=[self._link],
        )

    def _machine(self, name: str, server: Server) -> AzurermPostgresqlFlexibleServer:
        """Return the attributes that a primary and its replicas have in common."""
        return {
            "name": f"{self._props.name}-{name}",
            "location": self._props.location,
            "resource_group_name": self._props.resource_group,
            "version": server.version,
            "sku_name": server.sku,
            "storage_mb": server.storage_mb,
            "auto_grow_enabled": True,
            "zone": server.zone,
            "delegated_subnet_id": self._subnet["id"],
            "private_dns_zone_id": self._zone["id"],
            "public_network_access_enabled": False,
            "tags": {"environment": self._props.name},
        }

    def _database(
        self, place: Construct, database: str, primary: ServerBlock
    ) -> TerraformBlock[Any]:
        body: AzurermPostgresqlFlexibleServerDatabase = {
            "name": database,
            "server_id": primary["id"],
            "charset": "UTF8",
            "collation": "en_US.utf8",
        }
        return block(
            place, "database", "azurerm_postgresql_flexible_server_database", body, keep=True
        )

    def _replica(
        self, place: Construct, database: str, server: Server, primary: ServerBlock, number: int
    ) -> None:
        name = f"replica-{number}"
        body: AzurermPostgresqlFlexibleServer = {
            **self._machine(f"{database}-{name}", server),
            "create_mode": "Replica",
            "source_server_id": primary["id"],
        }
        block(place, name, "azurerm_postgresql_flexible_server", body, keep=True)

    def _configuration(self, place: Construct, server: Server, primary: ServerBlock) -> None:
        """Add the parameters one after the other: Azure rejects two changes at the same time."""
        previous: list[TerraformBlock[Any]] = []
        for name, value in sorted({**CONFIGURATION, **server.configuration}.items()):
            body: AzurermPostgresqlFlexibleServerConfiguration = {
                "name": name,
                "server_id": primary["id"],
                "value": value,
            }
            parameter = block(
                place,
                name.replace(".", "-"),
                "azurerm_postgresql_flexible_server_configuration",
                body,
                depends_on=previous,
            )
            previous = [parameter]

    def _administrators(self, place: Construct, primary: ServerBlock) -> None:
        for administrator in self._props.administrators:
            body: AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator = {
                "server_name": primary["name"],
                "resource_group_name": self._props.resource_group,
                "tenant_id": self._props.tenant_id,
                "object_id": administrator.object_id,
                "principal_name": administrator.name,
                "principal_type": administrator.kind,
            }
            block(
                place,
                f"administrator-{administrator.name}",
                "azurerm_postgresql_flexible_server_active_directory_administrator",
                body,
            )

    def _diagnostics(self, place: Construct, database: str, primary: ServerBlock) -> None:
        body: AzurermMonitorDiagnosticSetting = {
            "name": f"{self._props.name}-{database}",
            "target_resource_id": primary["id"],
            "log_analytics_workspace_id": self._props.log_workspace_id,
            "enabled_log": [{"category": "PostgreSQLLogs"}],
            "enabled_metric": [{"category": "AllMetrics"}],
        }
        block(place, "diagnostics", "azurerm_monitor_diagnostic_setting", body)
