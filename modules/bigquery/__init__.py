"""The data warehouse of an environment: the chart's Terraform module, and access to its dataset."""

from __future__ import annotations

from dataclasses import dataclass

from cdktn import TerraformHclModule
from constructs import Construct

from modules import terraform as tf


@dataclass(frozen=True, kw_only=True)
class BigQueryProps:
    """Properties of the data warehouse.

    source             the chart's tf/bq-setup, relative to Terraform's working folder
    name               prefix of every name: the environment
    additional_owners  e-mail addresses of further owners of the dataset (default none)
    pipeline           the service account that loads and transforms the data
    """

    source: str
    name: str
    project: str
    region: str
    additional_owners: tuple[str, ...] = ()
    pipeline: tf.GoogleServiceAccountBlock


class BigQuery(Construct):
    """The dataset, owned by the pipeline's account; ``dataset`` is the expression of its id."""

    def __init__(self, scope: Construct, name: str, props: BigQueryProps) -> None:
        super().__init__(scope, name)
        self.module = TerraformHclModule(
            self,
            "module",
            source=props.source,
            # The folder is vendored with the chart, so it needs no copy.
            skip_asset_creation_from_local_modules=True,
            variables={
                "name_prefix": props.name,
                "gcp_project": props.project,
                "gcp_region": props.region,
                "additional_owners": list(props.additional_owners),
            },
        )
        self.module.override_logical_id("bigquery")
        self.dataset = "${module.bigquery.dataset_id}"
        owner: tf.GoogleBigqueryDatasetIamMember = {
            "project": props.project,
            "dataset_id": self.dataset,
            "role": "roles/bigquery.dataOwner",
            "member": props.pipeline["member"],
        }
        tf.block(self, "owner", "google_bigquery_dataset_iam_member", owner)
