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


COMPONENTS = (
    "dagster",
    "gotenberg",
    "keycloak",
    "oathkeeper",
    "oauth2Proxy",
    "openTelemetryCollector",
    "postgresql",
)


def pinned() -> Values:
    """A part's image as a release would pin it."""
    return {"image": {"digest": DIGEST}}


def good_values() -> Values:
    """The least that an installation gives, with pins as a release would write them."""
    return {
        "chartHash": "0" * 64,
        "global": {
            "lanaDomain": "staging.lana.localhost",
            "environment": "local-staging",
            "secrets": {"mode": "existing"},
        },
        "lanaBank": {**pinned(), "adminPanel": pinned(), "customerPortal": pinned()},
        **{name: {"enabled": False} for name in COMPONENTS},
    }


def whole_values() -> Values:
    """Values that install every part of the chart, pinned, with secrets made in the cluster."""
    values = good_values()
    values["global"]["secrets"] = {"mode": "generate"}
    values["databaseRoles"] = {"enabled": True, **pinned()}
    for name in COMPONENTS:
        values[name] = {"enabled": True, **pinned()}
    values["dagster"]["codeLocation"] = pinned()
    return values


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
