"""A production on Azure is settings alone: no Python is changed, and every policy holds."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from dev.mutants.__main__ import copy_tree
from policies.checks import CHECKS
from policies.render import render_stacks
from policies.stack import CheckedStack
from promoter.toolchain import Toolchain

REPOSITORY = Path(__file__).parents[2]


def test_a_production_on_azure_is_complete(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    copy_tree(tree)
    for platform in ("gcp", "local"):
        shutil.rmtree(tree / "stacks" / platform)
    rendered = render_stacks(replace(Toolchain(REPOSITORY), root=tree), tmp_path)
    stacks = {stack.name: stack for stack in rendered}
    assert stacks.keys() >= {"azure-volcano-production", "azure-volcano-production-foundation"}
    assert [problem for stack in rendered for problem in problems(stack)] == []
    release = stacks["azure-volcano-production"]
    foundation = stacks["azure-volcano-production-foundation"]
    vault = {"immutability": "Unlocked", "soft_delete": "On", "lifecycle": {}}
    assert unnoticed(foundation, "azurerm_data_protection_backup_vault", vault) == []
    standby = {"high_availability": {}}
    assert unnoticed(release, "azurerm_postgresql_flexible_server", standby) == []
    assert release.is_production
    images = {each["image"].partition("/")[0] for _, each in release.containers()}
    assert images == {"volcanoproduction.azurecr.io"}
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


def unnoticed(stack: CheckedStack, kind: str, changes: dict[str, Any]) -> list[str]:
    """Return the attributes of the first block of a kind that no policy misses."""
    left = []
    for name, value in changes.items():
        content = copy.deepcopy(dict(stack.content))
        block = next(iter(content["resource"][kind].values()))
        assert block[name] != value
        block[name] = value
        if not problems(replace(stack, content=content)):
            left.append(name)
    return left


def problems(stack: CheckedStack) -> list[str]:
    """Return the violations of every policy."""
    return [
        f"{stack.name}: {each} [{name}]" for name, check in CHECKS.items() for each in check(stack)
    ]
