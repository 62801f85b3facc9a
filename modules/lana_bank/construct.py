"""The construct: one ``helm_release`` of the vendored chart, complete and waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cdktn_provider_helm.release import Release
from constructs import Construct

from modules.inputs import declare_input
from modules.lana_bank.chart import chart_hash
from modules.lana_bank.components import COMPONENTS, REPLICATED, Component
from modules.lana_bank.values import merged

MAX_HISTORY = 10
"""How many revisions Helm keeps in the cluster, for rollback."""


@dataclass(frozen=True, kw_only=True)
class LanaBankProps:
    """What a release of Lana Bank is made from.

    chart                   the vendored chart's folder; its content's hash is among the values
    chart_reference         the same folder as Terraform reads it, relative to where it runs
    environment             name of the environment, shown by the pods' labels
    namespace               where it is installed
    create_namespace        whether Helm makes the namespace (default False: it is there)
    lana_domain             the domain below which admin., app., auth., dagster. are served
    enable_artificial_time  lets tests move the clock; never in production
    secrets                 "generate": the chart makes its secrets once in the cluster;
                            "existing": they are there already
    components              which optional parts are installed (default: all but PostgreSQL)
    replicas                of everything that may run more than once (default 1)
    timeout                 seconds until a release that is not available counts as failed
                            (default 900, the 15 minutes of the release process)
    values                  further values of the chart, merged over those made from the above
    depends_on              addresses of the blocks that must be there first (default none)
    """

    chart: Path
    chart_reference: str
    environment: str
    namespace: str
    create_namespace: bool = False
    lana_domain: str
    enable_artificial_time: bool
    secrets: Literal["generate", "existing"]
    components: frozenset[Component] = COMPONENTS - {"postgresql"}
    replicas: int = 1
    timeout: int = 900
    values: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()


class LanaBank(Construct):
    """Lana Bank in one namespace.

    The release is atomic: what does not become available within the timeout is rolled back
    (or uninstalled, when it was the first), so a failure leaves what ran before.
    Raises ``ChartError`` when the chart's folder cannot be used.
    """

    def __init__(self, scope: Construct, name: str, props: LanaBankProps) -> None:
        super().__init__(scope, name)
        declare_input(props.chart)  # Helm's provider reads it, when it plans
        self.release = Release(
            self,
            "release",
            name="lana-bank",
            namespace=props.namespace,
            create_namespace=props.create_namespace,
            chart=props.chart_reference,
            # JSON is YAML; sorted, so that equal settings give an equal plan.
            values=[json.dumps(merged(_values(props), props.values), indent=2, sort_keys=True)],
            timeout=props.timeout,
            wait=True,
            atomic=True,
            cleanup_on_fail=True,
            max_history=MAX_HISTORY,
        )
        self.release.override_logical_id("lana-bank")
        if props.depends_on:
            self.release.add_override("depends_on", list(props.depends_on))


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
    """What is said of an optional part: of one that is left out, only that it is."""
    if name not in props.components:
        return {"enabled": False}
    if name == "dagster":
        return {"enabled": True, "webserver": {"replicas": props.replicas}}
    return {"enabled": True, **({"replicas": props.replicas} if name in REPLICATED else {})}
