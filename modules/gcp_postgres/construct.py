"""The construct: instances, replicas, databases and users of Cloud SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs import Construct

from modules.gcp_postgres.props import FLAGS, GcpPostgresProps, Instance
from modules.terraform import TerraformBlock, block

if TYPE_CHECKING:
    from modules.terraform import (
        GoogleSqlDatabase,
        GoogleSqlDatabaseAttribute,
        GoogleSqlDatabaseInstance,
        GoogleSqlDatabaseInstanceAttribute,
        GoogleSqlDatabaseInstanceSettings,
        GoogleSqlDatabaseInstanceSettingsBackupConfiguration,
        GoogleSqlUser,
    )

    InstanceBlock = TerraformBlock[GoogleSqlDatabaseInstanceAttribute]


class GcpPostgres(Construct):
    """Instances with private addresses only, TLS required, audited and backed up.

    ``hosts`` has the private address of each database, ``databases`` the blocks that must exist
    before it is used. Instances and databases have ``prevent_destroy``; users are abandoned
    rather than dropped, because they own tables.
    """

    def __init__(self, scope: Construct, name: str, props: GcpPostgresProps) -> None:
        super().__init__(scope, name)
        self._props = props
        self.hosts: dict[str, str] = {}
        self.databases: list[TerraformBlock[Any]] = []
        for database, instance in props.instances.items():
            place = Construct(self, database)
            primary = self._primary(place, database, instance)
            self.hosts[database] = primary["private_ip_address"]
            self.databases.append(self._database(place, database, primary))
            for number in range(1, instance.read_replicas + 1):
                self._replica(place, database, instance, primary, number)

    def _primary(self, place: Construct, database: str, instance: Instance) -> InstanceBlock:
        settings: GoogleSqlDatabaseInstanceSettings = {
            **self._settings(instance),
            "availability_type": "REGIONAL" if instance.high_availability else "ZONAL",
            "backup_configuration": _backups(instance),
            "maintenance_window": {
                "day": self._props.maintenance_day,
                "hour": self._props.maintenance_hour,
                "update_track": "stable",
            },
        }
        return self._instance(place, "instance", database, instance, settings)

    def _replica(
        self,
        place: Construct,
        database: str,
        instance: Instance,
        primary: InstanceBlock,
        number: int,
    ) -> None:
        settings: GoogleSqlDatabaseInstanceSettings = {
            **self._settings(instance),
            "availability_type": "ZONAL",
        }
        name = f"replica-{number}"
        self._instance(place, name, f"{database}-{name}", instance, settings, primary["name"])

    def _instance(
        self,
        place: Construct,
        name: str,
        suffix: str,
        instance: Instance,
        settings: GoogleSqlDatabaseInstanceSettings,
        primary: str | None = None,
    ) -> InstanceBlock:
        body: GoogleSqlDatabaseInstance = {
            "name": f"{self._props.name}-{suffix}",
            "project": self._props.project,
            "region": self._props.region,
            "database_version": instance.version,
            "deletion_protection": self._props.deletion_protection,
            "encryption_key_name": self._props.kms_key,
            "settings": settings,
            "master_instance_name": primary,
            "replica_configuration": {"failover_target": False} if primary else None,
        }
        return block(place, name, "google_sql_database_instance", body, keep=True)

    def _settings(self, instance: Instance) -> GoogleSqlDatabaseInstanceSettings:
        """Return the settings that a primary and its replicas have in common."""
        flags = {**FLAGS, **instance.flags}
        return {
            "tier": instance.tier,
            "edition": "ENTERPRISE",
            "disk_type": "PD_SSD",
            "disk_size": instance.disk_gb,
            "disk_autoresize": True,
            "disk_autoresize_limit": instance.disk_limit_gb,
            "deletion_protection_enabled": self._props.deletion_protection,
            "database_flags": [{"name": key, "value": flags[key]} for key in sorted(flags)],
            "ip_configuration": {
                "ipv4_enabled": False,
                "private_network": self._props.network,
                "ssl_mode": "ENCRYPTED_ONLY",
            },
            "insights_config": {
                "query_insights_enabled": True,
                "query_string_length": 1024,
                "record_application_tags": True,
                "record_client_address": False,
            },
            "user_labels": {"environment": self._props.name},
        }

    def _database(
        self, place: Construct, database: str, primary: InstanceBlock
    ) -> TerraformBlock[GoogleSqlDatabaseAttribute]:
        """Add the database and its owner; a job of the chart creates the server's reader."""
        project, instance = self._props.project, primary["name"]
        password, version = self._props.passwords[database]
        owner: GoogleSqlUser = {
            "name": database,
            "instance": instance,
            "project": project,
            "password_wo": password,
            "password_wo_version": version,
            "deletion_policy": "ABANDON",
        }
        user = block(place, "owner", "google_sql_user", owner)
        body: GoogleSqlDatabase = {
            "name": database,
            "instance": instance,
            "project": project,
            "charset": "UTF8",
            "deletion_policy": "ABANDON",
        }
        return block(place, "database", "google_sql_database", body, keep=True, depends_on=[user])


def _backups(instance: Instance) -> GoogleSqlDatabaseInstanceSettingsBackupConfiguration:
    return {
        "enabled": True,
        "point_in_time_recovery_enabled": True,
        "start_time": "02:00",
        "transaction_log_retention_days": instance.log_days,
        "backup_retention_settings": {
            "retained_backups": instance.backups_kept,
            "retention_unit": "COUNT",
        },
    }
