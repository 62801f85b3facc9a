"""One installed Helm release: its values, its pods, their containers and ports."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Any

from promoter.common.errors import ClusterError
from promoter.platform.cluster import NODE_ANNOTATION
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.processes import Program, RunningProcess
from promoter.smoketest.report import SmoketestError

_COMPONENT = "app.kubernetes.io/component"
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_FORWARDING = re.compile(rb"Forwarding from 127\.0\.0\.1:(\d+) ->")
_Object = Mapping[str, Any]


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

    @property
    def domain(self) -> str:
        """The domain of its hosts."""
        return str(self.values.get("global", {}).get("lanaDomain", ""))

    def has(self, part: str) -> bool:
        """Return whether the part of the chart is installed (``""``: always)."""
        return not part or bool(self.values.get(part, {}).get("enabled"))

    def pod(self, component: str) -> Pod | None:
        """Return one running pod of a component, None if there is none."""
        return next((pod for pod in self.pods if pod.component == component), None)


def read_installation(kubectl: Kubectl, release: str, helm: Path) -> Installation:
    """Return the current installation; raise `HelmError` if Helm has no such release."""
    simulated = _simulated_nodes(kubectl)
    pods = tuple(
        _pod(item, item["spec"].get("nodeName") in simulated)
        for item in kubectl.items("pods", f"app.kubernetes.io/instance={release}")
        if "deletionTimestamp" not in item["metadata"] and item["status"]["phase"] == "Running"
    )
    values = Helm(helm, kubectl.kubeconfig).values(release, kubectl.namespace)
    return Installation(values, pods)


def _simulated_nodes(kubectl: Kubectl) -> frozenset[str]:
    """Return kwok's nodes; none if we may not list nodes, as on clusters with real ones."""
    try:
        nodes = [node["metadata"] for node in kubectl.items("nodes")]
    except ClusterError as error:
        if error.reason == "Forbidden":
            return frozenset()
        raise
    return frozenset(node["name"] for node in nodes if NODE_ANNOTATION in node["annotations"])


def _pod(item: _Object, simulated: bool) -> Pod:
    metadata, containers = item["metadata"], item["spec"]["containers"]
    ports = {
        port.get("name", str(port["containerPort"])): port["containerPort"]
        for each in containers
        for port in each.get("ports", ())
    }
    component = metadata.get("labels", {}).get(_COMPONENT, "")
    return Pod(metadata["name"], component, containers[0]["image"], ports, simulated)


@dataclass(frozen=True)
class Container:
    """A container's command with its arguments, its variables, and its files from ConfigMaps.

    Values of Secrets are included: they are passed to programs and never shown.
    """

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
        raise SmoketestError(f"read the containers of {pod}: there is no such pod")
    container = manifest["spec"]["containers"][0]
    command = (*container.get("command", ()), *container.get("args", ()))
    reader = _ContainerReader(kubectl, pod, {})
    files = dict(reader.files(manifest["spec"], container))
    return Container(command, reader.variables(container), files)


@dataclass(frozen=True)
class _ContainerReader:
    """Reads the objects that a container refers to, each of them once."""

    kubectl: Kubectl
    pod: str
    cache: dict[tuple[str, str], _Object]

    def variables(self, container: _Object) -> Mapping[str, str]:
        values: dict[str, str] = {}
        for each in container.get("env", ()):
            value = self._secret(each) if "valueFrom" in each else _expand(each, values)
            if value is not None:
                values[each["name"]] = value
        return values

    def files(self, spec: _Object, container: _Object) -> Iterator[tuple[PurePosixPath, str]]:
        """Yield path and content of every file that is mounted from a ConfigMap."""
        maps = {each["name"]: each["configMap"] for each in spec["volumes"] if "configMap" in each}
        for mount in container.get("volumeMounts", ()):
            if mount["name"] not in maps:
                continue
            data = self._data("configmap", maps[mount["name"]])
            path = PurePosixPath(mount["mountPath"])
            if part := mount.get("subPath"):
                yield from ((path, text) for name, text in data.items() if name == part)
            else:
                yield from ((path / name, text) for name, text in data.items())

    def _secret(self, variable: _Object) -> str | None:
        """Return the value; None for an absent optional key and for a field of the pod."""
        reference = variable["valueFrom"].get("secretKeyRef")
        if reference is None:
            return None
        data = self._data("secret", reference)
        if reference["key"] in data:
            return base64.b64decode(data[reference["key"]]).decode()
        if reference.get("optional"):
            return None
        raise SmoketestError(
            f"read variable {variable['name']} of {self.pod}: "
            f"Secret {reference['name']} has no key {reference['key']}"
        )

    def _data(self, kind: str, reference: _Object) -> Mapping[str, str]:
        key = kind, reference["name"]
        if key not in self.cache:
            self.cache[key] = self.kubectl.object(*key) or {}
        return self.cache[key].get("data") or {}


def _expand(variable: _Object, values: Mapping[str, str]) -> str:
    """Return the value with references to earlier variables resolved; ``$$`` is a dollar."""
    return _REFERENCE.sub(
        lambda match: "$" if match[0] == "$$" else values.get(match[1], match[0]),
        variable.get("value", ""),
    )


@contextmanager
def forward_port(kubectl: Kubectl, pod: str, port: int) -> Iterator[str]:
    """Forward a loopback address, ``host:port``, to ``port`` of ``pod`` while the block runs.

    Raises `SmoketestError` if kubectl does not open it.
    """
    command = (str(kubectl.program), "--namespace", kubectl.namespace, "port-forward")
    argv = (*command, "--address=127.0.0.1", f"pod/{pod}", f":{port}")
    program = Program(argv, ready=_FORWARDING)
    with (
        NamedTemporaryFile(prefix="port-forward-") as log,
        subprocess.Popen(
            argv,
            env=kubectl.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            name = f"port-forward to {pod}:{port}"
            running = RunningProcess(name, program, process, Path(log.name))
            yield f"127.0.0.1:{running.port()}"
        finally:
            process.kill()
