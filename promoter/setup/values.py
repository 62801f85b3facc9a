"""The Helm values of an environment, for an installation without Terraform (seed 003)."""

import yaml

from promoter.common.errors import PromoterError
from promoter.common.values import texts
from promoter.synthesis.app import App

CHART = "charts/lana-bank"


def helm_values(app: App, environment: str) -> str:
    """Return the values that the stack of ``environment`` gives to the chart, as YAML.

    Raises `UsageError` for an unknown environment, `PromoterError` where Terraform alone knows
    a value: an address of a database, an identity.
    """
    (release,) = app.releases(CHART, (environment,))
    merged = release.merged_values()
    if unknown := sorted(key for key, text in texts(merged) if "${" in text):
        raise PromoterError(
            f"write the values of {environment}: Terraform alone knows {', '.join(unknown)}",
            next_step=f"deploy it with Terraform: promoter deploy {environment}",
        )
    return yaml.safe_dump(merged, sort_keys=True, width=100)
