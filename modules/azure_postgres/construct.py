"""The constructs: servers, replicas and parameters of Flexible Server."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any, Final

from constructs import Construct

from modules import terraform as tf
from modules.azure_postgres.network import DelegatedNetwork
from modules.azure_postgres.props import (
    BACKUP_POLICY,
    CONFIGURATION,
    AzurePostgresProps,
    WatchedServer,
)
from modules.elements import forget
from modules.restore import replica_names
from modules.secrets.construct import DatabaseAccess
from modules.secrets.names import administrator, login

AUTHORITIES = Path(__file__).parent / "authorities.pem"
"""The certificate authorities that Microsoft documents for Flexible Server."""

COPIES: Final = "azurerm_data_protection_backup_instance_postgresql_flexible_server"


class AzurePostgres(Construct):
    """Servers in a delegated subnet, verified by TLS, audited and backed up.

    ``access`` has the access to each database, ``ready`` the blocks that must exist before it
    is used: parameters too, because some of them restart the server; ``watched`` the subjects
    of alerts. The chart's job creates the databases and their roles. Servers have
    ``prevent_destroy`` and a lock in Azure.
    """

    def __init__(self, scope: Construct, name: str, props: AzurePostgresProps) -> None:
        super().__init__(scope, name)
        network = DelegatedNetwork(self, props)
        servers = {name: _FlexibleServer(self, name, props, network) for name in props.servers}
        self.access = {name: server.access for name, server in servers.items()}
        self.ready = [server.changed_last for server in servers.values()]
        self.watched = [server.watched for server in servers.values()]
        servers_before = (each.replaced_blocks(props.name) for each in props.servers.values())
        replaced = list(chain.from_iterable(servers_before))
        locks = [f"{name}-lock" for name in replaced]
        primaries = [name for name in replaced if name.endswith("-instance")]
        forget(
            self,
            {
                "azurerm_postgresql_flexible_server": replaced,
                "azurerm_management_lock": locks,
                COPIES: [name.replace("-instance", "-long-term") for name in primaries],
            },
        )


class _FlexibleServer(Construct):
    """The server of one database, with its replicas.

    Azure rejects two changes of a server at the same time, so each block of it depends on the
    one before: ``changed_last`` is the latest.
    """

    def __init__(
        self, scope: Construct, database: str, props: AzurePostgresProps, network: DelegatedNetwork
    ) -> None:
        self._database, self._props, self._network = database, props, network
        self._server = props.servers[database]
        super().__init__(scope, self._server.name(database))
        self._name = self._server.name(f"{props.name}-{database}")
        self.primary = self._primary()
        self.changed_last: tf.TerraformBlock[Any] = self.primary
        self._configuration()
        self._administrators()
        self._attend("instance", self._name, self.primary)
        replicas = {name: self._replica(name) for name in replica_names(self._server.read_replicas)}
        if props.long_term_vault_id:
            self._long_term(props.long_term_vault_id)
        if props.release:
            self._backup(props.release)
        self.watched = WatchedServer(
            name=self._name,
            id=self.primary["id"],
            connections=self._server.connections,
            replicas={name: block["id"] for name, block in replicas.items()},
        )
        self.access = DatabaseAccess(
            self.primary["fqdn"], AUTHORITIES.read_text(encoding="ascii"), self._name
        )

    def _primary(self) -> tf.AzurermPostgresqlFlexibleServerBlock:
        body: tf.AzurermPostgresqlFlexibleServer = {
            **self._machine(self._name),
            **self._origin(),
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
        # A failover swaps the zones, which is no reason to swap them back, and the source of a
        # copy counts only when it is made.
        ignored = ["zone", "source_server_id", "point_in_time_restore_time_in_utc"]
        if self._server.high_availability:
            zone = self._server.standby_zone
            body["high_availability"] = {"mode": "ZoneRedundant", "standby_availability_zone": zone}
            ignored.append("high_availability[0].standby_availability_zone")
        return tf.block(
            self,
            "instance",
            "azurerm_postgresql_flexible_server",
            body,
            keep=True,
            ignore_changes=ignored,
            depends_on=[self._network.link],
        )

    def _origin(self) -> tf.AzurermPostgresqlFlexibleServer:
        """Return the source of a copy, which brings its administrator, or a new administrator."""
        if restore := self._server.restore_from:
            return {  # type: ignore[typeddict-item]
                "create_mode": "PointInTimeRestore",
                "source_server_id": f"{self._props.server_id}{restore.instance}",
                "point_in_time_restore_time_in_utc": restore.at,
            }
        user = administrator(self._database)
        password, version = self._props.passwords[user]
        return {  # type: ignore[typeddict-item]
            "administrator_login": login(user, version),
            "administrator_password_wo": password,
            "administrator_password_wo_version": version,
        }

    def _replica(self, name: str) -> tf.AzurermPostgresqlFlexibleServerBlock:
        body: tf.AzurermPostgresqlFlexibleServer = {
            **self._machine(f"{self._name}-{name}"),
            "create_mode": "Replica",
            "source_server_id": self.primary["id"],
        }
        replica = tf.block(
            self,
            name,
            "azurerm_postgresql_flexible_server",
            body,
            keep=True,
            depends_on=[self.changed_last],
        )
        self.changed_last = replica
        self._attend(name, f"{self._name}-{name}", replica)
        return replica

    def _backup(self, release: str) -> None:
        """Add a backup that is made before the release, and removed once the next one is there.

        The server migrates its database forward only, so a backup is the only way back.
        """
        body: tf.AzurermPostgresqlFlexibleServerBackup = {
            "name": f"before-{release}",
            "server_id": self.primary["id"],
        }
        self.changed_last = tf.block(
            self,
            "backup",
            "azurerm_postgresql_flexible_server_backup",
            body,
            create_first=True,
            depends_on=[self.changed_last],
        )

    def _long_term(self, vault_id: str) -> None:
        """Add weekly copies in a vault that keeps them for years, whoever has the server."""
        body: tf.AzurermDataProtectionBackupInstancePostgresqlFlexibleServer = {
            "name": self._name,
            "location": self._props.location,
            "vault_id": vault_id,
            "server_id": self.primary["id"],
            "backup_policy_id": f"{vault_id}/backupPolicies/{BACKUP_POLICY}",
        }
        self.changed_last = tf.block(
            self,
            "long-term",
            COPIES,
            body,
            keep=True,
            depends_on=[self.changed_last],
        )

    def _machine(self, name: str) -> tf.AzurermPostgresqlFlexibleServer:
        """Return the attributes that a primary and its replicas have in common."""
        body: tf.AzurermPostgresqlFlexibleServer = {
            "name": name,
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
        if keys := self._props.encryption:
            identities = [keys.identity_id, keys.backup_identity_id]
            body["identity"] = {
                "type": "UserAssigned",
                "identity_ids": [each for each in identities if each],
            }
            body["customer_managed_key"] = {
                "key_vault_key_id": keys.key_id,
                "primary_user_assigned_identity_id": keys.identity_id,
                "geo_backup_key_vault_key_id": keys.backup_key_id,
                "geo_backup_user_assigned_identity_id": keys.backup_identity_id,
            }
        return body

    def _configuration(self) -> None:
        for name, value in sorted({**CONFIGURATION, **self._server.configuration}.items()):
            body: tf.AzurermPostgresqlFlexibleServerConfiguration = {
                "name": name,
                "server_id": self.primary["id"],
                "value": value,
            }
            self.changed_last = tf.block(
                self,
                name.replace(".", "-"),
                "azurerm_postgresql_flexible_server_configuration",
                body,
                depends_on=[self.changed_last],
            )

    def _administrators(self) -> None:
        for principal in self._props.administrators:
            body: tf.AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator = {
                "server_name": self.primary["name"],
                "resource_group_name": self._props.resource_group,
                "tenant_id": self._props.tenant_id,
                "object_id": principal.object_id,
                "principal_name": principal.name,
                "principal_type": principal.kind,
            }
            self.changed_last = tf.block(
                self,
                f"administrator-{principal.name}",
                "azurerm_postgresql_flexible_server_active_directory_administrator",
                body,
                depends_on=[self.changed_last],
            )

    def _attend(self, name: str, full_name: str, server: tf.TerraformBlock[Any]) -> None:
        """Lock a server against deletion, and keep its logs and metrics."""
        lock: tf.AzurermManagementLock = {
            "name": f"{full_name}-keep",
            "scope": server["id"],
            "lock_level": "CanNotDelete",
            "notes": "The bank's books.",
        }
        tf.block(self, f"{name}-lock", "azurerm_management_lock", lock)
        logs: tf.AzurermMonitorDiagnosticSetting = {
            "name": full_name,
            "target_resource_id": server["id"],
            "log_analytics_workspace_id": self._props.log_workspace_id,
            "enabled_log": [{"category": "PostgreSQLLogs"}],
            "enabled_metric": [{"category": "AllMetrics"}],
        }
        tf.block(self, f"{name}-diagnostics", "azurerm_monitor_diagnostic_setting", logs)
