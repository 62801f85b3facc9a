"""The construct: the Terraform module that the chart carries, and who may use its dataset."""

from __future__ import annotations

from dataclasses import dataclass

from cdktn import TerraformHclModule
from constructs import Construct

from modules.terraform import Reference, block


@dataclass(frozen=True, kw_only=True)
class BigQueryProps:
    """What the data warehouse is made from.

    source             the chart's tf/bq-setup as Terraform reads it, relative to where it runs
    name               what its names start with: the environment
    project, region    where it is
    additional_owners  e-mail addresses of people who own the dataset, too (default none)
    pipeline           the service account that loads and transforms the data
    """

    source: str
    name: str
    project: str
    region: str
    additional_owners: tuple[str, ...] = ()
    pipeline: Reference


class BigQuery(Construct):
    """The dataset, owned by the pipeline's account; ``dataset`` is the expression of its id."""

    def __init__(self, scope: Construct, name: str, props: BigQueryProps) -> None:
        super().__init__(scope, name)
        self.module = TerraformHclModule(
            self,
            "module",
            source=props.source,
            # The folder is read where it is: it is vendored with the chart.
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
        owner = {
            "project": props.project,
            "dataset_id": self.dataset,
            "role": "roles/bigquery.dataOwner",
            "member": props.pipeline["member"],
        }
        block(self, "owner", "google_bigquery_dataset_iam_member", owner)
