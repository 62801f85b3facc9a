"""The stack of an environment on Google Cloud."""

from __future__ import annotations

import hashlib
from typing import Any

from cdktn import App, GcsBackend, TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.bigquery import BigQuery
from modules.gcp_alerts.construct import GcpAlerts
from modules.gcp_identity import ANNOTATION, workload_identity
from modules.gcp_postgres.construct import GcpPostgres
from modules.gcp_postgres.props import GcpPostgresProps
from modules.secrets.construct import Secrets
from modules.secrets.vault import SecretManager
from stacks.platforms.chart import VendoredChart
from stacks.platforms.gcp import GOOGLE, GcpBlueprint
from stacks.platforms.release import add_release, cluster_providers, public_hosts


class GcpStack(TerraformStack):
    """One environment: databases, secrets, warehouse and the release."""

    def __init__(self, app: App, blueprint: GcpBlueprint) -> None:
        self._blueprint = blueprint
        self._name = blueprint.source.stack
        super().__init__(app, self._name)
        # The bucket locks the state and encrypts it with a customer-managed key.
        shared, state = blueprint.shared, blueprint.shared.state
        GcsBackend(self, bucket=state.bucket, prefix=self._name)
        self.add_override("terraform.backend.gcs.kms_encryption_key", state.kms_key)
        tf.provider(self, "google", GOOGLE, {"project": shared.project, "region": shared.region})
        cluster_providers(self, self._cluster_access())
        settings, vault = blueprint.lana_bank.secrets, secret_manager(blueprint)
        databases = blueprint.lana_bank.postgres.by_name()
        secrets = Secrets(self, "secrets", vault, databases, settings.versions, settings.external)
        postgres = self._postgres(secrets)
        chart = VendoredChart.of(app, blueprint.source)
        add_release(self, blueprint, chart, secrets, postgres, values=self._values(chart))
        GcpAlerts(
            self,
            "alerts",
            project=shared.project,
            emails=shared.alerts.emails,
            instances=postgres.watched,
            hosts=public_hosts(blueprint.lana_bank),
        )

    def _cluster_access(self) -> dict[str, str]:
        """Return the access to the cluster; its token is new in each run and in no state."""
        shared = self._blueprint.shared
        body: tf.DataGoogleContainerCluster = {
            "name": shared.cluster.name,
            "location": shared.cluster.location,
            "project": shared.project,
        }
        cluster = tf.block(self, "cluster", "google_container_cluster", body, block_type="data")
        client = tf.block(self, "client", "google_client_config", {}, block_type="ephemeral")
        certificate = f"{cluster.address}.master_auth[0].cluster_ca_certificate"
        return {
            "host": f"https://{cluster['endpoint']}",
            "token": client["access_token"],
            "cluster_ca_certificate": f"${{base64decode({certificate})}}",
        }

    def _postgres(self, secrets: Secrets) -> GcpPostgres:
        shared, settings = self._blueprint.shared, self._blueprint.lana_bank
        denied = settings.postgres.deny_maintenance
        props = GcpPostgresProps(
            name=self._name,
            project=shared.project,
            region=shared.region,
            network=f"projects/{shared.project}/global/networks/{shared.network.name}",
            instances={name: each.props() for name, each in settings.postgres.by_name().items()},
            passwords=secrets.passwords,
            allocated_range=shared.allocated_range or f"{shared.network.name}-databases",
            kms_key=shared.kms_key,
            replica_kms_key=shared.replica_kms_key,
            backup_location=settings.postgres.backup_location,
            backup_younger_than_hours=settings.postgres.backup_younger_than_hours,
            maintenance_day=settings.postgres.maintenance_day,
            maintenance_hour=settings.postgres.maintenance_hour,
            exports=shared.long_term_backups.bucket if shared.long_term_backups else None,
            deny_maintenance=(denied.first, denied.last) if denied else None,
        )
        return GcpPostgres(self, "postgres", props)

    def _values(self, chart: VendoredChart) -> dict[str, Any]:
        """Return the chart's values that only Google Cloud has: identities and the warehouse."""
        settings, shared = self._blueprint.lana_bank, self._blueprint.shared
        server = self._identity("lana-bank", "lana")
        pipeline = self._identity("lana-bank-dagster-code", "dagster", "roles/bigquery.jobUser")
        warehouse = BigQuery(
            self,
            "warehouse",
            source=chart.reference("tf", "bq-setup"),
            prefix=self._name,
            project=shared.project,
            region=shared.region,
            additional_owners=settings.additional_bq_owners,
            kms_key=shared.kms_key,
            pipeline=pipeline,
        )
        dataset = warehouse.dataset
        code = {"serviceAccountAnnotations": {ANNOTATION: pipeline["email"]}}
        bigquery = {
            "project": shared.project,
            "dataset": dataset,
            "dbtDataset": dataset,
            "reportsBucket": settings.reports_bucket or "",
        }
        gateway = settings.gateway
        self._use_bucket("documents", settings.documents_bucket, server)
        self._use_bucket("reports", settings.reports_bucket, pipeline)
        return {
            "ingress": {"gateway": dict(gateway)} if gateway else {},
            "lanaBank": {
                "serviceAccountAnnotations": {ANNOTATION: server["email"]},
                "storage": {"bucket": settings.documents_bucket or ""},
            },
            "dagster": {
                "codeLocation": code,
                "bigquery": bigquery,
                "automations": str(settings.automations).lower(),
            },
        }

    def _use_bucket(
        self, name: str, bucket: str | None, account: tf.GoogleServiceAccountBlock
    ) -> None:
        """Let an account write to a bucket, and sign the addresses of what it wrote."""
        if not bucket:
            return
        place = Construct(self, name)
        objects: tf.GoogleStorageBucketIamMember = {
            "bucket": bucket,
            "role": "roles/storage.objectUser",
            "member": account["member"],
        }
        tf.block(place, "objects", "google_storage_bucket_iam_member", objects)
        signing: tf.GoogleServiceAccountIamMember = {
            "service_account_id": account["name"],
            "role": "roles/iam.serviceAccountTokenCreator",
            "member": account["member"],
        }
        tf.block(place, "signing", "google_service_account_iam_member", signing)

    def _identity(self, account: str, suffix: str, *roles: str) -> tf.GoogleServiceAccountBlock:
        return workload_identity(
            self,
            account_id(self._name, suffix),
            project=self._blueprint.shared.project,
            account=account,
            namespace=self._blueprint.lana_bank.namespace,
            roles=("roles/cloudsql.client", *roles),
        )


def account_id(environment: str, suffix: str) -> str:
    """Return the id of a service account: 30 characters at most, another for each environment."""
    if len(environment) > 22:
        digest = hashlib.sha256(environment.encode()).hexdigest()[:6]
        environment = f"{environment[:15].rstrip('-')}-{digest}"
    return f"{environment}-{suffix}"


def secret_manager(blueprint: GcpBlueprint) -> SecretManager:
    """Return the vault of an environment on Google Cloud."""
    shared = blueprint.shared
    return SecretManager(shared.project, shared.region, blueprint.source.stack, shared.kms_key)
