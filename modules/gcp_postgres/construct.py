"""The constructs: instances, replicas, databases and users of Cloud SQL."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.gcp_postgres.props import FLAGS, GcpPostgresProps


class GcpPostgres(Construct):
    """Instances with private addresses only, TLS required, audited and backed up.

    ``hosts`` has the private address of each database, ``databases`` the blocks that must exist
    before it is used. Instances and databases have ``prevent_destroy``; users are abandoned
    rather than dropped, because they own tables.
    """

    def __init__(self, scope: Construct, name: str, props: GcpPostgresProps) -> None:
        super().__init__(scope, name)
        instances = {name: _CloudSqlInstance(self, name, props) for name in props.instances}
        self.hosts = {name: each.primary["private_ip_address"] for name, each in instances.items()}
        self.databases = [instance.database for instance in instances.values()]


class _CloudSqlInstance(Construct):
    """The instance of one database, with its replicas."""

    def __init__(self, scope: Construct, name: str, props: GcpPostgresProps) -> None:
        super().__init__(scope, name)
        self._name, self._props, self._instance = name, props, props.instances[name]
        self.primary = self._primary()
        self.database = self._database()
        for number in range(1, self._instance.read_replicas + 1):
            self._replica(f"replica-{number}")

    def _primary(self) -> tf.GoogleSqlDatabaseInstanceBlock:
        instance = self._instance
        settings: tf.GoogleSqlDatabaseInstanceSettings = {
            **self._settings(),
            "availability_type": "REGIONAL" if instance.high_availability else "ZONAL",
            "backup_configuration": {
                "enabled": True,
                "point_in_time_recovery_enabled": True,
                "start_time": "02:00",
                "transaction_log_retention_days": instance.log_days,
                "backup_retention_settings": {
                    "retained_backups": instance.backups_kept,
                    "retention_unit": "COUNT",
                },
            },
            "maintenance_window": {
                "day": self._props.maintenance_day,
                "hour": self._props.maintenance_hour,
                "update_track": "stable",
            },
        }
        body = self._body(self._name, settings)
        return tf.block(self, "instance", "google_sql_database_instance", body, keep=True)

    def _replica(self, name: str) -> None:
        settings: tf.GoogleSqlDatabaseInstanceSettings = {
            **self._settings(),
            "availability_type": "ZONAL",
        }
        body: tf.GoogleSqlDatabaseInstance = {
            **self._body(f"{self._name}-{name}", settings),
            "master_instance_name": self.primary["name"],
            "replica_configuration": {"failover_target": False},
        }
        tf.block(self, name, "google_sql_database_instance", body, keep=True)

    def _body(
        self, name: str, settings: tf.GoogleSqlDatabaseInstanceSettings
    ) -> tf.GoogleSqlDatabaseInstance:
        return {
            "name": f"{self._props.name}-{name}",
            "project": self._props.project,
            "region": self._props.region,
            "database_version": self._instance.version,
            "deletion_protection": self._props.deletion_protection,
            "encryption_key_name": self._props.kms_key,
            "settings": settings,
        }

    def _settings(self) -> tf.GoogleSqlDatabaseInstanceSettings:
        """Return the settings that a primary and its replicas have in common."""
        flags = {**FLAGS, **self._instance.flags}
        return {
            "tier": self._instance.tier,
            "edition": "ENTERPRISE",
            "disk_type": "PD_SSD",
            "disk_size": self._instance.disk_gb,
            "disk_autoresize": True,
            "disk_autoresize_limit": self._instance.disk_limit_gb,
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

    def _database(self) -> tf.GoogleSqlDatabaseBlock:
        """Add the database and its owner; a job of the chart creates the server's reader."""
        password, version = self._props.passwords[self._name]
        owner: tf.GoogleSqlUser = {
            "name": self._name,
            "instance": self.primary["name"],
            "project": self._props.project,
            "password_wo": password,
            "password_wo_version": version,
            "deletion_policy": "ABANDON",
        }
        user = tf.block(self, "owner", "google_sql_user", owner)
        body: tf.GoogleSqlDatabase = {
            "name": self._name,
            "instance": self.primary["name"],
            "project": self._props.project,
            "charset": "UTF8",
            "deletion_policy": "ABANDON",
        }
        return tf.block(self, "database", "google_sql_database", body, keep=True, depends_on=[user])
