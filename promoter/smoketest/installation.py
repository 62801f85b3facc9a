"""What one Helm release has installed: its values, and its pods by component."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.text import redact
from promoter.platform.cluster import NODE_ANNOTATION
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.errors import SmoketestError

_COMPONENT = "app.kubernetes.io/component"
_HELM_SECONDS = 60


@dataclass(frozen=True)
class Pod:
    """A pod that runs: its component, first image, ports by name; ``simulated``: no process."""

    name: str
    component: str
    image: str
    ports: Mapping[str, int]
    simulated: bool


@dataclass(frozen=True)
class Installed:
    """A release in a namespace. ``values`` are those it was installed with, defaults included."""

    release: str
    namespace: str
    values: Mapping[str, Any] = field(repr=False)
    pods: tuple[Pod, ...]

    @property
    def domain(self) -> str:
        """The domain below which it is served."""
        return str(self.values.get("global", {}).get("lanaDomain", ""))

    def has(self, part: str) -> bool:
        """Whether the part of the chart is installed (``""``: what always is)."""
        return not part or bool(self.values.get(part, {}).get("enabled"))

    def pod(self, component: str) -> Pod | None:
        """One running pod of a component, None where there is none."""
        return next((pod for pod in self.pods if pod.component == component), None)


def read_installed(kubectl: Kubectl, release: str, *, helm: Path) -> Installed:
    """What ``release`` has installed now; raises `SmoketestError` where Helm has none such."""
    simulated = _simulated_nodes(kubectl)
    pods = tuple(
        _pod(item, item["spec"].get("nodeName") in simulated)
        for item in kubectl.items("pods", f"app.kubernetes.io/instance={release}")
        if "deletionTimestamp" not in item["metadata"] and item["status"]["phase"] == "Running"
    )
    return Installed(release, kubectl.namespace, _values(kubectl, release, helm), pods)


def _simulated_nodes(kubectl: Kubectl) -> frozenset[str]:
    """The nodes that kwok plays; none where we may not look, as on clusters with real ones."""
    try:
        nodes = [node["metadata"] for node in kubectl.items("nodes")]
    except ClusterError as error:
        if error.reason == "Forbidden":
            return frozenset()
        raise
    return frozenset(node["name"] for node in nodes if NODE_ANNOTATION in node["annotations"])


def _pod(item: Mapping[str, Any], simulated: bool) -> Pod:
    metadata, containers = item["metadata"], item["spec"]["containers"]
    ports = {
        port.get("name", str(port["containerPort"])): port["containerPort"]
        for each in containers
        for port in each.get("ports", ())
    }
    component = metadata.get("labels", {}).get(_COMPONENT, "")
    return Pod(metadata["name"], component, containers[0]["image"], ports, simulated)


def _values(kubectl: Kubectl, release: str, helm: Path) -> Mapping[str, Any]:
    command = [str(helm), "get", "values", release, "--namespace", kubectl.namespace, "--all"]
    done = subprocess.run(
        [*command, "--output", "json"],
        env=kubectl.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_HELM_SECONDS,
    )
    if done.returncode != 0:
        raise SmoketestError(
            f"read the values of {kubectl.namespace}/{release}: {redact(done.stderr).strip()}",
            next_step=f"helm -n {kubectl.namespace} list",
        )
    return dict(json.loads(done.stdout))
