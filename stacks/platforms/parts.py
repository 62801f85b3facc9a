"""Settings of single parts: their number of pods, and their size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from modules.lana_bank.chart import AUTOSCALED, PART_VALUES, SINGLE, Part
from stacks.settings import Contradiction, Settings

Cpu = Annotated[str, Field(pattern=r"^([1-9][0-9]*m?|0\.[0-9]*[1-9])$")]
"""An amount of CPU: ``250m``, ``2``, ``0.5``."""

Memory = Annotated[str, Field(pattern=r"^[1-9][0-9]*(Mi|Gi)$")]
"""An amount of memory: ``512Mi``, ``1Gi``."""


class PartSettings(Settings):
    """Size of a part; what is not set is as in the chart."""

    replicas: Annotated[int, Field(ge=1, le=10)] | None = None
    """Number of pods; default: `replicas` of the environment."""
    max_replicas: Annotated[int, Field(ge=2, le=20)] | None = None
    """Number of pods up to which an autoscaler goes."""
    cpu: Cpu | None = None
    """CPU request."""
    memory: Memory | None = None
    """Memory request."""
    memory_limit: Memory | None = None
    """Memory limit; the container is killed above it."""

    @model_validator(mode="after")
    def _possible(self) -> PartSettings:
        if (
            self.memory
            and self.memory_limit
            and _mebibytes(self.memory) > _mebibytes(self.memory_limit)
        ):
            raise Contradiction("memory", f"{self.memory} is above the limit {self.memory_limit}")
        return self

    def values(self) -> dict[str, Any]:
        """Return the values of the part in the chart."""
        requests = {"cpu": self.cpu, "memory": self.memory}
        sizes = {"requests": _given(requests), "limits": _given({"memory": self.memory_limit})}
        counts = {"replicas": self.replicas, "maxReplicas": self.max_replicas}
        resources = {key: size for key, size in sizes.items() if size}
        return {**_given(counts), **({"resources": resources} if resources else {})}


Parts = dict[Part, PartSettings]


def part_problems(parts: Parts, replicas: int) -> Iterator[tuple[str, str]]:
    """Yield keys and reasons of numbers that a part cannot have."""
    for name, part in parts.items():
        if part.replicas and name in SINGLE:
            yield f"{name}.replicas", f"{name} runs once; remove the key"
        if part.max_replicas and name not in AUTOSCALED:
            known = ", ".join(sorted(AUTOSCALED))
            yield f"{name}.max_replicas", f"{name} has no autoscaler; those that have one: {known}"
        elif part.max_replicas and part.max_replicas <= (part.replicas or replicas):
            yield f"{name}.max_replicas", "it is not above replicas"


def part_values(parts: Parts) -> dict[str, Any]:
    """Return the chart's values of ``parts``."""
    values: dict[str, Any] = {}
    for name, part in parts.items():
        place = values
        for key in PART_VALUES[name]:
            place = place.setdefault(key, {})
        place.update(part.values())
    return values


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _mebibytes(memory: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", memory).groups()  # type: ignore[union-attr]
    return int(number) * (1024 if unit == "Gi" else 1)
