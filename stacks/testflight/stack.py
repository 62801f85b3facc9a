"""The stack of one testflight: its namespace, and staging's third-party keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdktn import App, LocalBackend, TerraformStack

from modules.secrets.vault import KeyVault, SecretManager, Vault
from modules.terraform import provider
from modules.testflight.construct import TestflightNamespace, TestflightProps
from stacks.platforms.azure.stack import AZURERM
from stacks.platforms.gcp.stack import GOOGLE
from stacks.platforms.release import KUBERNETES


class TestflightStack(TerraformStack):
    """Made for one testflight and destroyed with it; its state is in its folder.

    ``keys_from`` is the environment whose vault is read and ``shared`` its shared.yml. The
    cluster is that of the kubeconfig in KUBE_CONFIG_PATH, as for Helm and kubectl.
    """

    __test__ = False

    def __init__(
        self, app: App, name: str, keys_from: str, shared: Any, told: Mapping[str, Any]
    ) -> None:
        super().__init__(app, name)
        LocalBackend(self, path="terraform.tfstate")
        provider(self, "kubernetes", KUBERNETES, {})
        vault = self._azure(keys_from, shared) if shared.platform == "azure" else None
        props = TestflightProps(vault=vault or self._gcp(keys_from, shared), **told)
        TestflightNamespace(self, "testflight", props)

    def _gcp(self, keys_from: str, shared: Any) -> Vault:
        provider(self, "google", GOOGLE, {"project": shared.project, "region": shared.region})
        return SecretManager(shared.project, shared.region, keys_from, shared.kms_key)

    def _azure(self, keys_from: str, shared: Any) -> Vault:
        azurerm = {"features": {}, "subscription_id": shared.subscription_id}
        provider(self, "azurerm", AZURERM, azurerm)
        return KeyVault(
            shared.resource_id("Microsoft.KeyVault/vaults", shared.key_vault), keys_from
        )
