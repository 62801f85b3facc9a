"""The release of the chart, as far as it is the same on every platform."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cdktn import App

from modules.lana_bank.construct import LanaBankProps
from stacks.environments import EnvironmentFiles
from stacks.fields import HelmReleaseSettings
from stacks.paths import from_working_folder, working_folder


@dataclass(frozen=True)
class VendoredChart:
    """The vendored chart, and the folder in which Terraform runs for the stack."""

    folder: Path
    working_folder: Path

    @classmethod
    def of(cls, app: App, source: EnvironmentFiles) -> VendoredChart:
        """Give the chart that the stack of ``source`` installs."""
        return cls(source.root / "charts" / "lana-bank", working_folder(app, source.stack))

    def reference(self, *inside: str) -> str:
        """Give the chart's folder, or one inside of it, as Terraform reads it."""
        return from_working_folder(self.working_folder, self.folder.joinpath(*inside))


def lana_bank_props(
    source: EnvironmentFiles,
    settings: HelmReleaseSettings,
    chart: VendoredChart,
    *,
    secrets: Literal["generate", "existing"],
) -> LanaBankProps:
    """Give what the settings say of the release; a platform adds what only it has."""
    return LanaBankProps(
        chart=chart.folder,
        chart_reference=chart.reference(),
        environment=source.stack,
        namespace=settings.namespace,
        lana_domain=settings.lana_domain,
        enable_artificial_time=settings.enable_artificial_time,
        secrets=secrets,
        components=frozenset(settings.components),
        replicas=settings.replicas,
        timeout=settings.timeout,
    )
