"""The stack of one testflight: its namespace, and staging's third-party keys."""

from collections.abc import Mapping
from typing import Any

from cdktn import App, LocalBackend, TerraformStack

from modules import terraform as tf
from modules.secrets.vault import Vault
from modules.testflight import TestflightNamespace
from stacks.platforms.azure import AZURERM, AzureBlueprint
from stacks.platforms.azure.stack import key_vault
from stacks.platforms.gcp import GOOGLE, GcpBlueprint
from stacks.platforms.gcp.stack import secret_manager
from stacks.platforms.release import KUBERNETES


class TestflightStack(TerraformStack):
    """A stack with the lifetime of one testflight, in the cluster of KUBE_CONFIG_PATH.

    ``keys_from`` is the environment whose vault is read.
    """

    def __init__(
        self, app: App, keys_from: AzureBlueprint | GcpBlueprint, description: Mapping[str, Any]
    ) -> None:
        super().__init__(app, "testflight")
        LocalBackend(self, path="terraform.tfstate")
        tf.provider(self, "kubernetes", KUBERNETES, {})
        TestflightNamespace(self, "testflight", vault=self._vault(keys_from), **description)

    def _vault(self, keys_from: AzureBlueprint | GcpBlueprint) -> Vault:
        if isinstance(keys_from, AzureBlueprint):
            azurerm = {"features": {}, "subscription_id": keys_from.shared.subscription_id}
            tf.provider(self, "azurerm", AZURERM, azurerm)
            return key_vault(keys_from)
        shared = keys_from.shared
        tf.provider(self, "google", GOOGLE, {"project": shared.project, "region": shared.region})
        return secret_manager(keys_from)
