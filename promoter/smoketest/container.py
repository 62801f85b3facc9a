"""What a pod's first container is given: its command, its variables and its configuration.

For programs that stand in for simulated pods: they run with what the chart has wired, so what
is wired wrong fails them as it would fail the container.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from promoter.programs.kubectl import Kubectl
from promoter.smoketest.errors import SmoketestError

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_Object = Mapping[str, Any]


@dataclass(frozen=True)
class Container:
    """``command`` and its arguments, ``variables`` with their values, ``files`` of ConfigMaps.

    Values are those of Secrets too: for use, never to be shown.
    """

    command: tuple[str, ...]
    variables: Mapping[str, str] = field(repr=False)
    files: Mapping[PurePosixPath, str] = field(repr=False)

    def below(self, folder: str) -> Mapping[str, str]:
        """The files directly in ``folder``: name and content."""
        wanted = PurePosixPath(folder)
        return {path.name: text for path, text in self.files.items() if path.parent == wanted}


def container_of(kubectl: Kubectl, pod: str) -> Container:
    """The first container of ``pod``; raises `SmoketestError` for what it needs and is not there.

    Variables and ``$(NAME)`` in them: Kubernetes' API reference, EnvVar.
    """
    found = kubectl.object("pod", pod)
    if found is None:
        raise SmoketestError(f"read what {pod} is given: there is no such pod")
    spec = found["spec"]
    first = spec["containers"][0]
    command = (*first.get("command", ()), *first.get("args", ()))
    given = _Given(kubectl, pod, {})
    return Container(command, given.variables(first), dict(given.files(spec, first)))


@dataclass(frozen=True)
class _Given:
    """Looks up what containers refer to, each object once."""

    kubectl: Kubectl
    pod: str
    seen: dict[tuple[str, str], _Object]

    def variables(self, container: _Object) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for each in container.get("env", ()):
            value = self._secret(each) if "valueFrom" in each else _expanded(each, found)
            if value is not None:
                found[each["name"]] = value
        return found

    def files(self, spec: _Object, container: _Object) -> Iterator[tuple[PurePosixPath, str]]:
        """Every file of a ConfigMap that the container has mounted, by its path there."""
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
        """The value, None where it is left out; those of the pod's own fields are."""
        reference = variable["valueFrom"].get("secretKeyRef")
        if reference is None:
            return None
        data = self._data("secret", reference)
        if reference["key"] in data:
            return base64.b64decode(data[reference["key"]]).decode()
        if reference.get("optional"):
            return None
        raise SmoketestError(
            f"give {self.pod} its {variable['name']}: "
            f"Secret {reference['name']} has no key {reference['key']}"
        )

    def _data(self, kind: str, reference: _Object) -> Mapping[str, str]:
        name = reference["name"]
        if (kind, name) not in self.seen:
            self.seen[kind, name] = self.kubectl.object(kind, name) or {}
        return self.seen[kind, name].get("data") or {}


def _expanded(variable: _Object, found: Mapping[str, str]) -> str:
    """The value with those of the variables before it, ``$$`` being a dollar."""
    return _REFERENCE.sub(
        lambda m: "$" if m[0] == "$$" else found.get(m[1], m[0]), variable.get("value", "")
    )
