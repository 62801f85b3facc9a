"""The stack of an environment on Google Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdktn import App, GcsBackend, TerraformStack

from modules.bigquery.construct import BigQuery, BigQueryProps
from modules.gcp_identity.construct import ANNOTATION, workload_identity
from modules.gcp_postgres.construct import GcpPostgres
from modules.gcp_postgres.props import GcpPostgresProps
from modules.secrets.construct import Secrets
from modules.secrets.vault import SecretManager
from modules.terraform import Reference, block, provider
from stacks.platforms.chart import VendoredChart
from stacks.platforms.release import add_release, add_secrets, cluster_providers, passwords

if TYPE_CHECKING:
    from stacks.platforms.gcp import GcpBlueprint

GOOGLE = "~> 8.0"


class GcpStack(TerraformStack):
    """One environment: databases, secrets, warehouse and the release."""

    def __init__(self, app: App, blueprint: GcpBlueprint) -> None:
        self._blueprint = blueprint
        self._name = blueprint.source.stack
        super().__init__(app, self._name)
        self._state()
        self._providers()
        secrets = self._secrets()
        postgres = self._postgres(secrets)
        chart = VendoredChart.of(app, blueprint.source)
        add_release(self, blueprint, chart, secrets, postgres, values=self._values(chart))

    def _state(self) -> None:
        """A bucket, which locks by itself; encrypted with a key of our own."""
        state = self._blueprint.shared.state
        GcsBackend(self, bucket=state.bucket, prefix=self._name)
        self.add_override("terraform.backend.gcs.kms_encryption_key", state.kms_key)

    def _providers(self) -> None:
        shared = self._blueprint.shared
        google = {"project": shared.project, "region": shared.region}
        provider(self, "google", GOOGLE, google)
        cluster_providers(self, self._cluster_access())

    def _cluster_access(self) -> dict[str, str]:
        """How to reach the cluster; the token is made anew in each run and is in no state."""
        shared = self._blueprint.shared
        body = {**shared.cluster.model_dump(), "project": shared.project}
        cluster = block(self, "cluster", "google_container_cluster", body, block_type="data")
        client = block(self, "client", "google_client_config", {}, block_type="ephemeral")
        certificate = f"{cluster.address}.master_auth[0].cluster_ca_certificate"
        return {
            "host": f"https://{cluster['endpoint']}",
            "token": client["access_token"],
            "cluster_ca_certificate": f"${{base64decode({certificate})}}",
        }

    def _secrets(self) -> Secrets:
        shared = self._blueprint.shared
        vault = SecretManager(shared.project, shared.region, self._name, shared.kms_key)
        return add_secrets(self, vault, self._blueprint)

    def _postgres(self, secrets: Secrets) -> GcpPostgres:
        shared, settings = self._blueprint.shared, self._blueprint.lana_bank
        props = GcpPostgresProps(
            name=self._name,
            project=shared.project,
            region=shared.region,
            network=f"projects/{shared.project}/global/networks/{shared.network.name}",
            instances={name: found.made() for name, found in settings.postgres.by_name().items()},
            passwords=passwords(secrets),
            kms_key=shared.kms_key,
        )
        return GcpPostgres(self, "postgres", props)

    def _values(self, chart: VendoredChart) -> dict[str, Any]:
        """The chart's values that only Google Cloud has: identities and the warehouse."""
        settings, shared = self._blueprint.lana_bank, self._blueprint.shared
        server = self._identity("lana-bank", "lana", ("roles/cloudsql.client",))
        roles = ("roles/cloudsql.client", "roles/bigquery.jobUser")
        pipeline = self._identity("lana-bank-dagster-code", "dagster", roles)
        props = BigQueryProps(
            source=chart.reference("tf", "bq-setup"),
            name=self._name,
            project=shared.project,
            region=shared.region,
            additional_owners=settings.additional_bq_owners,
            pipeline=pipeline,
        )
        dataset = BigQuery(self, "warehouse", props).dataset
        code = {"serviceAccountAnnotations": {ANNOTATION: pipeline["email"]}}
        warehouse = {"project": shared.project, "dataset": dataset, "dbtDataset": dataset}
        return {
            "lanaBank": {"serviceAccountAnnotations": {ANNOTATION: server["email"]}},
            "dagster": {"codeLocation": code, "bigquery": warehouse},
        }

    def _identity(self, account: str, short: str, roles: tuple[str, ...]) -> Reference:
        """A service account's id has 30 characters at most."""
        project, namespace = self._blueprint.shared.project, self._blueprint.lana_bank.namespace
        name = f"{self._name[:22].rstrip('-')}-{short}"
        return workload_identity(
            self, name, project=project, account=account, namespace=namespace, roles=roles
        )
