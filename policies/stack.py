"""The input of the checks: a synthesized stack, and the chart as that stack installs it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Body = Mapping[str, Any]
Violations = Iterator[tuple[str, str]]
"""The place and the reason of each violation of one check."""

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

    ``files`` have both, for programs that read files.
    """

    name: str
    content: Body
    objects: tuple[Body, ...]
    files: tuple[Path, ...] = ()

    @property
    def is_local(self) -> bool:
        """True for an environment of the embedded platform."""
        return self.name.startswith("local-")

    @property
    def is_production(self) -> bool:
        """True for a production environment."""
        return self.name.endswith("-production")

    def resources(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Return address and body of every resource of ``kinds`` (none: of all kinds)."""
        for kind, named in self.content.get("resource", {}).items():
            if not kinds or kind in kinds:
                for name, body in named.items():
                    yield f"{kind}.{name}", body

    def objects_of(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Return name and content of every rendered object of ``kinds``."""
        for item in self.objects:
            if item["kind"] in kinds:
                yield f"{item['kind']}/{item['metadata']['name']}", item

    def containers(self) -> Iterator[tuple[str, Body]]:
        """Return name and content of every container of every workload."""
        for place, workload in self.objects_of("Deployment", "StatefulSet", "DaemonSet", "Job"):
            pod = workload["spec"]["template"]["spec"]
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                yield f"{place}/{container['name']}", container


PolicyCheck = Callable[[CheckedStack], Violations]
