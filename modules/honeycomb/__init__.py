"""Honeycomb boards and columns of an environment: the chart's Terraform module."""

from __future__ import annotations

from cdktn import TerraformHclModule, TerraformStack
from constructs import Construct

from modules import terraform as tf

PROVIDER_VERSION = "~> 0.51"


class Honeycomb(Construct):
    """Boards and columns in the environment's ``dataset``.

    ``source`` is the chart's tf/honeycomb, relative to Terraform's working folder. The provider
    takes its key from HONEYCOMB_API_KEY.
    """

    def __init__(self, scope: Construct, name: str, *, source: str, dataset: str) -> None:
        super().__init__(scope, name)
        stack = TerraformStack.of(self)
        tf.provider(stack, "honeycombio", PROVIDER_VERSION, {}, source="honeycombio/honeycombio")
        module = TerraformHclModule(
            self,
            "module",
            source=source,
            skip_asset_creation_from_local_modules=True,
            variables={"dataset": dataset},
        )
        module.override_logical_id("honeycomb")
