"""Synthesized stacks, and the Helm releases that they declare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FILE = "cdk.tf.json"


@dataclass(frozen=True)
class StackRelease:
    """One Helm release of one environment, with its values as YAML documents in merge order."""

    environment: str
    name: str
    namespace: str
    values: tuple[str, ...]
    chart: str = ""


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack as Terraform JSON in its own ``folder``."""

    folder: Path

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """The Terraform JSON."""
        return self.folder / FILE

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The content of the Terraform JSON."""
        return dict(json.loads(self.file.read_text(encoding="utf-8")))

    def releases(self) -> tuple[StackRelease, ...]:
        """Return every Helm release that the stack declares."""
        declared = self.document.get("resource", {}).get("helm_release", {})
        return tuple(
            StackRelease(
                environment=self.name,
                name=release["name"],
                namespace=release.get("namespace", "default"),
                values=tuple(release.get("values", ())),
                chart=release["chart"],
            )
            for release in declared.values()
        )
