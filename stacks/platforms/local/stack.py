"""The stack of a local environment: a state file and one Helm release."""

from dataclasses import replace

from cdktn import App, TerraformStack
from cdktn_provider_helm.provider import HelmProvider

from modules.lana_bank.construct import LanaBank
from stacks.platforms.chart import VendoredChart, lana_bank_props
from stacks.platforms.local import LocalBlueprint

HELM_PROVIDER_VERSION = ">= 1.3.2"
"""The oldest helm provider that accepts these stacks, and the newest one that the Go module proxy
has as a module, which the embedded platform builds."""


class LocalStack(TerraformStack):
    """One local environment."""

    def __init__(self, app: App, blueprint: LocalBlueprint) -> None:
        source = blueprint.source
        super().__init__(app, source.stack)
        chart = VendoredChart.of(app, source)
        state = source.root / ".local" / "state" / f"{source.stack}.tfstate"
        self.add_override("terraform.backend.local.path", chart.relative_path(state))
        # Unconfigured, it takes the kubeconfig from the environment: KUBE_CONFIG, KUBECONFIG and
        # KUBE_CTX in 1.x, KUBE_CONFIG_PATH and KUBE_CTX in later versions.
        HelmProvider(self, "helm")
        self.add_override("terraform.required_providers.helm.version", HELM_PROVIDER_VERSION)
        props = lana_bank_props(source, blueprint.lana_bank, chart, secrets="generate")
        LanaBank(self, "lana-bank", replace(props, create_namespace=True))
