"""The construct: servers, replicas, databases and parameters of Flexible Server."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from modules.azure_postgres.props import CONFIGURATION, AzurePostgresProps, Server
from modules.terraform import Reference, block

DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"


class AzurePostgres(Construct):
    """Three servers in a delegated subnet, TLS required, audited and backed up.

    ``hosts`` has the address of each database, ``databases`` what is there when it can be
    used. The owner of a database is the server's
    administrator: Flexible Server has no resource for further users. Servers and databases
    have ``prevent_destroy``.
    """

    def __init__(self, scope: Construct, name: str, props: AzurePostgresProps) -> None:
        super().__init__(scope, name)
        self._props = props
        self._subnet = self._network()
        self._zone, self._link = self._name_resolution()
        self.hosts: dict[str, str] = {}
        self.databases: list[Reference] = []
        for database, server in props.servers.items():
            place = Construct(self, database)
            primary = self._primary(place, database, server)
            self.hosts[database] = primary["fqdn"]
            self._configure(place, server, primary)
            self._administer(place, primary)
            self._observe(place, database, primary)
            self.databases.append(self._database(place, database, primary))
            for number in range(1, server.read_replicas + 1):
                self._replica(place, database, server, primary, number)

    def _network(self) -> Reference:
        body = {
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

    def _name_resolution(self) -> tuple[Reference, Reference]:
        zone = {
            "name": f"{self._props.name}.postgres.database.azure.com",
            "resource_group_name": self._props.resource_group,
        }
        private = block(self, "zone", "azurerm_private_dns_zone", zone)
        link = {
            "name": self._props.name,
            "private_dns_zone_id": private["id"],
            "virtual_network_id": self._props.virtual_network_id,
        }
        kind = "azurerm_private_dns_zone_virtual_network_link"
        return private, block(self, "zone-link", kind, link)

    def _primary(self, place: Construct, database: str, server: Server) -> Reference:
        password, version = self._props.passwords[database]
        body = {
            **self._machine(database, server),
            **_availability(server),
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
        kind = "azurerm_postgresql_flexible_server"
        return block(place, "server", kind, body, keep=True, depends_on=[self._link])

    def _machine(self, name: str, server: Server) -> dict[str, Any]:
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

    def _database(self, place: Construct, database: str, primary: Reference) -> Reference:
        body = {
            "name": database,
            "server_id": primary["id"],
            "charset": "UTF8",
            "collation": "en_US.utf8",
        }
        kind = "azurerm_postgresql_flexible_server_database"
        return block(place, "database", kind, body, keep=True)

    def _replica(
        self, place: Construct, database: str, server: Server, primary: Reference, number: int
    ) -> None:
        name = f"replica-{number}"
        body = {
            **self._machine(f"{database}-{name}", server),
            "create_mode": "Replica",
            "source_server_id": primary["id"],
        }
        block(place, name, "azurerm_postgresql_flexible_server", body, keep=True)

    def _configure(self, place: Construct, server: Server, primary: Reference) -> None:
        """Server parameters, one after the other: Azure refuses two changes at once."""
        kind = "azurerm_postgresql_flexible_server_configuration"
        before: list[Reference] = []
        for name, value in sorted({**CONFIGURATION, **server.configuration}.items()):
            body = {"name": name, "server_id": primary["id"], "value": value}
            before = [block(place, name.replace(".", "-"), kind, body, depends_on=before)]

    def _administer(self, place: Construct, primary: Reference) -> None:
        kind = "azurerm_postgresql_flexible_server_active_directory_administrator"
        for administrator in self._props.administrators:
            body = {
                "server_name": primary["name"],
                "resource_group_name": self._props.resource_group,
                "tenant_id": self._props.tenant_id,
                "object_id": administrator.object_id,
                "principal_name": administrator.name,
                "principal_type": administrator.kind,
            }
            block(place, f"administrator-{administrator.name}", kind, body)

    def _observe(self, place: Construct, database: str, primary: Reference) -> None:
        body = {
            "name": f"{self._props.name}-{database}",
            "target_resource_id": primary["id"],
            "log_analytics_workspace_id": self._props.log_workspace_id,
            "enabled_log": [{"category": "PostgreSQLLogs"}],
            "enabled_metric": [{"category": "AllMetrics"}],
        }
        block(place, "diagnostics", "azurerm_monitor_diagnostic_setting", body)


def _availability(server: Server) -> dict[str, Any]:
    """The standby. After a failover the zones are swapped; that is no reason to swap them back."""
    if not server.high_availability:
        return {"lifecycle": {"ignore_changes": ["zone"]}}
    standby = "standby_availability_zone"
    return {
        "high_availability": {"mode": "ZoneRedundant", standby: server.standby_zone},
        "lifecycle": {"ignore_changes": ["zone", f"high_availability[0].{standby}"]},
    }
