"""Invalid settings of cloud environments are reported by file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stacks.environments import EnvironmentFiles
from stacks.errors import InvalidSettings
from stacks.platforms import PLATFORMS

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for platform in ("gcp", "azure"):
        shutil.copytree(REPOSITORY / "stacks" / platform, tmp_path / "stacks" / platform)
    return tmp_path


def faults(root: Path, platform: str, environment: str) -> list[str]:
    folder = root / "stacks" / platform / environment
    files = (folder / "shared.yml", folder / "lana-bank.yml")
    with pytest.raises(InvalidSettings) as caught:
        PLATFORMS[platform](EnvironmentFiles(platform, environment, "lana-bank", root, *files))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "gcp/volcano-qa/shared.yml",
            "platform: gcp",
            "platform: azure",
            "platform: Input should be 'gcp'",
        ),
        (
            "gcp/volcano-qa/shared.yml",
            "database_cidr: 10.21.0.0/20",
            "database_cidr: 10.21.128.0/20",
            ":13: network.database_cidr: 10.21.128.0/20 overlaps 10.21.128.0/17",
        ),
        (
            "gcp/volcano-qa/shared.yml",
            "database_cidr: 10.21.0.0/20",
            "database_cidr: 8.8.0.0/20",
            "network.database_cidr: 8.8.0.0/20 is not a private range",
        ),
        (
            "gcp/volcano-qa/shared.yml",
            "database_cidr: 10.21.0.0/20",
            "database_cidr: 10.21.0.1/20",
            "network.database_cidr: 10.21.0.1/20 has host bits set",
        ),
        (
            "gcp/volcano-qa/lana-bank.yml",
            "server: {tier: db-custom-2-7680}",
            "server: {tier: db-g1-small, read_replicas: 1}",
            "postgres.server: use tier db-g1-small: a shared machine can be neither",
        ),
        (
            "gcp/volcano-qa/lana-bank.yml",
            "postgres:",
            "secrets: {versions: {db-servr: 2}}\npostgres:",
            "secrets.versions: unknown secret 'db-servr'; known: ",
        ),
        (
            "gcp/volcano-qa/lana-bank.yml",
            "postgres:",
            "secrets: {external: [honeycomb-key]}\npostgres:",
            "secrets.external: unknown secret 'honeycomb-key'; known: ",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "dagster: {tier: db-custom-2-7680, high_availability: true}",
            "dagster: {tier: db-custom-2-7680}",
            "postgres.dagster.high_availability: production databases are highly available",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "replicas: 2",
            "replicas: 1",
            "replicas: production needs two or more",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "enable_artificial_time: false",
            "enable_artificial_time: true",
            "enable_artificial_time: production runs on real time",
        ),
        (
            "azure/volcano-staging/lana-bank.yml",
            "server: {sku: GP_Standard_D2s_v3}",
            "server: {sku: B_Standard_B2s, high_availability: true}",
            "postgres.server: use SKU B_Standard_B2s: a burstable machine",
        ),
        (
            "azure/volcano-staging/shared.yml",
            "tenant_id: 0",
            "tenant_id: x0",
            "tenant_id: String should match pattern",
        ),
    ],
)
def test_a_problem_is_reported_by_file_and_key(
    root: Path, file: str, old: str, new: str, expected: str
) -> None:
    changed = root / "stacks" / file
    text = changed.read_text()
    assert old in text
    changed.write_text(text.replace(old, new, 1))
    platform, environment, _ = file.split("/")
    found = faults(root, platform, environment)
    assert any(f"stacks/{file}" in fault and expected in fault for fault in found), found


def test_azure_settings_below_gcp_are_rejected(root: Path) -> None:
    shutil.copytree(root / "stacks/azure/volcano-staging", root / "stacks/gcp/mistaken")
    found = faults(root, "gcp", "mistaken")
    assert any("shared.yml" in fault and "platform: Input should be" in fault for fault in found)
