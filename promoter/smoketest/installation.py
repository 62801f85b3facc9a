"""One installed Helm release: its values, its pods, their containers and ports."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from promoter.common.errors import ClusterError
from promoter.platform.cluster import NODE_ANNOTATION
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.report import SmoketestError

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_Object = Mapping[str, Any]
_DataReader = Callable[[str, str], _Object]


@dataclass(frozen=True)
class Pod:
    """A running pod: its component, first image, ports by name; ``simulated``: has no process."""

    name: str
    component: str
    image: str
    ports: Mapping[str, int]
    simulated: bool


@dataclass(frozen=True)
class Installation:
    """A release in a namespace; ``values`` include the defaults of the chart."""

    values: _Object = field(repr=False)
    pods: tuple[Pod, ...]

    def has(self, part: str) -> bool:
        """Return whether the part of the chart is installed (``""``: always)."""
        return not part or bool(self.values.get(part, {}).get("enabled"))

    def pod(self, component: str) -> Pod | None:
        """Return one running pod of a component, None without one."""
        return next((pod for pod in self.pods if pod.component == component), None)


def read_installation(kubectl: Kubectl, release: str, helm: Path) -> Installation:
    """Return the current installation; raise `HelmError` if Helm has no such release."""
    with ThreadPoolExecutor(3) as pool:
        nodes = pool.submit(_simulated_nodes, kubectl)
        items = pool.submit(kubectl.items, "pods", f"app.kubernetes.io/instance={release}")
        values = pool.submit(Helm(helm, kubectl.kubeconfig).values, release, kubectl.namespace)
    pods = tuple(
        _pod(item, item["spec"].get("nodeName") in nodes.result())
        for item in items.result()
        if "deletionTimestamp" not in item["metadata"] and item["status"]["phase"] == "Running"
    )
    return Installation(values.result(), pods)


def _simulated_nodes(kubectl: Kubectl) -> Set[str]:
    try:
        nodes = [node["metadata"] for node in kubectl.items("nodes")]
    except ClusterError as error:
        # On clusters with real nodes we may be forbidden to list them.
        if error.reason != "Forbidden":
            raise
        return frozenset()
    return {node["name"] for node in nodes if NODE_ANNOTATION in node["annotations"]}


def _pod(item: _Object, simulated: bool) -> Pod:
    metadata, containers = item["metadata"], item["spec"]["containers"]
    component = metadata.get("labels", {}).get("app.kubernetes.io/component", "")
    ports = [port for each in containers for port in each.get("ports", ())]
    named = {each.get("name", str(each["containerPort"])): each["containerPort"] for each in ports}
    return Pod(metadata["name"], component, containers[0]["image"], named, simulated)


@dataclass(frozen=True)
class Container:
    """Command, variables (of Secrets too, to be passed on, never shown) and ConfigMaps' files."""

    command: tuple[str, ...]
    variables: Mapping[str, str] = field(repr=False)
    files: Mapping[PurePosixPath, str] = field(repr=False)

    def files_in(self, folder: str) -> Mapping[str, str]:
        """Return name and content of the files directly in ``folder``."""
        parent = PurePosixPath(folder)
        return {path.name: text for path, text in self.files.items() if path.parent == parent}


def read_container(kubectl: Kubectl, pod: str) -> Container:
    """Return the first container of ``pod``; raise `SmoketestError` if it lacks a required key.

    Variables and ``$(NAME)`` in them: Kubernetes' API reference, EnvVar.
    """
    manifest = kubectl.object("pod", pod)
    if manifest is None:
        raise SmoketestError(f"read the containers of {pod}: no such pod")
    container = manifest["spec"]["containers"][0]
    command = (*container.get("command", ()), *container.get("args", ()))

    @cache
    def data(kind: str, name: str) -> _Object:
        return (kubectl.object(kind, name) or {}).get("data") or {}

    files = dict(_mounted_files(manifest["spec"], container, data))
    return Container(command, _variables(pod, container, data), files)


def _variables(pod: str, container: _Object, data: _DataReader) -> Mapping[str, str]:
    """Return the variables without those that are fields of the pod."""
    values: dict[str, str] = {}
    for each in container.get("env", ()):
        if "valueFrom" not in each:
            # A reference to an earlier variable; $$ is a dollar.
            values[each["name"]] = _REFERENCE.sub(
                lambda match: "$" if match[0] == "$$" else values.get(match[1], match[0]),
                each.get("value", ""),
            )
        elif reference := each["valueFrom"].get("secretKeyRef"):
            secret, key = data("secret", reference["name"]), reference["key"]
            if key in secret:
                values[each["name"]] = base64.b64decode(secret[key]).decode()
            elif not reference.get("optional"):
                raise SmoketestError(
                    f"read variable {each['name']} of {pod}: "
                    f"Secret {reference['name']} has no key {key}"
                )
    return values


def _mounted_files(
    spec: _Object, container: _Object, data: _DataReader
) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield path and content of every file that is mounted from a ConfigMap."""
    maps = {each["name"]: each["configMap"] for each in spec["volumes"] if "configMap" in each}
    for mount in container.get("volumeMounts", ()):
        if mount["name"] in maps:
            path, part = PurePosixPath(mount["mountPath"]), mount.get("subPath")
            for name, text in data("configmap", maps[mount["name"]]["name"]).items():
                if part in (None, "", name):
                    yield path if part else path / name, text
