"""What is checked: a stack as it was synthesized, and the chart as that stack installs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Body = Mapping[str, Any]

DATABASES = ("google_sql_database_instance", "azurerm_postgresql_flexible_server")
"""The resource types that are database servers."""


@dataclass(frozen=True)
class PolicyFinding:
    """Something that does not hold: which check, in which stack, where, and why."""

    check: str
    stack: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.place}: {self.reason} [{self.check}]"


@dataclass(frozen=True)
class CheckedStack:
    """One stack. ``content`` is its cdk.tf.json, ``objects`` what the chart renders to."""

    name: str
    content: Body
    objects: tuple[Body, ...]

    @property
    def is_local(self) -> bool:
        """Whether it is one of the embedded platform."""
        return self.name.startswith("local-")

    @property
    def is_production(self) -> bool:
        """Whether its name says that it is production."""
        return self.name.endswith("-production")

    def resources(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Address and body of every resource of the ``kinds``, of all when there are none."""
        for kind, named in self.content.get("resource", {}).items():
            if not kinds or kind in kinds:
                for name, body in named.items():
                    yield f"{kind}.{name}", body

    def objects_of(self, *kinds: str) -> Iterator[tuple[str, Body]]:
        """Name and content of every rendered object of the ``kinds``."""
        for found in self.objects:
            if found["kind"] in kinds:
                yield f"{found['kind']}/{found['metadata']['name']}", found

    def containers(self) -> Iterator[tuple[str, Body]]:
        """Name and content of every container of every workload."""
        for place, workload in self.objects_of("Deployment", "StatefulSet", "DaemonSet", "Job"):
            pod = workload["spec"]["template"]["spec"]
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                yield f"{place}/{container['name']}", container


class PolicyCheck(Protocol):
    """A check: an id, what it is for in one line, and what it finds."""

    ID: str
    TITLE: str

    def check(self, subject: CheckedStack, /) -> Iterator[tuple[str, str]]:
        """Give place and reason of whatever does not hold."""
