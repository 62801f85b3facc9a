"""The stack of a local environment: a state file and one helm release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktn import App, TerraformStack
from cdktn_provider_helm.provider import HelmProvider

from modules.lana_bank.construct import LanaBank, LanaBankProps
from stacks.paths import from_working_folder, working_folder

if TYPE_CHECKING:
    from stacks.platforms.local import LocalBlueprint

HELM_PROVIDER_VERSION = ">= 1.3.2"
"""The oldest helm provider that takes what is written here, and the newest one that the Go
module proxy has as a module: the embedded platform builds that one."""


class LocalStack(TerraformStack):
    """One local environment."""

    def __init__(self, app: App, blueprint: LocalBlueprint) -> None:
        source, settings = blueprint.source, blueprint.lana_bank
        super().__init__(app, source.stack)
        folder = working_folder(app, source.stack)
        state = source.root / ".local" / "state" / f"{source.stack}.tfstate"
        self.add_override("terraform.backend.local.path", from_working_folder(folder, state))
        # No configuration: the kubeconfig comes from the environment (KUBE_CONFIG, KUBECONFIG
        # and KUBE_CTX for 1.x, KUBE_CONFIG_PATH and KUBE_CTX for later ones).
        HelmProvider(self, "helm")
        self.add_override("terraform.required_providers.helm.version", HELM_PROVIDER_VERSION)
        chart = source.root / "charts" / "lana-bank"
        LanaBank(
            self,
            "lana-bank",
            LanaBankProps(
                chart=chart,
                chart_reference=from_working_folder(folder, chart),
                environment=source.stack,
                namespace=settings.namespace,
                create_namespace=True,
                lana_domain=settings.lana_domain,
                enable_artificial_time=settings.enable_artificial_time,
                secrets="generate",
                components=frozenset(settings.components),
                replicas=settings.replicas,
                timeout=settings.timeout,
            ),
        )
