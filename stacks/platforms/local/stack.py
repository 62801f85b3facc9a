"""The stack of a local environment: a state file and one helm release."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cdktn import App, TerraformStack
from cdktn_provider_helm.provider import HelmProvider

from modules.lana_bank.construct import LanaBank
from stacks.paths import from_working_folder
from stacks.platforms.chart import VendoredChart, lana_bank_props

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
        chart = VendoredChart.of(app, source)
        state = source.root / ".local" / "state" / f"{source.stack}.tfstate"
        path = from_working_folder(chart.working_folder, state)
        self.add_override("terraform.backend.local.path", path)
        # No configuration: the kubeconfig comes from the environment (KUBE_CONFIG, KUBECONFIG
        # and KUBE_CTX for 1.x, KUBE_CONFIG_PATH and KUBE_CTX for later ones).
        HelmProvider(self, "helm")
        self.add_override("terraform.required_providers.helm.version", HELM_PROVIDER_VERSION)
        props = lana_bank_props(source, settings, chart, secrets="generate")
        LanaBank(self, "lana-bank", replace(props, create_namespace=True))
