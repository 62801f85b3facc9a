"""The size of a cluster, and the least that an environment needs (seed 003)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

_UNITS = {"m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_UNITS |= {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_QUANTITY = re.compile(r"(?P<number>[0-9.]+)(?P<unit>[A-Za-z]*)")


@dataclass(frozen=True)
class ClusterSize:
    """The capacity of the nodes of a cluster for pods: CPUs, and GB of memory and disk."""

    cpu: float
    memory: float
    disk: float

    @classmethod
    def of(cls, nodes: Iterable[Mapping[str, Any]]) -> Self:
        """Return the sum over ``nodes``, as the API server returns them."""
        found = [node.get("status", {}).get("allocatable", {}) for node in nodes]
        cpu, memory, disk = (
            sum(_number(each.get(name, "0")) for each in found)
            for name in ("cpu", "memory", "ephemeral-storage")
        )
        return cls(cpu, memory / 1e9, disk / 1e9)

    def lacks(self, least: "ClusterSize") -> bool:
        """Return whether anything is less than in ``least``."""
        return self.cpu < least.cpu or self.memory < least.memory or self.disk < least.disk

    def __str__(self) -> str:
        return f"{self.cpu:g} CPUs, {self.memory:.0f} GB of memory, {self.disk:.0f} GB of disk"


LEAST = ClusterSize(4, 8, 50)
LEAST_IN_PRODUCTION = ClusterSize(8, 16, 100)


def _number(quantity: str) -> float:
    found = _QUANTITY.fullmatch(quantity)
    return float(found["number"]) * _UNITS.get(found["unit"], 0) if found else 0.0
