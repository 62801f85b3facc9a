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
            "gcp/volcano-production/shared.yml",
            "\nkms_key:",
            "\n# kms_key:",
            "kms_key: a production's data is encrypted with a key of the bank's",
        ),
        (
            "azure/volcano-staging/lana-bank.yml",
            "server: {sku: GP_Standard_D2s_v3}",
            "server: {sku: B_Standard_B2s, high_availability: true}",
            "postgres.server: use SKU B_Standard_B2s: a burstable machine",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "disk_gb: 100}",
            "disk_gb: 100, replica_region: us-west1}",
            "postgres.server.replica_region: set replica_kms_key in shared.yml",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "disk_gb: 100}",
            "disk_gb: 100, replica_region: us-east1}",
            "postgres.server.replica_region: us-east1 is the primary's own region",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "postgres:\n",
            "postgres:\n  backup_location: us-east1\n",
            "postgres.backup_location: the instances' own region",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "postgres:\n",
            'postgres:\n  deny_maintenance: {first: "2026-12-01", last: "2027-03-15"}\n',
            "postgres.deny_maintenance: lasts 104 days: 1 to 90",
        ),
        (
            "gcp/volcano-production/lana-bank.yml",
            "disk_gb: 100}",
            "disk_gb: 100, zone: us-west1-a, standby_zone: us-west1-b}",
            "postgres.server.standby_zone: us-west1-b is not in us-east1",
        ),
        (
            "azure/volcano-staging/shared.yml",
            "backup_location: centralus\n",
            "",
            "backup_key_vault: backup_location is missing",
        ),
        (
            "azure/volcano-staging/shared.yml",
            "backup_location: centralus",
            "backup_location: eastus2",
            "backup_location: the servers' own region",
        ),
        (
            "azure/volcano-staging/lana-bank.yml",
            "  keycloak: {sku: B",
            "  backup_before_release: true\n  keycloak: {sku: B",
            "postgres.keycloak.sku: Azure makes backups of a burstable server only by itself",
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


def test_geo_redundant_backups_need_a_key_outside_of_the_region(root: Path) -> None:
    shared = root / "stacks/azure/volcano-staging/shared.yml"
    lines = shared.read_text().splitlines(keepends=True)
    shared.write_text("".join(each for each in lines if not each.startswith("backup_")))
    (fault,) = faults(root, "azure", "volcano-staging")
    assert "lana-bank.yml" in fault
    assert "postgres.geo_redundant_backup: set backup_key_vault and backup_location" in fault


def test_a_production_on_azure_has_a_backup_before_each_release(root: Path) -> None:
    shared = root / "stacks/azure/volcano-staging/shared.yml"
    shared.write_text(shared.read_text().replace("stage: staging", "stage: production"))
    expected = "postgres.backup_before_release: a release that migrates has no way back"
    assert any(expected in fault for fault in faults(root, "azure", "volcano-staging"))
