"""A production on Azure is settings alone: no Python is changed, and every policy holds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from dev.mutants.__main__ import copy_tree
from policies.checks import CHECKS
from policies.render import render_stacks
from policies.stack import CheckedStack
from promoter.toolchain import Toolchain

REPOSITORY = Path(__file__).parents[2]
OTHER = "11111111-1111-1111-1111-111111111111"
SERVERS = """\
  backup_before_release: true
  server: {sku: GP_Standard_D4s_v3, high_availability: true, read_replicas: 1}
  keycloak: {sku: GP_Standard_D2s_v3, high_availability: true}
"""


def production(folder: Path) -> None:
    """Turn the settings of staging in ``folder`` into those of a production."""
    for file in folder.glob("*.yml"):
        text = file.read_text().replace("volcano-staging-backup", "volcano-production-bak")
        text = text.replace("volcano-staging", "volcano-production")
        text = text.replace("azure-staging", "azure").replace("volcanostaging", "volcanoproduction")
        text = text.replace("stage: staging", "stage: production")
        text = text.replace(
            "subscription_id: 00000000-0000-0000-0000-000000000000", f"subscription_id: {OTHER}"
        )
        text = text.replace(
            "enable_artificial_time: true",
            "enable_artificial_time: false\nreplicas: 2\npriority_class: lana-bank",
        )
        before, found, _ = text.partition("postgres:\n")
        file.write_text(f"{before}{found}{SERVERS}" if found else text)


def test_a_production_on_azure_is_complete(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    copy_tree(tree)
    for platform in ("gcp", "local"):
        shutil.rmtree(tree / "stacks" / platform)
    folder = tree / "stacks/azure/volcano-production"
    shutil.copytree(tree / "stacks/azure/volcano-staging", folder)
    production(folder)
    rendered = render_stacks(replace(Toolchain(REPOSITORY), root=tree), tmp_path)
    stacks = {stack.name: stack for stack in rendered}
    assert stacks.keys() >= {"azure-volcano-production", "azure-volcano-production-foundation"}
    assert [problem for stack in rendered for problem in problems(stack)] == []
    release = stacks["azure-volcano-production"]
    assert release.is_production
    (kubernetes,) = release.content["provider"]["kubernetes"]
    assert kubernetes["config_context"] == "volcano-production"
    databases = dict(release.resources("azurerm_postgresql_flexible_server"))
    # No database without its part, and no part without its database.
    assert {place.rpartition("postgres_")[2] for place in databases} == {
        "server_instance",
        "server_replica_1",
        "keycloak_instance",
    }
    assert not any("dagster" in name or "oauth2" in name for name, _ in release.workloads())


def problems(stack: CheckedStack) -> list[str]:
    """Return the violations of every policy."""
    return [
        f"{stack.name}: {each} [{name}]" for name, check in CHECKS.items() for each in check(stack)
    ]
