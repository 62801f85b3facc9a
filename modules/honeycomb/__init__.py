"""Honeycomb boards and columns of an environment: the chart's Terraform module."""

from cdktn import TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.elements import chart_module

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
        chart_module(self, "honeycomb", source, {"dataset": dataset})
