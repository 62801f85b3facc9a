"""The input of the checks: a synthesized stack, and the chart as that stack installs it."""

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal

import yaml

Body = Mapping[str, Any]
Violations = Iterator[tuple[str, str]]
"""The place and the reason of each violation of one check."""

BlockType = Literal["resource", "data", "ephemeral"]

UNPINNED = "sha256:" + "0" * 64
"""A placeholder for a missing digest: with it the chart can be rendered and checked."""


@dataclass(frozen=True)
class PolicyFinding:
    """A violation: the check, the stack, the place in it, and the reason."""

    check: str
    stack: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.place}: {self.reason} [{self.check}]"


@dataclass(frozen=True)
class CheckedStack:
    """One stack: ``content`` is its cdk.tf.json, ``objects`` are the chart's manifests.

    ``platform`` and ``stage`` are those of its shared.yml, ``environment`` is the folder of that.
    A foundation has no chart. ``modules`` the blocks of the Terraform
    modules that the chart brings, by their folder. ``others`` are the stacks that it must be
    apart from. ``files`` have content and objects, for programs that read files.
    """

    name: str
    content: Body
    objects: tuple[Body, ...]
    platform: str = "gcp"
    stage: str = "production"
    environment: str = ""
    is_foundation: bool = False
    modules: tuple[tuple[str, Body], ...] = ()
    others: tuple["CheckedStack", ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def is_local(self) -> bool:
        """True for an environment of the embedded platform."""
        return self.platform == "local"

    @property
    def is_production(self) -> bool:
        """True for a production environment."""
        return self.stage == "production"

    def blocks(self, block: BlockType) -> Iterator[tuple[str, Body]]:
        """Return address and body of every ``block`` of the stack and of the chart's modules."""
        for folder, content in (("", self.content), *self.modules):
            for kind, named in content.get(block, {}).items():
                for name, body in named.items():
                    yield f"{folder}{kind}.{name}", body

    def resources(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Return address and body of every resource of ``kinds`` (none: of all kinds)."""
        for place, body in self.blocks("resource"):
            if not kinds or kind_of(place) in kinds:
                yield place, body

    def objects_of(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Return name and content of every rendered object of ``kinds``."""
        for item in self.objects:
            if item["kind"] in kinds:
                yield f"{item['kind']}/{item['metadata']['name']}", item

    def routes(self) -> Iterator[tuple[str, str, str, str]]:
        """Return place, host, path and Service of each rule of an Ingress or an HTTPRoute."""
        for place, item in self.objects_of("Ingress"):
            for rule in item["spec"].get("rules", []):
                for path in rule["http"]["paths"]:
                    service = path["backend"]["service"]["name"]
                    yield place, rule.get("host", "*"), path["path"], service
        for place, item in self.objects_of("HTTPRoute"):
            for rule in item["spec"]["rules"]:
                paths = [each["path"]["value"] for each in rule.get("matches", [])] or ["/"]
                services = [each["name"] for each in rule.get("backendRefs", [])]
                for host, path, service in product(item["spec"]["hostnames"], paths, services):
                    yield place, host, path, service

    def workloads(self) -> Iterator[tuple[str, Body]]:
        """Return name and content of every rendered workload."""
        yield from self.objects_of("Deployment", "StatefulSet", "DaemonSet", "Job")

    def containers(self) -> Iterator[tuple[str, Body]]:
        """Return name and content of every container of every workload."""
        for place, workload in self.workloads():
            pod = workload["spec"]["template"]["spec"]
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                yield f"{place}/{container['name']}", container

    def texts(self, file: str) -> Iterator[tuple[str, str]]:
        """Return place and text of each ``file`` (a pattern) in a ConfigMap."""
        for place, item in self.objects_of("ConfigMap"):
            for name, text in (item.get("data") or {}).items():
                if fnmatch.fnmatchcase(name, file):
                    yield f"{place}/{name}", text

    def configurations(self, file: str) -> Iterator[tuple[str, Any]]:
        """Return place and content of each YAML or JSON ``file`` (a pattern) in a ConfigMap."""
        for place, text in self.texts(file):
            yield place, yaml.safe_load(text) or {}


def kind_of(place: str) -> str:
    """Return the type in an address (``google_sql_user`` of ``google_sql_user.owner``)."""
    return place.rpartition("/")[2].partition(".")[0]


PolicyCheck = Callable[[CheckedStack], Violations]
