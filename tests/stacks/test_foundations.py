"""Foundations: what an account has, and which settings are refused before any cloud is called."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from modules.azure_foundation.props import DEPLOYER_ACTIONS
from modules.azure_foundation.props import DEPLOYER_ROLES as AZURE_ROLES
from modules.gcp_foundation.props import BUCKET_PERMISSIONS, DEPLOYER_ROLES, SERVICES
from modules.secrets.names import EXTERNAL
from promoter.setup import environment
from stacks.environments import LONGEST, discover
from stacks.errors import InvalidSettings, StacksError
from stacks.platforms import FOUNDATION, PLATFORMS
from stacks.testflight.__main__ import synthesize
from tests.stacks.stack_tree import REPOSITORY, Tree, copy_tree

DAYS = 30
GCP, AZURE = "gcp-volcano-production", "azure-volcano-staging"
SOURCES = discover(REPOSITORY, tuple(PLATFORMS))
Blocks = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = copy_tree(tmp_path_factory.mktemp("foundations") / "tree")
    tree.synthesize(GCP, f"{GCP}-foundation", AZURE, f"{AZURE}-foundation")
    return tree


@pytest.fixture
def gcp(synthesized: Tree) -> Blocks:
    blocks: Blocks = synthesized.json(f"{GCP}-foundation")["resource"]
    return blocks


@pytest.fixture
def azure(synthesized: Tree) -> Blocks:
    blocks: Blocks = synthesized.json(f"{AZURE}-foundation")["resource"]
    return blocks


def bodies(blocks: Blocks, kind: str) -> list[dict[str, Any]]:
    return list(blocks[kind].values())


def test_every_environment_on_a_cloud_has_one() -> None:
    environments = {each.shared.parent for each in SOURCES if each.platform != "local"}
    founded = {each.shared.parent for each in SOURCES if each.deployment == FOUNDATION}
    assert founded == environments


def test_what_the_state_is_in_is_imported(synthesized: Tree) -> None:
    for name, kinds in (
        (GCP, ["google_kms_key_ring", "google_kms_crypto_key", "google_storage_bucket"]),
        (
            AZURE,
            ["azurerm_resource_group", "azurerm_storage_account", "azurerm_storage_container"],
        ),
    ):
        stack = synthesized.json(f"{name}-foundation")
        assert [each["to"].partition(".")[0] for each in stack["import"]] == kinds
        for each in stack["import"]:
            kind, _, block = each["to"].partition(".")
            body = stack["resource"][kind][block]
            assert each["id"].endswith(f"/{body['name']}") or each["id"] == body["name"]
            assert body["lifecycle"]["prevent_destroy"] is True


def test_an_environment_uses_what_its_foundation_makes(synthesized: Tree, gcp: Blocks) -> None:
    stack = synthesized.json(GCP)
    backend = stack["terraform"]["backend"]["gcs"]
    assert backend["bucket"] == gcp["google_storage_bucket"]["foundation_state"]["name"]
    ring = gcp["google_kms_key_ring"]["foundation_ring"]
    keys = {
        f"projects/{ring['project']}/locations/{ring['location']}/keyRings/{ring['name']}"
        f"/cryptoKeys/{key['name']}"
        for key in bodies(gcp, "google_kms_crypto_key")
        if key["key_ring"] == "${google_kms_key_ring.foundation_ring.id}"
    }
    (network,) = bodies(gcp, "google_compute_network")
    instances = bodies(stack["resource"], "google_sql_database_instance")
    assert keys == {backend["kms_encryption_key"], instances[0]["encryption_key_name"]}
    for instance in instances:
        private = instance["settings"]["ip_configuration"]["private_network"]
        assert private == f"projects/{network['project']}/global/networks/{network['name']}"
    read = stack["ephemeral"]["google_secret_manager_secret_version"].values()
    made = {each["secret_id"] for each in bodies(gcp, "google_secret_manager_secret")}
    assert made == {f"{GCP}-{name}" for name in EXTERNAL}
    assert {each["secret"] for each in read if "${" not in each["secret"]} <= made
    host = stack["resource"]["helm_release"]["lana-bank"]["values"][0]
    (zone,) = bodies(gcp, "google_dns_managed_zone")
    assert json.loads(host)["global"]["lanaDomain"] == zone["dns_name"].rstrip(".")
    (dataset,) = bodies(gcp, "honeycombio_dataset")
    assert stack["module"]["honeycomb"]["dataset"] == dataset["name"]


def test_each_service_agent_may_use_its_key(gcp: Blocks) -> None:
    grants = {
        (each["crypto_key_id"].split(".")[1].removeprefix("foundation_"), each["member"])
        for each in bodies(gcp, "google_kms_crypto_key_iam_member")
    }
    number = "${data.google_project.foundation_project.number}"
    start, end = f"serviceAccount:service-{number}@gcp-sa-", ".iam.gserviceaccount.com"
    data = "${data.google_bigquery_default_service_account.foundation_warehouse.member}"
    storage = "${data.google_storage_project_service_account.foundation_storage.member}"
    assert grants == {
        ("key_tf_state_key", storage),
        ("key_data_key", data),
        ("key_data_key", f"{start}cloud-sql{end}"),
        ("key_data_key", f"{start}secretmanager{end}"),
        ("long_term_key_exports_key", storage),
    }
    for key in bodies(gcp, "google_kms_crypto_key"):
        assert key["destroy_scheduled_duration"] == f"{DAYS * 86400}s"
    # Neither secrets nor state can be encrypted before that.
    state = gcp["google_storage_bucket"]["foundation_state"]
    for body in (state, *bodies(gcp, "google_secret_manager_secret")):
        assert len(body["depends_on"]) == len(grants) - 1
    assert gcp["google_storage_bucket"]["foundation_long_term_bucket"]["depends_on"] == [
        "google_kms_crypto_key_iam_member.foundation_long_term_key_exports_storage"
    ]


def test_replicas_have_a_key_in_their_region(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    settings = tree.root / "stacks/gcp/volcano-qa/shared.yml"
    path = "projects/volcano-qa/locations/us-west1/keyRings/volcano-qa/cryptoKeys/data"
    settings.write_text(f"{settings.read_text()}replica_kms_key: {path}\n")
    tree.synthesize("gcp-volcano-qa-foundation")
    blocks = tree.json("gcp-volcano-qa-foundation")["resource"]
    ring = blocks["google_kms_key_ring"]["foundation_replicas_ring"]
    assert (ring["location"], ring["name"]) == ("us-west1", "volcano-qa")
    key = blocks["google_kms_crypto_key"]["foundation_replicas_key_data_key"]
    assert key["key_ring"] == "${google_kms_key_ring.foundation_replicas_ring.id}"
    grant = blocks["google_kms_crypto_key_iam_member"]["foundation_replicas_key_data_sql"]
    assert grant["member"].endswith("@gcp-sa-cloud-sql.iam.gserviceaccount.com")


def test_databases_are_exported_weekly_to_a_bucket_that_nobody_can_empty(
    synthesized: Tree, gcp: Blocks
) -> None:
    bucket = gcp["google_storage_bucket"]["foundation_long_term_bucket"]
    seven_years = {"retention_period": str(7 * 366 * 86400), "is_locked": True}
    assert bucket["retention_policy"] == seven_years
    (key,) = bucket["encryption"].values()
    assert key == "${google_kms_crypto_key.foundation_long_term_key_exports_key.id}"
    # Outside of the region of the databases, like the key.
    ring = gcp["google_kms_key_ring"]["foundation_long_term_ring"]
    assert (bucket["location"], ring["location"]) == ("US", "us")
    (schedule,) = bodies(gcp, "google_cloud_scheduler_job")
    instances = bodies(synthesized.json(GCP)["resource"], "google_sql_database_instance")
    settings = instances[0]["settings"]
    _, hour, *_, day = schedule["schedule"].split()
    assert int(day) != settings["maintenance_window"]["day"] % 7
    begin = int(settings["backup_configuration"]["start_time"].partition(":")[0])
    assert not begin <= int(hour) < begin + 4
    assert schedule["http_target"]["uri"] == (
        "https://workflowexecutions.googleapis.com/v1/"
        "${google_workflows_workflow.foundation_long_term_workflow.id}/executions"
    )
    grants = bodies(synthesized.json(GCP)["resource"], "google_storage_bucket_iam_member")
    assert {each["member"] for each in grants if each["bucket"] == bucket["name"]} == {
        "serviceAccount:${google_sql_database_instance."
        f"postgres_{name}_instance.service_account_email_address}}"
        for name in ("server", "dagster", "keycloak")
    }


def test_the_workflow_finds_the_instances_of_its_environment(gcp: Blocks) -> None:
    (workflow,) = bodies(gcp, "google_workflows_workflow")
    # What Terraform leaves of it: $${ is its escape, ${ an expression of its own.
    text = re.sub(r"(?<!\$)\$\{[^}]*\}", "volcano-production-books", workflow["source_contents"])
    first, second = json.loads(text.replace("$${", "${"))["main"]["steps"]
    assert f"environment:{GCP} AND" in first["instances"]["args"]["filter"]
    parallel = second["eachInstance"]["parallel"]
    assert parallel["exception_policy"] == "continueAll"
    (databases, loop) = parallel["for"]["steps"]
    assert databases["databases"]["args"]["instance"] == "${instance.name}"
    export = loop["eachDatabase"]["for"]["steps"][1]["export"]
    context = export["args"]["body"]["exportContext"]
    assert context["uri"].startswith('${"gs://volcano-production-books/" + instance.name')
    assert context["databases"] == ["${database.name}"]


def test_azures_backups_have_a_key_in_the_paired_region(synthesized: Tree, azure: Blocks) -> None:
    (server, *_) = bodies(synthesized.json(AZURE)["resource"], "azurerm_postgresql_flexible_server")
    used = server["customer_managed_key"]
    vaults = {each["name"]: each["location"] for each in bodies(azure, "azurerm_key_vault")}
    assert vaults == {"volcano-staging": "eastus2", "volcano-staging-backup": "centralus"}
    assert used["geo_backup_key_vault_key_id"] == (
        "https://volcano-staging-backup.vault.azure.net/keys/databases"
    )
    (identity,) = (
        each
        for each in bodies(azure, "azurerm_user_assigned_identity")
        if each["name"] == f"{AZURE}-backups"
    )
    assert identity["location"] == "centralus"
    assert used["geo_backup_user_assigned_identity_id"].endswith(f"/{identity['name']}")
    key = azure["azurerm_key_vault_key"]["foundation_key_backups_key"]
    assert key["key_vault_id"] == "${azurerm_key_vault.foundation_backup_vault.id}"
    grant = azure["azurerm_role_assignment"]["foundation_key_backups_grant"]
    assert (
        grant["scope"]
        == "${azurerm_key_vault_key.foundation_key_backups_key.resource_versionless_id}"
    )


def test_the_databases_range_is_peered(gcp: Blocks) -> None:
    (address,) = bodies(gcp, "google_compute_global_address")
    assert (address["address"], address["prefix_length"]) == ("10.22.0.0", 20)
    (peering,) = bodies(gcp, "google_service_networking_connection")
    assert peering["reserved_peering_ranges"] == [
        "${google_compute_global_address.foundation_databases.name}"
    ]


def test_nodes_pull_our_images_and_nothing_else(gcp: Blocks) -> None:
    pulls = bodies(gcp, "google_artifact_registry_repository_iam_member")
    assert {each["repository"] for each in pulls} == {"gcr.io", "us.gcr.io"}
    assert {each["member"] for each in pulls} == {
        "${google_service_account.foundation_node_account.member}"
    }


def test_azure_pulls_every_image_from_its_own_registry(synthesized: Tree, azure: Blocks) -> None:
    (registry,) = bodies(azure, "azurerm_container_registry")
    release = synthesized.json(AZURE)["resource"]["helm_release"]["lana-bank"]
    chosen = repositories(json.loads(release["values"][0]))
    own = f"{registry['name']}.azurecr.io/"
    charts = (REPOSITORY / "charts/lana-bank").rglob("values.yaml")
    named = {each for file in charts for each in repositories(YAML(typ="safe").load(file))}
    assert chosen == {f"{own}{each}" for each in named}
    rules = {
        each["source_repo"]: "credential_set_id" in each
        for each in bodies(azure, "azurerm_container_registry_cache_rule")
        if each["target_repo"] == each["source_repo"]
    }
    assert {f"{each.partition('/')[0]}/*" for each in named} == rules.keys()
    # Docker Hub is not fetched from without credentials, and our own images are private.
    assert rules == {"docker.io/*": True, "gcr.io/*": True, "quay.io/*": False, "us.gcr.io/*": True}
    assert registry["admin_enabled"] is False


def repositories(values: Any) -> set[str]:
    """Return the repository of every image in ``values``."""
    if not isinstance(values, dict):
        return set()
    found = {values["image"]["repository"]} if "image" in values else set()
    return found.union(*(repositories(each) for each in values.values()))


def test_one_job_deploys_without_a_key(gcp: Blocks, azure: Blocks) -> None:
    (issuer,) = bodies(gcp, "google_iam_workload_identity_pool_provider")
    assert f"assertion.job == '{GCP}'" in issuer["attribute_condition"]
    (user,) = bodies(gcp, "google_service_account_iam_member")
    assert user["member"].endswith(f"/subject/lana-bank/deployments//{GCP}")
    (credential,) = bodies(azure, "azurerm_federated_identity_credential")
    assert credential["subject"] == f"lana-bank/deployments//{AZURE}"


NEEDED = {
    "google_bigquery_dataset_iam_member": "roles/bigquery.dataOwner",
    "google_container_cluster": "roles/container.developer",
    "google_dns_managed_zone": "roles/dns.admin",
    "google_dns_record_set": "roles/dns.admin",
    "google_monitoring_alert_policy": "roles/monitoring.alertPolicyEditor",
    "google_monitoring_notification_channel": "roles/monitoring.notificationChannelEditor",
    "google_monitoring_uptime_check_config": "roles/monitoring.uptimeCheckConfigEditor",
    "google_project_iam_member": "roles/resourcemanager.projectIamAdmin",
    "google_secret_manager_secret": "roles/secretmanager.admin",
    "google_secret_manager_secret_version": "roles/secretmanager.admin",
    "google_service_account": "roles/iam.serviceAccountAdmin",
    "google_service_account_iam_member": "roles/iam.serviceAccountAdmin",
    "google_sql_backup_run": "roles/cloudsql.admin",
    "google_sql_database_instance": "roles/cloudsql.admin",
    "google_sql_user": "roles/cloudsql.admin",
    "google_storage_bucket_iam_member": "storage.buckets.setIamPolicy",
    "azurerm_application_insights": "Microsoft.Insights/components/*",
    "azurerm_application_insights_standard_web_test": "Microsoft.Insights/webTests/*",
    "azurerm_data_protection_backup_instance_postgresql_flexible_server": (
        "Microsoft.DataProtection/backupVaults/backupInstances/write"
    ),
    "azurerm_key_vault_secret": "Key Vault Secrets Officer",
    "azurerm_management_lock": "Microsoft.Authorization/locks/write",
    "azurerm_monitor_action_group": "Microsoft.Insights/actionGroups/*",
    "azurerm_monitor_alert_processing_rule_action_group": (
        "Microsoft.AlertsManagement/actionRules/*"
    ),
    "azurerm_monitor_diagnostic_setting": "Microsoft.Insights/diagnosticSettings/*",
    "azurerm_monitor_metric_alert": "Microsoft.Insights/metricAlerts/*",
    "azurerm_postgresql_flexible_server": "Microsoft.DBforPostgreSQL/flexibleServers/*",
    "azurerm_postgresql_flexible_server_active_directory_administrator": (
        "Microsoft.DBforPostgreSQL/flexibleServers/*"
    ),
    "azurerm_postgresql_flexible_server_backup": "Microsoft.DBforPostgreSQL/flexibleServers/*",
    "azurerm_postgresql_flexible_server_configuration": (
        "Microsoft.DBforPostgreSQL/flexibleServers/*"
    ),
    "azurerm_private_dns_zone": "Microsoft.Network/privateDnsZones/*",
    "azurerm_private_dns_zone_virtual_network_link": "Microsoft.Network/privateDnsZones/*",
    "azurerm_subnet": "Microsoft.Network/virtualNetworks/subnets/*",
}
"""By what a deployer makes a block of a kind: a role, permission or operation of the cloud."""

OWN = {"google_client_config"}
"""Kinds that read nothing of the account."""


@pytest.mark.parametrize(
    ("name", "provider", "held"),
    [
        (
            GCP,
            "google",
            {*DEPLOYER_ROLES, *BUCKET_PERMISSIONS, "roles/resourcemanager.projectIamAdmin"},
        ),
        (AZURE, "azurerm", {*DEPLOYER_ACTIONS, *AZURE_ROLES}),
    ],
)
def test_the_deployer_may_make_every_block_of_a_release(
    synthesized: Tree, name: str, provider: str, held: set[str]
) -> None:
    stack = synthesized.json(name)
    kinds = {
        kind
        for block in ("resource", "data", "ephemeral")
        for kind in stack.get(block, {})
        if kind.startswith(f"{provider}_") and kind not in OWN
    }
    assert kinds <= NEEDED.keys()
    assert {NEEDED[kind] for kind in kinds} <= held


def test_the_deployer_may_write_every_kind_that_the_chart_installs(azure: Blocks) -> None:
    (role,) = bodies(azure, "azurerm_role_definition")
    allowed = {each.split("/")[-2] for each in role["permissions"]["data_actions"]}
    kinds = {
        kind.lower()
        for file in (REPOSITORY / "charts/lana-bank").rglob("templates/*")
        for kind in re.findall(r"(?m)^kind: (\w+)$", file.read_text())
    }
    # A custom resource has no action of Azure's; the setting for a Gateway is one of Google Cloud.
    kinds.remove("httproute")
    plural = {f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s" for kind in kinds}
    assert len(kinds) > 5
    assert {each.replace("ingresss", "ingresses") for each in plural} <= allowed


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "shared.yml",
            "cryptoKeys/data",
            "cryptoKeys/data/x",
            "shared.yml:22: kms_key: String should match pattern",
        ),
        (
            "shared.yml",
            "kms_key: projects/volcano-qa/locations/us-east1/keyRings/volcano-qa/cryptoKeys/data",
            "kms_key: projects/volcano-qa/locations/europe-west1/keyRings/volcano-qa/cryptoKeys/d",
            "shared.yml:22: kms_key: not a key of this project, region and ring",
        ),
        (
            "shared.yml",
            "location: us, years",
            "location: us-east1, years",
            "long_term_backups.location: the instances' own region; name another one",
        ),
        (
            "shared.yml",
            "platform: gcp\n",
            "platform: gcp\nreplica_kms_key: "
            "projects/volcano-qa/locations/us-east1/keyRings/volcano-qa/cryptoKeys/data\n",
            "replica_kms_key: a key that is lost with the region",
        ),
        ("shared.yml", "stage: qa", "stage: test", "shared.yml:4: stage: Input should be"),
        ("shared.yml", "dns_zone: qa.lana.galoy.io\n", "", "shared.yml: dns_zone: Field required"),
        (
            "shared.yml",
            "dns_zone: qa.lana",
            "dns_zone: other.lana",
            "lana-bank.yml:3: lana_domain: it is not in dns_zone other.lana.galoy.io of shared.yml",
        ),
        (
            "shared.yml",
            ", 10.21.32.0/20]",
            "]",
            "network.cluster_cidrs: name 3 ranges, in the order of docs/settings.md",
        ),
        (
            "foundation.yml",
            "concourse:\n  issuer: https://ci.galoy.io\n  team: lana-bank\n"
            "  pipeline: deployments\n",
            "",
            "foundation.yml: nobody may deploy; set concourse, github or both",
        ),
        (
            "foundation.yml",
            "issuer: https",
            "issuer: http",
            "foundation.yml:4: concourse.issuer: String should match",
        ),
    ],
)
def test_settings_that_no_cloud_would_accept_are_refused(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    tree = copy_tree(tmp_path / "tree")
    changed = tree.root / "stacks/gcp/volcano-qa" / file
    text = changed.read_text()
    assert old in text
    changed.write_text(text.replace(old, new, 1))
    found = []
    for source in discover(tree.root, tuple(PLATFORMS)):
        try:
            PLATFORMS[source.platform](source)
        except InvalidSettings as error:
            found.append(str(error))
    assert any(expected in message for message in found), found


@pytest.mark.parametrize("name", ["Volcano", "a--b", "a" * (LONGEST - 3), "with space"])
def test_a_name_that_is_part_of_no_valid_name_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "stacks/gcp" / name
    folder.mkdir(parents=True)
    for file in ("shared.yml", "lana-bank.yml"):
        (folder / file).write_text("{}\n")
    with pytest.raises(InvalidSettings, match=r"rename the folder"):
        discover(tmp_path, tuple(PLATFORMS))


def test_names_are_limited_alike_where_one_is_added() -> None:
    assert environment.LONGEST == LONGEST


def test_the_commands_before_the_first_apply_make_what_is_imported() -> None:
    """An import cannot correct what is fixed when a key is made."""
    page = (REPOSITORY / "docs/environments.md").read_text()
    apis = re.search(r"for api in ((?:.|\n)+?)\n> do gcloud services enable", page)
    assert apis is not None
    assert [f"{api}.googleapis.com" for api in re.findall(r"[a-z]+", apis[1])] == list(SERVICES)
    assert f"--destroy-scheduled-duration {DAYS}d" in page
    assert "--sku Standard_GZRS" in page
    for name in ("keyrings", "keys", "storage buckets", "az group", "storage account", "container"):
        assert f"{name} create" in page


def test_a_testflight_takes_no_keys_of_a_foundation() -> None:
    with pytest.raises(StacksError, match=r"copy keys from .*: it has no secrets in a vault"):
        synthesize(REPOSITORY, {"keys_from": f"{GCP}-foundation"})
