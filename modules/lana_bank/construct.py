"""The construct: one ``helm_release`` of the vendored chart, complete and waited for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cdktn_provider_helm.release import Release
from constructs import Construct

from modules.lana_bank.chart import chart_hash

MAX_HISTORY = 10
"""How many revisions Helm keeps in the cluster, for rollback."""


@dataclass(frozen=True, kw_only=True)
class LanaBankProps:
    """What a release of Lana Bank is made from.

    chart                   the vendored chart's folder; its content's hash is among the values
    chart_reference         the same folder as Terraform reads it, relative to where it runs
    environment             name of the environment, shown by the pods' labels
    namespace               where it is installed; Helm creates it when it is missing
    lana_domain             the domain below which admin., app. and auth. are served
    enable_artificial_time  lets tests move the clock; never in production
    secrets                 "generate": the chart makes its secrets once in the cluster;
                            "existing": they are there already, written by ``modules.secrets``
    replicas                of the server and of both portals (default 1)
    timeout                 seconds until a release that is not available counts as failed
                            (default 900, the 15 minutes of the release process)
    """

    chart: Path
    chart_reference: str
    environment: str
    namespace: str
    lana_domain: str
    enable_artificial_time: bool
    secrets: Literal["generate", "existing"]
    replicas: int = 1
    timeout: int = 900


class LanaBank(Construct):
    """Lana Bank in one namespace.

    The release is atomic: what does not become available within the timeout is rolled back
    (or uninstalled, when it was the first), so a failure leaves what ran before.
    Raises ``ChartError`` when the chart's folder cannot be used.
    """

    def __init__(self, scope: Construct, name: str, props: LanaBankProps) -> None:
        super().__init__(scope, name)
        self.release = Release(
            self,
            "release",
            name="lana-bank",
            namespace=props.namespace,
            create_namespace=True,
            chart=props.chart_reference,
            values=[json.dumps(_values(props), indent=2, sort_keys=True)],
            timeout=props.timeout,
            wait=True,
            atomic=True,
            cleanup_on_fail=True,
            max_history=MAX_HISTORY,
        )
        self.release.override_logical_id("lana-bank")


def _values(props: LanaBankProps) -> dict[str, Any]:
    """The chart's values (JSON is YAML; sorted, so equal settings give an equal plan)."""
    return {
        "chartHash": chart_hash(props.chart),
        "environment": props.environment,
        "lanaDomain": props.lana_domain,
        "lanaBank": {
            "enableArtificialTime": props.enable_artificial_time,
            "replicas": props.replicas,
            "adminPanel": {"replicas": props.replicas},
            "customerPortal": {"replicas": props.replicas},
        },
        "secrets": {"mode": props.secrets},
    }
