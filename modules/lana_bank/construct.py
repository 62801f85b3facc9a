"""The construct: one atomic ``helm_release`` of the vendored chart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cdktn import ITerraformDependable
from cdktn_provider_helm.release import Release
from constructs import Construct

from modules.inputs import declare_input
from modules.lana_bank.chart import (
    CLOUD_COMPONENTS,
    COMPONENTS,
    REPLICATED,
    Component,
    chart_hash,
)

MAX_HISTORY = 10
"""Revisions that Helm keeps in the cluster for rollback."""


@dataclass(frozen=True, kw_only=True)
class LanaBankProps:
    """Properties of a release of Lana Bank.

    chart                   the vendored chart's folder; the hash of its content is a value
    chart_reference         the same folder, relative to Terraform's working folder
    environment             name of the environment, shown in the pods' labels
    create_namespace        whether Helm creates the namespace, or it exists
    lana_domain             parent domain of admin., app., auth. and dagster.
    enable_artificial_time  lets tests move the clock; never in production
    secrets                 "generate": the chart creates its secrets once in the cluster;
                            "existing": they exist already
    components              optional parts to install (default: all but PostgreSQL)
    replicas                of everything that can run more than once
    timeout                 seconds after which an unavailable release counts as failed
                            (default 900, the 15 minutes of the release process)
    values                  further values of the chart, merged over those from the above
    depends_on              blocks that must exist first (default none)
    """

    chart: Path
    chart_reference: str
    environment: str
    namespace: str
    create_namespace: bool = False
    lana_domain: str
    enable_artificial_time: bool
    secrets: Literal["generate", "existing"]
    components: frozenset[Component] = CLOUD_COMPONENTS
    replicas: int = 1
    timeout: int = 900
    values: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[ITerraformDependable, ...] = ()


class LanaBank(Construct):
    """Lana Bank in one namespace.

    A release that does not become available within the timeout is rolled back (the first one is
    uninstalled), so a failure leaves the previous revision running. Raises ``ModuleError`` if
    the chart's folder cannot be used.
    """

    def __init__(self, scope: Construct, name: str, props: LanaBankProps) -> None:
        super().__init__(scope, name)
        declare_input(props.chart)  # Helm's provider reads it when it plans
        self.release = Release(
            self,
            "release",
            name="lana-bank",
            namespace=props.namespace,
            create_namespace=props.create_namespace,
            chart=props.chart_reference,
            # JSON is YAML; sorted so that equal settings give an equal plan.
            values=[json.dumps(merged(_values(props), props.values), indent=2, sort_keys=True)],
            timeout=props.timeout,
            wait=True,
            atomic=True,
            cleanup_on_fail=True,
            max_history=MAX_HISTORY,
            depends_on=list(props.depends_on) or None,
        )
        self.release.override_logical_id("lana-bank")


def _values(props: LanaBankProps) -> dict[str, Any]:
    return {
        "chartHash": chart_hash(props.chart),
        "global": {
            "environment": props.environment,
            "lanaDomain": props.lana_domain,
            "secrets": {"mode": props.secrets},
        },
        "lanaBank": {
            "enableArtificialTime": props.enable_artificial_time,
            "replicas": props.replicas,
            "adminPanel": {"replicas": props.replicas},
            "customerPortal": {"replicas": props.replicas},
        },
        **{name: _component(name, props) for name in COMPONENTS},
    }


def _component(name: Component, props: LanaBankProps) -> dict[str, Any]:
    if name not in props.components:
        return {"enabled": False}
    if name == "dagster":
        return {"enabled": True, "webserver": {"replicas": props.replicas}}
    return {"enabled": True, **({"replicas": props.replicas} if name in REPLICATED else {})}


def merged(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``override`` merged over it as Helm does: only mappings merge."""
    result = dict(base)
    for key, value in override.items():
        existing = result.get(key)
        if isinstance(existing, Mapping) and isinstance(value, Mapping):
            value = merged(existing, value)
        result[key] = value
    return result
