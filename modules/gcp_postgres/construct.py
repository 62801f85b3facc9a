"""The constructs: instances, replicas, names and administrators of Cloud SQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from constructs import Construct

from modules import terraform as tf
from modules.elements import forget
from modules.gcp_postgres.props import FLAGS, GcpPostgresProps, WatchedInstance
from modules.restore import replica_names
from modules.secrets.construct import DatabaseAccess
from modules.secrets.names import administrator, login


class GcpPostgres(Construct):
    """Instances with private addresses only, verified by TLS, audited and backed up.

    ``access`` has the access to each database, ``ready`` the blocks that must exist before it
    is used, ``watched`` the subjects of alerts. The chart's job creates the databases and their
    roles. Instances have ``prevent_destroy``; administrators are abandoned rather than dropped.
    """

    def __init__(self, scope: Construct, name: str, props: GcpPostgresProps) -> None:
        super().__init__(scope, name)
        instances = {name: _CloudSqlInstance(self, name, props) for name in props.instances}
        self.access = {name: each.access for name, each in instances.items()}
        self.ready = [block for each in instances.values() for block in each.ready]
        self.watched = [each.watched for each in instances.values()]
        replaced = (each.replaced_blocks(props.name) for each in props.instances.values())
        forget(self, {"google_sql_database_instance": chain.from_iterable(replaced)})


class _CloudSqlInstance(Construct):
    """The instance of one database, with its replicas."""

    def __init__(self, scope: Construct, database: str, props: GcpPostgresProps) -> None:
        self._database, self._props, self._instance = database, props, props.instances[database]
        super().__init__(scope, self._instance.name(database))
        self._name = self._instance.name(f"{props.name}-{database}")
        self.primary = self._primary()
        replicas = dict.fromkeys(
            replica_names(self._instance.read_replicas), (props.region, props.kms_key)
        )
        if region := self._instance.replica_region:
            replicas["disaster"] = region, props.replica_kms_key
        for name, place in replicas.items():
            self._replica(name, *place)
        self.watched = WatchedInstance(
            name=self._name,
            disk_gb=self._instance.disk_limit_gb,
            connections=self._instance.connections,
            replicas=tuple(f"{self._name}-{each}" for each in replicas),
        )
        host = f'trimsuffix({self.primary.address}.dns_name, ".")'
        authorities = self.primary["server_ca_cert[0].cert"]
        self.access = DatabaseAccess(f"${{{host}}}", authorities, self._name)
        self.ready = [self._record(host), self._administrator(), *self._recent_backup()]
        if props.exports:
            self._export_to(props.exports)

    def _primary(self) -> tf.GoogleSqlDatabaseInstanceBlock:
        instance, props = self._instance, self._props
        settings: tf.GoogleSqlDatabaseInstanceSettings = {
            **self._settings(),
            "availability_type": "REGIONAL" if instance.high_availability else "ZONAL",
            "backup_configuration": self._backups(),
            "retain_backups_on_delete": True,
            "maintenance_window": {
                "day": props.maintenance_day,
                "hour": props.maintenance_hour,
                "update_track": "stable",
            },
        }
        if instance.zone:
            settings["location_preference"] = {
                "zone": instance.zone,
                "secondary_zone": instance.standby_zone,
            }
        if props.deny_maintenance:
            start, end = props.deny_maintenance
            settings["deny_maintenance_period"] = {
                "start_date": start,
                "end_date": end,
                "time": "00:00:00",
            }
        body = self._body(self._name, props.region, props.kms_key, settings)
        if restore := instance.restore_from:
            body["clone"] = {
                "source_instance_name": restore.instance,
                "point_in_time": restore.at,
                "allocated_ip_range": props.allocated_range,
            }
        # A failover swaps the zones, and the source of a copy counts only when it is made.
        ignored = ["clone", "settings[0].location_preference"]
        return tf.block(
            self,
            "instance",
            "google_sql_database_instance",
            body,
            keep=True,
            ignore_changes=ignored,
        )

    def _backups(self) -> tf.GoogleSqlDatabaseInstanceSettingsBackupConfiguration:
        return {
            "enabled": True,
            "point_in_time_recovery_enabled": True,
            "start_time": "02:00",
            "location": self._props.backup_location,
            "transaction_log_retention_days": self._instance.log_days,
            "backup_retention_settings": {
                "retained_backups": self._instance.backups_kept,
                "retention_unit": "COUNT",
            },
        }

    def _replica(self, name: str, region: str, kms_key: str | None) -> None:
        settings: tf.GoogleSqlDatabaseInstanceSettings = {
            **self._settings(),
            "availability_type": "ZONAL",
        }
        body: tf.GoogleSqlDatabaseInstance = {
            **self._body(f"{self._name}-{name}", region, kms_key, settings),
            "master_instance_name": self.primary["name"],
            "replica_configuration": {"failover_target": False},
        }
        tf.block(self, name, "google_sql_database_instance", body, keep=True)

    def _body(
        self,
        name: str,
        region: str,
        kms_key: str | None,
        settings: tf.GoogleSqlDatabaseInstanceSettings,
    ) -> tf.GoogleSqlDatabaseInstance:
        return {
            "name": name,
            "project": self._props.project,
            "region": region,
            "database_version": self._instance.version,
            "deletion_protection": self._props.deletion_protection,
            "encryption_key_name": kms_key,
            "settings": settings,
        }

    def _settings(self) -> tf.GoogleSqlDatabaseInstanceSettings:
        """Return the settings that a primary and its replicas have in common."""
        flags = {**FLAGS, **self._instance.flags}
        return {
            "tier": self._instance.tier,
            "edition": self._instance.edition,
            "disk_type": "PD_SSD",
            "disk_size": self._instance.disk_gb,
            "disk_autoresize": True,
            "disk_autoresize_limit": self._instance.disk_limit_gb,
            "deletion_protection_enabled": self._props.deletion_protection,
            "database_flags": [{"name": key, "value": flags[key]} for key in sorted(flags)],
            "ip_configuration": {
                "ipv4_enabled": False,
                "private_network": self._props.network,
                "allocated_ip_range": self._props.allocated_range,
                "ssl_mode": "ENCRYPTED_ONLY",
                # Its certificates have the instance's DNS name, which clients verify.
                "server_ca_mode": "GOOGLE_MANAGED_CAS_CA",
            },
            "insights_config": {
                "query_insights_enabled": True,
                "query_string_length": 1024,
                "record_application_tags": True,
                "record_client_address": False,
            },
            "user_labels": {"environment": self._props.name},
        }

    def _record(self, host: str) -> tf.GoogleDnsRecordSetBlock:
        """Resolve the name in the certificate to the private address, in this network only."""
        zone: tf.GoogleDnsManagedZone = {
            "name": self._name,
            "project": self._props.project,
            "dns_name": f"${{{host}}}.",
            "visibility": "private",
            "private_visibility_config": {"networks": [{"network_url": self._props.network}]},
        }
        record: tf.GoogleDnsRecordSet = {
            "name": f"${{{host}}}.",
            "project": self._props.project,
            "managed_zone": tf.block(self, "zone", "google_dns_managed_zone", zone)["name"],
            "type": "A",
            "ttl": 60,
            "rrdatas": [self.primary["private_ip_address"]],
        }
        return tf.block(self, "record", "google_dns_record_set", record)

    def _export_to(self, bucket: str) -> None:
        """Let the instance write its exports, and nothing else in their bucket."""
        grant: tf.GoogleStorageBucketIamMember = {
            "bucket": bucket,
            "role": "roles/storage.objectCreator",
            "member": f"serviceAccount:{self.primary['service_account_email_address']}",
        }
        tf.block(self, "exports", "google_storage_bucket_iam_member", grant)

    def _recent_backup(self) -> Iterator[tf.TerraformBlock[Any]]:
        """Fail before the release where the latest backup failed or is too old.

        The server migrates its database forward only, so a backup is the only way back.
        """
        if hours := self._props.backup_younger_than_hours:
            body: tf.DataGoogleSqlBackupRun = {
                "project": self._props.project,
                "instance": self.primary["name"],
                "most_recent": True,
            }
            backup = tf.block(self, "backup", "google_sql_backup_run", body, block_type="data")
            limit = f'timeadd({backup.address}.start_time, "{hours}h")'
            condition = (
                f'{backup.address}.status == "SUCCESSFUL" && timecmp({limit}, plantimestamp()) > 0'
            )
            message = (
                f"{self._name} has no successful backup of the last {hours} hours. Make one: "
                f"gcloud sql backups create --instance={self._name}"
            )
            check = {"condition": f"${{{condition}}}", "error_message": message}
            backup.add_override("lifecycle.postcondition", [check])
            yield backup

    def _administrator(self) -> tf.GoogleSqlUserBlock:
        """Add the user that creates the database and its roles: a cloudsqlsuperuser."""
        user = administrator(self._database)
        password, version = self._props.passwords[user]
        body: tf.GoogleSqlUser = {
            "name": login(user, version),
            "instance": self.primary["name"],
            "project": self._props.project,
            "password_wo": password,
            "password_wo_version": version,
            "deletion_policy": "ABANDON",
        }
        return tf.block(self, "administrator", "google_sql_user", body)
