"""PostgreSQL has the same properties on both clouds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modules.azure_postgres import props as azure
from modules.azure_postgres.construct import AzurePostgres
from modules.errors import TierError
from modules.gcp_postgres import props as gcp
from modules.gcp_postgres.construct import GcpPostgres
from tests.modules.synthesis import synthesize

PASSWORDS = {name: (f"${{secret.{name}}}", 3) for name in ("server", "dagster", "keycloak")}


def google(folder: Path, **instance: Any) -> dict[str, Any]:
    props = gcp.GcpPostgresProps(
        name="gcp-test",
        project="project",
        region="us-east1",
        network="projects/project/global/networks/net",
        instances={"server": gcp.Instance(**{"tier": "db-custom-2-7680", **instance})},
        passwords=PASSWORDS,
        kms_key="projects/p/locations/l/keyRings/r/cryptoKeys/k",
    )
    resources: dict[str, Any] = synthesize(folder, lambda s: GcpPostgres(s, "postgres", props))[
        "resource"
    ]
    return resources


def microsoft(folder: Path, **server: Any) -> dict[str, Any]:
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
        servers={"server": azure.Server(**{"sku": "GP_Standard_D2s_v3", **server})},
        passwords=PASSWORDS,
    )
    resources: dict[str, Any] = synthesize(folder, lambda s: AzurePostgres(s, "postgres", props))[
        "resource"
    ]
    return resources


def test_a_cloud_sql_instance_is_private_encrypted_audited_and_backed_up(tmp_path: Path) -> None:
    resources = google(tmp_path)
    instance = resources["google_sql_database_instance"]["postgres_server_instance"]
    settings = instance["settings"]
    assert instance["encryption_key_name"].endswith("cryptoKeys/k")
    assert instance["deletion_protection"] is settings["deletion_protection_enabled"] is True
    assert instance["lifecycle"] == {"prevent_destroy": True}
    assert settings["availability_type"] == "ZONAL"
    assert settings["ip_configuration"] == {
        "ipv4_enabled": False,
        "private_network": "projects/project/global/networks/net",
        "ssl_mode": "ENCRYPTED_ONLY",
    }
    assert settings["backup_configuration"]["point_in_time_recovery_enabled"] is True
    flags = {flag["name"]: flag["value"] for flag in settings["database_flags"]}
    assert flags["cloudsql.enable_pgaudit"] == flags["log_connections"] == "on"
    assert settings["insights_config"]["query_insights_enabled"] is True
    owner = resources["google_sql_user"]["postgres_server_owner"]
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
    server = resources["azurerm_postgresql_flexible_server"]["postgres_server_server"]
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
    assert len(resources["azurerm_monitor_diagnostic_setting"]) == 1


def test_parameters_are_set_one_after_the_other(tmp_path: Path) -> None:
    configured = microsoft(tmp_path)["azurerm_postgresql_flexible_server_configuration"]
    before = [found.get("depends_on", []) for found in configured.values()]
    assert sorted(map(len, before)) == [0] + [1] * (len(before) - 1)
    assert len({address for found in before for address in found}) == len(before) - 1


def test_high_availability_and_replicas_on_flexible_server(tmp_path: Path) -> None:
    resources = microsoft(tmp_path, high_availability=True, read_replicas=1)
    servers = resources["azurerm_postgresql_flexible_server"]
    assert servers["postgres_server_server"]["high_availability"] == {
        "mode": "ZoneRedundant",
        "standby_availability_zone": "2",
    }
    replica = servers["postgres_server_replica_1"]
    assert replica["create_mode"] == "Replica"
    assert "administrator_login" not in replica


@pytest.mark.parametrize("what", [{"high_availability": True}, {"read_replicas": 1}])
def test_a_machine_without_high_availability_is_rejected(what: dict[str, Any]) -> None:
    with pytest.raises(TierError, match="use tier db-f1-micro"):
        gcp.Instance(tier="db-f1-micro", **what)
    with pytest.raises(TierError, match="use SKU B_Standard_B2s"):
        azure.Server(sku="B_Standard_B2s", **what)


def test_a_standby_in_the_zone_of_the_primary_is_rejected() -> None:
    with pytest.raises(TierError, match="zone 1 is the primary's own"):
        azure.Server(sku="GP_Standard_D2s_v3", high_availability=True, standby_zone="1")
