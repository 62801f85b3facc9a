"""The stack of a local environment: a state file and one Helm release."""

from dataclasses import replace

from cdktn import App, TerraformStack

from modules.lana_bank.construct import LanaBank
from stacks.platforms.chart import VendoredChart, helm_provider, lana_bank_props
from stacks.platforms.local import LocalBlueprint


class LocalStack(TerraformStack):
    """One local environment."""

    def __init__(self, app: App, blueprint: LocalBlueprint) -> None:
        source = blueprint.source
        super().__init__(app, source.stack)
        chart = VendoredChart.of(app, source)
        state = source.root / ".local" / "state" / f"{source.stack}.tfstate"
        self.add_override("terraform.backend.local.path", chart.relative_path(state))
        helm_provider(self)
        props = lana_bank_props(source, blueprint.lana_bank, chart, secrets="generate")
        LanaBank(self, "lana-bank", replace(props, create_namespace=True))
