"""Honeycomb: the dataset of an environment, and what the chart's Terraform module adds to it."""

import re

from cdktn import TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.elements import chart_module

PROVIDER_VERSION = "~> 0.51"
COLUMNS = {
    "duration_ms": "float",
    "error": "boolean",
    "http.response.status_code": "integer",
    "http.route": "string",
    "job_type": "string",
    "name": "string",
    "service.name": "string",
}
"""Columns that derived columns, objectives and alerts refer to, with their types."""


class Honeycomb(Construct):
    """Boards and columns in the environment's ``dataset``.

    ``source`` is the chart's tf/honeycomb, relative to Terraform's working folder. The provider
    takes its key from HONEYCOMB_API_KEY.
    """

    def __init__(self, scope: Construct, name: str, *, source: str, dataset: str) -> None:
        super().__init__(scope, name)
        require_provider(TerraformStack.of(self))
        chart_module(self, "honeycomb", source, {"dataset": dataset})


class HoneycombDataset(Construct):
    """The dataset ``name`` with the columns that must exist before anything refers to them."""

    def __init__(self, scope: Construct, construct: str, name: str) -> None:
        super().__init__(scope, construct)
        require_provider(TerraformStack.of(self))
        body: tf.HoneycombioDataset = {"name": name, "delete_protected": True}
        dataset = tf.block(self, "dataset", "honeycombio_dataset", body, keep=True)
        for column, kind in COLUMNS.items():
            attributes: tf.HoneycombioColumn = {
                "dataset": dataset["slug"],
                "name": column,
                "type": kind,
            }
            place = f"column-{re.sub('[._]', '-', column)}"
            tf.block(self, place, "honeycombio_column", attributes, keep=True)


def require_provider(stack: TerraformStack) -> None:
    """Require the provider, which takes its key from HONEYCOMB_API_KEY."""
    tf.provider(stack, "honeycombio", PROVIDER_VERSION, {}, source="honeycombio/honeycombio")
