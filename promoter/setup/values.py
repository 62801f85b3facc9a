"""The Helm values of an environment, for an installation without Terraform (seed 003)."""

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import yaml

from promoter.common.errors import PromoterError
from promoter.common.yaml_file import read_yaml
from promoter.synthesis.app import App

CHART = "charts/lana-bank"


def helm_values(app: App, environment: str) -> str:
    """Return the values that the stack of ``environment`` gives to the chart, as YAML.

    Raises `UsageError` for an unknown environment, `PromoterError` where Terraform alone knows
    a value: an address of a database, an identity.
    """
    (release,) = app.releases(CHART, (environment,))
    documents = (read_yaml(each, environment) or {} for each in release.values)
    merged: Mapping[str, Any] = reduce(_merged, documents, {})
    if unknown := sorted(_expressions(merged)):
        raise PromoterError(
            f"write the values of {environment}: Terraform alone knows {', '.join(unknown)}",
            next_step=f"deploy it with Terraform: promoter deploy {environment}",
        )
    return yaml.safe_dump(merged, sort_keys=True, width=100)


def _merged(first: Any, second: Any) -> Any:
    """Return both as Helm merges values: mappings by key, anything else replaced."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return second
    return first | {key: _merged(first.get(key), value) for key, value in second.items()}


def _expressions(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _expressions(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _expressions(inner, f"{key}[{index}]")
    elif isinstance(value, str) and "${" in value:
        yield key
