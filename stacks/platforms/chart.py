"""The release of the chart, as far as it is the same on every platform."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cdktn import App, TerraformStack
from cdktn_provider_helm.provider import HelmProvider, HelmProviderKubernetes

from modules.lana_bank.construct import LanaBankProps
from stacks.environments import EnvironmentFiles
from stacks.platforms.parts import part_values
from stacks.platforms.settings import HelmReleaseSettings

_HELM = "~> 3.1, >= 3.1.2"
"""From a version with which whole stacks were tested; before 3.1.1 it fails after some applies."""


def helm_provider(stack: TerraformStack, access: Mapping[str, Any] | None = None) -> None:
    """Configure Helm; without ``access`` it takes the kubeconfig that KUBE_CONFIG_PATH names."""
    kubernetes = HelmProviderKubernetes(**access) if access else None
    # A release has a hundred objects; by default five requests a second wait for each other.
    HelmProvider(stack, "helm", kubernetes=kubernetes, qps=50, burst_limit=100)
    stack.add_override("terraform.required_providers.helm.version", _HELM)


@dataclass(frozen=True)
class VendoredChart:
    """The vendored chart, and Terraform's working folder for the stack that installs it."""

    folder: Path
    working_folder: Path

    @classmethod
    def of(cls, app: App, source: EnvironmentFiles) -> VendoredChart:
        """Return the chart that the stack of ``source`` installs."""
        working_folder = Path(app.outdir).absolute() / "stacks" / source.stack
        return cls(source.root / "charts" / "lana-bank", working_folder)

    def reference(self, *inside: str) -> str:
        """Return the relative path of the chart's folder, or of one inside it."""
        return self.relative_path(self.folder.joinpath(*inside))

    def relative_path(self, target: Path) -> str:
        """Return ``target`` relative to the working folder, so that no plan shows the machine's."""
        relative = os.path.relpath(target, self.working_folder)
        # Helm requires ../ or ./ at its start.
        return relative if relative.startswith(".") else f"./{relative}"


def lana_bank_props(
    source: EnvironmentFiles,
    settings: HelmReleaseSettings,
    chart: VendoredChart,
    *,
    secrets: Literal["generate", "existing"],
) -> LanaBankProps:
    """Return the properties of the release that follow from the settings of any platform."""
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
        values=part_values(settings.parts),
    )
