"""The chart, the least values for it, and the Helm that renders it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
CHART = REPOSITORY / "upstream/galoy-private-charts/charts/lana-bank"
DIGEST = "sha256:" + "5a" * 32

Values = dict[str, Any]
Object = dict[str, Any]


def good_values() -> Values:
    """The least that an installation gives, with pins as a release would write them."""
    return {
        "lanaDomain": "staging.lana.localhost",
        "environment": "local-staging",
        "chartHash": "0" * 64,
        "secrets": {"mode": "generate"},
        "lanaBank": {
            "image": {"digest": DIGEST},
            "adminPanel": {"image": {"digest": DIGEST}},
            "customerPortal": {"image": {"digest": DIGEST}},
        },
    }


@dataclass(frozen=True)
class Chart:
    """The chart and the Helm that renders it."""

    folder: Path
    helm: Path

    def run(self, *command: str, values: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.helm), *command, str(self.folder), "--values", "-"],
            input=json.dumps(values),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def render(self, values: Mapping[str, Any] | None = None, *options: str) -> list[Object]:
        run = self.run(
            "template", *options, "lana-bank", values=good_values() if values is None else values
        )
        assert run.returncode == 0, run.stderr
        return [found for found in yaml.safe_load_all(run.stdout) if found]

    def refusal(self, values: Mapping[str, Any]) -> str:
        run = self.run("template", "lana-bank", values=values)
        assert run.returncode != 0, "the chart rendered all the same"
        return run.stderr
