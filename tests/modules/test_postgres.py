"""PostgreSQL has the same properties on both clouds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cdktn import TerraformStack

from modules.azure_postgres import props as azure
from modules.azure_postgres.construct import AzurePostgres
from modules.errors import TierError
from modules.gcp_postgres import props as gcp
from modules.gcp_postgres.construct import GcpPostgres
from modules.restore import Restore
from tests.modules.synthesis import synthesize

PASSWORDS = {"server-admin": ("${secret.server}", 3)}
OLD = {"instance": "gcp-test-server", "at": "2026-11-26T10:00:00Z"}


def google(
    folder: Path,
    whole: dict[str, Any] | None = None,
    ready: list[str] | None = None,
    *,
    common: dict[str, Any] | None = None,
    **instance: Any,
) -> dict[str, Any]:
    """Return the resources; ``whole`` gets the stack, ``ready`` what the release waits for.

    ``common`` are properties that all instances have.
    """
    props = gcp.GcpPostgresProps(
        name="gcp-test",
        project="project",
        region="us-east1",
        network="projects/project/global/networks/net",
        instances={"server": gcp.Instance(**{"tier": "db-custom-2-7680", **instance})},
        passwords=PASSWORDS,
        kms_key="projects/p/locations/l/keyRings/r/cryptoKeys/k",
        replica_kms_key="west",
        **(common or {}),
    )
    return _resources(folder, lambda s: GcpPostgres(s, "postgres", props), whole, ready)


def microsoft(
    folder: Path,
    ready: list[str] | None = None,
    release: str | None = None,
    whole: dict[str, Any] | None = None,
    **server: Any,
) -> dict[str, Any]:
    props = azure.AzurePostgresProps(
        name="azure-test",
        location="eastus2",
        resource_group="group",
        virtual_network="net",
        virtual_network_id="/net",
        subnet_cidr="10.40.0.0/24",
        tenant_id="tenant",
        administrators=(azure.Administrator(object_id="id", name="admins"),),
        log_workspace_id="/workspace",
        server_id="/servers/",
        servers={"server": azure.Server(**{"sku": "GP_Standard_D2s_v3", **server})},
        passwords=PASSWORDS,
        release=release,
    )
    return _resources(folder, lambda s: AzurePostgres(s, "postgres", props), whole, ready)


def _resources(
    folder: Path,
    build: Callable[[TerraformStack], GcpPostgres | AzurePostgres],
    whole: dict[str, Any] | None,
    ready: list[str] | None,
) -> dict[str, Any]:
    def built(stack: TerraformStack) -> None:
        databases = build(stack)
        if ready is not None:
            ready.extend(block.address for block in databases.ready)

    stack = synthesize(folder, built)
    if whole is not None:
        whole.update(stack)
    resources: dict[str, Any] = stack["resource"]
    return resources


def test_a_cloud_sql_instance_is_private_encrypted_audited_and_backed_up(tmp_path: Path) -> None:
    resources = google(tmp_path)
    instance = resources["google_sql_database_instance"]["postgres_server_instance"]
    settings = instance["settings"]
    assert instance["encryption_key_name"].endswith("cryptoKeys/k")
    assert instance["deletion_protection"] is settings["deletion_protection_enabled"] is True
    assert instance["lifecycle"]["prevent_destroy"] is True
    assert settings["availability_type"] == "ZONAL"
    assert settings["ip_configuration"] == {
        "ipv4_enabled": False,
        "private_network": "projects/project/global/networks/net",
        "ssl_mode": "ENCRYPTED_ONLY",
        "server_ca_mode": "GOOGLE_MANAGED_CAS_CA",
    }
    assert settings["backup_configuration"]["point_in_time_recovery_enabled"] is True
    flags = {flag["name"]: flag["value"] for flag in settings["database_flags"]}
    assert flags["cloudsql.enable_pgaudit"] == flags["log_connections"] == "on"
    assert settings["insights_config"]["query_insights_enabled"] is True
    owner = resources["google_sql_user"]["postgres_server_administrator"]
    assert owner["name"] == "serveradmin"
    assert (owner["password_wo"], owner["password_wo_version"]) == ("${secret.server}", 3)
    assert "password" not in owner


def test_high_availability_and_replicas_on_cloud_sql(tmp_path: Path) -> None:
    resources = google(tmp_path, high_availability=True, read_replicas=2)
    instances = resources["google_sql_database_instance"]
    primary = instances["postgres_server_instance"]
    assert primary["settings"]["availability_type"] == "REGIONAL"
    replica = instances["postgres_server_replica_2"]
    assert replica["name"] == "gcp-test-server-replica-2"
    assert (
        replica["master_instance_name"]
        == "${google_sql_database_instance.postgres_server_instance.name}"
    )


def test_a_flag_overrides_the_default(tmp_path: Path) -> None:
    resources = google(tmp_path, flags={"log_hostname": "off", "max_connections": "300"})
    settings = resources["google_sql_database_instance"]["postgres_server_instance"]["settings"]
    flags = {flag["name"]: flag["value"] for flag in settings["database_flags"]}
    assert (flags["log_hostname"], flags["max_connections"]) == ("off", "300")


def test_a_flexible_server_is_private_encrypted_audited_and_backed_up(tmp_path: Path) -> None:
    resources = microsoft(tmp_path)
    server = resources["azurerm_postgresql_flexible_server"]["postgres_server_instance"]
    assert server["public_network_access_enabled"] is False
    assert server["delegated_subnet_id"] == "${azurerm_subnet.postgres_subnet.id}"
    assert server["geo_redundant_backup_enabled"] is True
    assert server["backup_retention_days"] == 14
    assert server["authentication"]["active_directory_auth_enabled"] is True
    assert server["administrator_password_wo"] == "${secret.server}"
    assert "high_availability" not in server
    assert server["lifecycle"]["prevent_destroy"] is True
    configured = resources["azurerm_postgresql_flexible_server_configuration"]
    values = {found["name"]: found["value"] for found in configured.values()}
    assert values["require_secure_transport"] == "on"
    assert "pgaudit" in values["shared_preload_libraries"]
    (lock,) = resources["azurerm_management_lock"].values()
    assert lock["lock_level"] == "CanNotDelete"
    assert lock["scope"] == "${azurerm_postgresql_flexible_server.postgres_server_instance.id}"


def test_parameters_are_set_one_after_the_other(tmp_path: Path) -> None:
    configured = microsoft(tmp_path)["azurerm_postgresql_flexible_server_configuration"]
    before = [found.get("depends_on", []) for found in configured.values()]
    assert {len(each) for each in before} == {1}
    assert len({address for found in before for address in found}) == len(before)


def test_high_availability_and_replicas_on_flexible_server(tmp_path: Path) -> None:
    resources = microsoft(tmp_path, high_availability=True, read_replicas=1)
    servers = resources["azurerm_postgresql_flexible_server"]
    assert servers["postgres_server_instance"]["high_availability"] == {
        "mode": "ZoneRedundant",
        "standby_availability_zone": "2",
    }
    replica = servers["postgres_server_replica_1"]
    assert replica["create_mode"] == "Replica"
    assert "administrator_login" not in replica
    # Each server is locked and logged, replicas included.
    assert len(resources["azurerm_management_lock"]) == 2
    assert len(resources["azurerm_monitor_diagnostic_setting"]) == 2


def test_a_server_is_changed_by_one_block_at_a_time(tmp_path: Path) -> None:
    """Parameters, administrators and replicas are a chain, whose end the release waits for."""
    ready: list[str] = []
    resources = microsoft(tmp_path, ready, read_replicas=2)
    before = {
        f"{kind}.{name}": body.get("depends_on", [])
        for kind, named in resources.items()
        for name, body in named.items()
        if kind.startswith("azurerm_postgresql_flexible_server")
    }
    (last,) = ready
    chain = [last]
    while chain[-1] != "azurerm_postgresql_flexible_server.postgres_server_instance":
        (previous,) = before[chain[-1]]
        chain.append(previous)
    assert sorted(chain) == sorted(before)


def test_a_restored_instance_replaces_the_old_one_without_destroying_it(tmp_path: Path) -> None:
    restored = {"instance_suffix": "2", "restore_from": Restore(**OLD)}
    whole: dict[str, Any] = {}
    resources = google(tmp_path / "gcp", whole, read_replicas=1, **restored)
    instance = resources["google_sql_database_instance"]["postgres_server_2_instance"]
    assert instance["name"] == "gcp-test-server-2"
    assert instance["clone"] == {
        "source_instance_name": "gcp-test-server",
        "point_in_time": "2026-11-26T10:00:00Z",
    }
    names = ("instance", *(f"replica_{number}" for number in range(1, 6)), "disaster")
    assert whole["removed"] == [
        {
            "from": f"google_sql_database_instance.postgres_server_{name}",
            "lifecycle": {"destroy": False},
        }
        for name in names
    ]
    azure_old = Restore(instance="azure-test-server", at=OLD["at"])
    whole = {}
    resources = microsoft(
        tmp_path / "azure",
        whole=whole,
        instance_suffix="2",
        restore_from=azure_old,
        high_availability=True,
    )
    # Copies of the old one are kept as long as they would have been.
    copies = "azurerm_data_protection_backup_instance_postgresql_flexible_server"
    forgotten = [each["from"] for each in whole["removed"]]
    assert f"{copies}.postgres_server_long_term" in forgotten
    server = resources["azurerm_postgresql_flexible_server"]["postgres_server_2_instance"]
    assert server["create_mode"] == "PointInTimeRestore"
    assert server["source_server_id"] == "/servers/azure-test-server"
    assert "administrator_login" not in server
    with pytest.raises(TierError, match="set instance_suffix"):
        gcp.Instance(tier="db-custom-2-7680", restore_from=Restore(**OLD))


def test_a_replica_for_disasters_is_in_another_region_under_its_key(tmp_path: Path) -> None:
    resources = google(tmp_path, replica_region="us-west1")
    replica = resources["google_sql_database_instance"]["postgres_server_disaster"]
    assert (replica["region"], replica["encryption_key_name"]) == ("us-west1", "west")


def test_clients_know_the_name_in_the_certificate(tmp_path: Path) -> None:
    resources = google(tmp_path)
    record = resources["google_dns_record_set"]["postgres_server_record"]
    instance = "google_sql_database_instance.postgres_server_instance"
    assert record["name"] == f'${{trimsuffix({instance}.dns_name, ".")}}.'
    assert record["rrdatas"] == [f"${{{instance}.private_ip_address}}"]
    zone = resources["google_dns_managed_zone"]["postgres_server_zone"]
    assert zone["visibility"] == "private"


def test_a_release_waits_for_a_recent_backup(tmp_path: Path) -> None:
    whole: dict[str, Any] = {}
    ready: list[str] = []
    google(tmp_path, whole, ready, common={"backup_younger_than_hours": 26})
    (backup,) = whole["data"]["google_sql_backup_run"].values()
    (condition,) = backup["lifecycle"]["postcondition"]
    assert 'status == "SUCCESSFUL"' in condition["condition"]
    assert '"26h"), plantimestamp()) > 0' in condition["condition"]
    assert "gcloud sql backups create --instance=gcp-test-server" in condition["error_message"]
    assert "data.google_sql_backup_run.postgres_server_backup" in ready


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"tier": "db-n1-standard-1"}, "unknown; take"),
        ({"tier": "db-custom-3-7680"}, "CPUs is 1 or even"),
        ({"tier": "db-custom-2-7000"}, "multiple of 256"),
        ({"tier": "db-custom-2-15360"}, "0.9 to 6.5 GB"),
        ({"disk_gb": 600}, "limit the disk to 500 GB: it starts with 600"),
        ({"log_days": 14}, "1 to 7 with the edition"),
        ({"tier": "db-perf-optimized-N-2", "log_days": 36}, "1 to 35"),
        ({"zone": "us-east1-b", "standby_zone": "us-east1-c"}, "high_availability is not set"),
        ({"high_availability": True, "standby_zone": "us-east1-c"}, "zone is not set"),
        ({"backups_kept": 3}, "fewer than the 7 days"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(TierError, match=problem):
        gcp.Instance(**{"tier": "db-custom-2-7680", **settings})


def test_maintenance_and_addresses_are_where_the_settings_put_them(tmp_path: Path) -> None:
    denied = ("2026-12-15", "2027-01-10")
    resources = google(tmp_path, common={"deny_maintenance": denied, "allocated_range": "books"})
    settings = resources["google_sql_database_instance"]["postgres_server_instance"]["settings"]
    period = {"start_date": denied[0], "end_date": denied[1], "time": "00:00:00"}
    assert settings["deny_maintenance_period"] == period
    assert settings["ip_configuration"]["allocated_ip_range"] == "books"


def test_the_tier_decides_the_edition(tmp_path: Path) -> None:
    resources = google(tmp_path, tier="db-perf-optimized-N-4", log_days=30, backups_kept=30)
    settings = resources["google_sql_database_instance"]["postgres_server_instance"]["settings"]
    assert settings["edition"] == "ENTERPRISE_PLUS"


@pytest.mark.parametrize("what", [{"high_availability": True}, {"read_replicas": 1}])
def test_a_machine_without_high_availability_is_rejected(what: dict[str, Any]) -> None:
    with pytest.raises(TierError, match="use tier db-f1-micro"):
        gcp.Instance(tier="db-f1-micro", **what)
    with pytest.raises(TierError, match="use SKU B_Standard_B2s"):
        azure.Server(sku="B_Standard_B2s", **what)


def test_a_standby_in_the_zone_of_the_primary_is_rejected() -> None:
    with pytest.raises(TierError, match="zone 1 is the primary's own"):
        azure.Server(sku="GP_Standard_D2s_v3", high_availability=True, standby_zone="1")


def test_a_release_on_azure_waits_for_a_backup_of_its_own(tmp_path: Path) -> None:
    ready: list[str] = []
    resources = microsoft(tmp_path, ready, release="0a1b2c")
    (backup,) = resources["azurerm_postgresql_flexible_server_backup"].values()
    assert backup["name"] == "before-0a1b2c"
    assert backup["depends_on"]
    # The next release's backup exists before this one is removed.
    assert backup["lifecycle"] == {"create_before_destroy": True}
    assert ready == ["azurerm_postgresql_flexible_server_backup.postgres_server_backup"]
