"""The data warehouse of an environment: the chart's Terraform module, and access to its dataset."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.elements import chart_module


class BigQuery(Construct):
    """The dataset, owned by the ``pipeline``'s account; ``dataset`` is the expression of its id.

    ``source`` is the chart's tf/bq-setup, relative to Terraform's working folder, ``prefix``
    that of every name, ``additional_owners`` the e-mail addresses of further owners, ``kms_key``
    the key of the tables (None: Google's own).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        source: str,
        prefix: str,
        project: str,
        region: str,
        additional_owners: tuple[str, ...] = (),
        kms_key: str | None = None,
        pipeline: tf.GoogleServiceAccountBlock,
    ) -> None:
        super().__init__(scope, name)
        variables = {
            "name_prefix": prefix,
            "gcp_project": project,
            "gcp_region": region,
            "additional_owners": list(additional_owners),
            "kms_key": kms_key or "",
        }
        chart_module(self, "bigquery", source, variables)
        self.dataset = "${module.bigquery.dataset_id}"
        owner: tf.GoogleBigqueryDatasetIamMember = {
            "project": project,
            "dataset_id": self.dataset,
            "role": "roles/bigquery.dataOwner",
            "member": pipeline["member"],
        }
        tf.block(self, "owner", "google_bigquery_dataset_iam_member", owner)
