"""A production on Azure, which the tree does not have yet: some rules hold there alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

AZURE_PRODUCTION = "stacks/azure/volcano-production"
"""The folder of its settings."""

_NAMES = (
    ("volcano-staging-backup", "volcano-production-bak"),
    ("volcano-staging", "volcano-production"),
    ("azure-staging", "azure"),
    ("volcanostaging", "volcanoproduction"),
)
_PROMISES = (
    ("years: 1", "years: 7"),
    ("stage: staging", "stage: production"),
    (
        "subscription_id: 00000000-0000-0000-0000-000000000000",
        "subscription_id: 11111111-1111-1111-1111-111111111111",
    ),
    (
        "enable_artificial_time: true",
        "enable_artificial_time: false\nreplicas: 2\npriority_class: lana-bank",
    ),
)
_SERVERS = """\
  backup_before_release: true
  server: {sku: GP_Standard_D4s_v3, high_availability: true, read_replicas: 1}
  keycloak: {sku: GP_Standard_D2s_v3, high_availability: true}
"""


def add_azure_production(tree: Path) -> None:
    """Copy the settings of staging on Azure in ``tree``, and turn them into a production's."""
    folder = tree / AZURE_PRODUCTION
    shutil.copytree(tree / "stacks/azure/volcano-staging", folder)
    _replace(folder, _NAMES)
    become_production(folder)


def become_production(folder: Path) -> None:
    """Turn the settings of staging in ``folder``, whatever their names are, into a production's."""
    _replace(folder, _PROMISES)
    file = folder / "lana-bank.yml"
    before, found, _ = file.read_text(encoding="utf-8").partition("postgres:\n")
    file.write_text(f"{before}{found}{_SERVERS}", encoding="utf-8")


def _replace(folder: Path, replaced: Iterable[tuple[str, str]]) -> None:
    for file in folder.glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        for old, new in replaced:
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
