"""Each check passes the stacks of this repository, and finds each change that it is there for."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from policies.checks import CHECKS
from policies.stack import UNPINNED, CheckedStack
from tests.stacks.stack_tree import copy_tree

REPOSITORY = Path(__file__).parents[2]
GCP, AZURE, QA = "gcp-volcano-production", "azure-volcano-staging", "gcp-volcano-qa"
SQL = "resource/google_sql_database_instance/postgres_server_instance"
FLEXIBLE = "resource/azurerm_postgresql_flexible_server/postgres_server_instance"
ROLE = "resource/google_project_iam_member/gcp_volcano_production_lana_cloudsql_client"
SECRET = "resource/google_secret_manager_secret/secrets_db_server_secret"
VERSION = "resource/google_secret_manager_secret_version/secrets_db_server_version"
FOUNDED, AZURE_FOUNDED = f"{GCP}-foundation", f"{AZURE}-foundation"
ISSUER = "resource/google_iam_workload_identity_pool_provider/foundation_deployer_concourse"
CREDENTIAL = "resource/azurerm_federated_identity_credential/foundation_deployer_concourse"
BUCKET = "resource/google_storage_bucket/foundation_state"
ACCOUNT = "resource/azurerm_storage_account/foundation_state"
RELEASE = "resource/helm_release/lana-bank"
NAMESPACE = "resource/kubernetes_namespace_v1/namespace"
POD = "spec/template/spec"
CONTAINER = f"{POD}/containers/0"
DIGEST = "sha256:" + "ab" * 32
OURS = "gcr.io/galoyorg/lana-bank"

Body = dict[str, Any]
Change = Callable[[Body, list[Body]], None]


def put(path: str, value: Any) -> Change:
    """Set a value of the stack's JSON."""
    return lambda content, _: _put(content, path, value)


def put_object(kind: str, name: str, path: str, value: Any) -> Change:
    """Set a value of a rendered object."""
    return lambda _, objects: _put(_object(objects, kind, name), path, value)


def replace_text(name: str, file: str, old: str, new: str) -> Change:
    """Replace text in a file of a ConfigMap; it must be there."""

    def change(_: Body, objects: list[Body]) -> None:
        data = _object(objects, "ConfigMap", name)["data"]
        assert old in data[file]
        data[file] = data[file].replace(old, new)

    return change


def add_object(item: Body) -> Change:
    """Add a rendered object."""
    return lambda _, objects: objects.append(item)


def _object(objects: list[Body], kind: str, name: str) -> Body:
    return next(o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))


def _put(where: Any, path: str, value: Any) -> None:
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("/"))
    for parent in parents:
        where = where[parent] if isinstance(where, list) else where.setdefault(parent, {})
    where[last] = value


@dataclass(frozen=True)
class Case:
    """A change of a stack (as in ``stage``, if given), and the check that finds it."""

    check: str
    change: Change
    stack: str = GCP
    stage: str = ""


def flag(name: str, value: str) -> Change:
    """Set a database flag."""

    def change(content: Body, _: list[Body]) -> None:
        flags = content["resource"]["google_sql_database_instance"]["postgres_server_instance"]
        (found,) = (f for f in flags["settings"]["database_flags"] if f["name"] == name)
        found["value"] = value

    return change


OUTSIDE = "https://auth.example.com/realms/internal/protocol/openid-connect/certs"
REALM = ("lana-bank-keycloak", "internal.json")
COLLECTOR = ("lana-bank-opentelemetry-collector", "collector.yaml")
GATEWAY = ("lana-bank-oathkeeper", "rules.yaml")
ALERT = "resource/google_monitoring_alert_policy/alerts_gcp_volcano_production_server"
UPTIME = "resource/google_monitoring_uptime_check_config/alerts_auth_check"
VAULT = "resource/azurerm_data_protection_backup_vault/foundation_long_term_vault"
COPIES = "resource/azurerm_data_protection_backup_instance_postgresql_flexible_server"
NOTIFIED = "resource/azurerm_monitor_alert_processing_rule_action_group/alerts_backups"
AZURE_ALERT = "resource/azurerm_monitor_metric_alert/alerts_azure_volcano_staging_server_disk"
BOOKS = "resource/google_storage_bucket/foundation_long_term_bucket"
SCHEDULE = "resource/google_cloud_scheduler_job/foundation_long_term_schedule"
CASES = [
    Case("alerts-complete", put(f"{ALERT}_disk/notification_channels", [])),
    Case("alerts-complete", put(f"{ALERT}_connections", {})),
    Case("alerts-complete", put(f"{ALERT}_lag_replica_1/enabled", False)),
    Case(
        "alerts-complete",
        put("resource/google_monitoring_alert_policy/alerts_admin_certificate", {}),
    ),
    Case(
        "alerts-complete",
        put(f"{UPTIME}/http_check", {}),
    ),
    Case(
        "alerts-complete",
        put(f"{UPTIME}/http_check/use_ssl", False),
    ),
    Case(
        "alerts-complete",
        put(f"{UPTIME}/monitored_resource/labels/host", "auth.lana.galoy.io.example.com"),
    ),
    Case("alerts-complete", put("resource/honeycombio_slo/objectives_sign_in_slo/name", "x")),
    Case("alerts-complete", put("resource/honeycombio_burn_alert", {})),
    Case("alerts-complete", put("resource/honeycombio_trigger/objectives_jobs/recipient", [])),
    Case(
        "alerts-complete",
        put("resource/google_monitoring_alert_policy/foundation_backups_failed", {}),
        FOUNDED,
    ),
    Case(
        "alerts-complete",
        put("resource/google_monitoring_alert_policy/foundation_long_term_failed", {}),
        FOUNDED,
    ),
    Case("alerts-complete", put(f"{AZURE_ALERT}/action", []), AZURE, "production"),
    Case(
        "alerts-complete",
        put("resource/azurerm_application_insights_standard_web_test", {}),
        AZURE,
        "production",
    ),
    Case("alerts-complete", put(f"{NOTIFIED}/add_action_group_ids", []), AZURE),
    Case("alerts-complete", put(f"{NOTIFIED}/scopes", ["/other"]), AZURE),
    Case(
        "api-authenticated",
        replace_text(*GATEWAY, "handler: jwt", "handler: anonymous"),
    ),
    Case("api-authenticated", replace_text(*GATEWAY, "(?!/(graphql|webhook)(/|$)).*", ".*graphql")),
    Case("api-authenticated", replace_text(*GATEWAY, "trusted_issuers:", "required_scope:")),
    Case("api-authenticated", replace_text(*GATEWAY, "target_audience:", "required_scope:")),
    Case(
        "api-authenticated",
        replace_text("lana-bank-oathkeeper", "oathkeeper.yaml", "  noop:", "  anonymous:"),
    ),
    Case("audit-logged", flag("log_connections", "off")),
    Case("audit-logged", flag("pgaudit.log", "ddl")),
    Case("audit-logged", put("resource/azurerm_monitor_diagnostic_setting", {}), AZURE),
    Case("audit-logged", put("resource/google_project_iam_audit_config", {}), FOUNDED),
    Case("backups-kept", put(f"{SQL}/settings/backup_configuration/enabled", False)),
    Case("backups-kept", put(COPIES, {}), AZURE),
    Case("backups-kept", put(f"{VAULT}/immutability", "Disabled"), AZURE_FOUNDED),
    Case("backups-kept", put(f"{VAULT}/lifecycle", {}), AZURE_FOUNDED),
    Case(
        "backups-kept",
        put("resource/azurerm_data_protection_backup_vault", {}),
        AZURE_FOUNDED,
    ),
    Case("backups-kept", put("resource/google_storage_bucket_iam_member", {})),
    Case("backups-kept", put(f"{BOOKS}/retention_policy", {}), FOUNDED),
    Case("backups-kept", put(f"{BOOKS}/retention_policy/is_locked", False), FOUNDED),
    Case("backups-kept", put(f"{BOOKS}/retention_policy/retention_period", "86400"), FOUNDED),
    Case("backups-kept", put(f"{SCHEDULE}/paused", True), FOUNDED),
    Case("backups-kept", put("resource/google_workflows_workflow", {}), FOUNDED),
    Case(
        "backups-kept",
        put(f"{SQL}/settings/backup_configuration/backup_retention_settings", {}),
    ),
    Case(
        "backups-kept",
        put(f"{SQL}/settings/backup_configuration/transaction_log_retention_days", 1),
    ),
    Case("backups-kept", put(f"{FLEXIBLE}/backup_retention_days", 7), AZURE),
    Case("blocks-listed", put("data/google_secret_manager_secret_version/s", {"secret": "x"})),
    Case("blocks-listed", put("data/external/s", {"program": ["sh"]})),
    Case("blocks-listed", put("resource/google_service_account_key/k", {})),
    Case("blocks-listed", put("resource/random_password/p", {"length": 8})),
    Case("blocks-listed", put("ephemeral/tls_private_key/k", {})),
    Case("blocks-listed", put(f"{NAMESPACE}/provisioner", [{"local-exec": {}}])),
    Case("blocks-listed", put("module/other", {"source": "git::https://example.com/x"})),
    Case("blocks-listed", put("output/password", {"value": "x"})),
    Case("databases-kept", put(f"{SQL}/lifecycle", {})),
    Case("databases-kept", put(f"{SQL}/deletion_protection", False)),
    Case("databases-kept", put(f"{FLEXIBLE}/lifecycle", {}), AZURE),
    Case("databases-kept", put("resource/azurerm_management_lock", {}), AZURE),
    Case("databases-private", put(f"{SQL}/settings/ip_configuration/ipv4_enabled", True)),
    Case("databases-private", put(f"{SQL}/settings/ip_configuration/private_network", "")),
    Case("databases-private", put(f"{FLEXIBLE}/public_network_access_enabled", True), AZURE),
    Case("databases-private", put(f"{FLEXIBLE}/delegated_subnet_id", None), AZURE),
    Case(
        "dataset-protected",
        put("resource/google_bigquery_dataset/d", {"delete_contents_on_destroy": True}),
    ),
    Case(
        "dataset-protected",
        put("resource/google_bigquery_dataset/d", {"access": {"special_group": "allUsers"}}),
    ),
    Case(
        "disruption-bounded",
        put_object("PodDisruptionBudget", "lana-bank", "spec/selector/matchLabels", {"a": "b"}),
    ),
    Case(
        "disruption-bounded",
        put_object("PodDisruptionBudget", "lana-bank", "spec/maxUnavailable", "100%"),
    ),
    Case(
        "disruption-bounded",
        put_object("Deployment", "lana-bank", f"{POD}/topologySpreadConstraints", []),
    ),
    Case("edge-encrypted", put_object("Ingress", "lana-bank-app", "spec/tls", [])),
    Case(
        "edge-encrypted",
        put_object(
            "Ingress",
            "lana-bank-app",
            "metadata/annotations",
            {"nginx.ingress.kubernetes.io/ssl-redirect": "false"},
        ),
    ),
    Case("egress-listed", put_object("NetworkPolicy", "lana-bank", "spec/egress/0/to", [])),
    Case(
        "egress-listed",
        put_object(
            "NetworkPolicy",
            "lana-bank",
            "spec/egress/0",
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]},
        ),
    ),
    Case(
        "egress-listed",
        put_object(
            "NetworkPolicy",
            "lana-bank",
            "spec/egress/0",
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 22}]},
        ),
    ),
    Case(
        "egress-listed",
        put_object("NetworkPolicy", "lana-bank-default", "spec/policyTypes", ["Ingress"]),
    ),
    Case("environments-apart", put("terraform/backend/gcs/bucket", "volcano-qa-tf-state")),
    Case("environments-apart", put("provider/google/0/project", "volcano-qa")),
    Case("gateway-only", put_object("Service", "lana-bank", "spec/type", "LoadBalancer")),
    Case(
        "gateway-only",
        put_object(
            "Ingress",
            "lana-bank-app",
            "spec/rules/0/http/paths/0/backend/service/name",
            "lana-bank",
        ),
    ),
    Case(
        "gateway-only",
        put_object("Ingress", "lana-bank-auth", "spec/rules/0/http/paths/0/path", "/realms/"),
    ),
    Case("gateway-only", put_object("NetworkPolicy", "lana-bank", "spec/ingress/0/from", [{}])),
    Case("images-by-digest", put_object("Deployment", "lana-bank", f"{CONTAINER}/image", OURS)),
    Case(
        "images-by-digest",
        put_object("Deployment", "lana-bank", f"{CONTAINER}/image", f"{OURS}:1@{DIGEST}"),
    ),
    Case(
        "images-by-digest",
        put_object("Deployment", "lana-bank", f"{CONTAINER}/image", f"{OURS}@{DIGEST[:-1]}"),
    ),
    Case(
        "images-by-digest",
        put_object("Deployment", "lana-bank", f"{CONTAINER}/image", f"{OURS}@{UNPINNED}"),
    ),
    Case(
        "images-listed",
        put_object("Deployment", "lana-bank", f"{CONTAINER}/image", f"ghcr.io/x/y@{DIGEST}"),
    ),
    Case(
        "images-listed",
        put_object(
            "Deployment", "lana-bank", f"{CONTAINER}/image", f"x.azurecr.io/ghcr.io/x/y@{DIGEST}"
        ),
        AZURE,
    ),
    Case("keys-customer-managed", put(f"{SQL}/encryption_key_name", None)),
    Case("keys-customer-managed", put(f"{SECRET}/replication", {"auto": {}})),
    Case("keys-customer-managed", put("module/bigquery/kms_key", "")),
    Case("keys-customer-managed", put(f"{FLEXIBLE}/customer_managed_key", {}), AZURE, "production"),
    Case("keys-kept", put(f"{SECRET}/lifecycle", {})),
    Case("keys-kept", put(f"{VERSION}/deletion_policy", "DELETE")),
    Case("modules-called", put("module/bigquery/unknown", "x")),
    Case("modules-called", lambda content, _: content["module"]["bigquery"].pop("gcp_region")),
    Case("modules-called", put("locals/dataset", "${module.bigquery.nothing}")),
    Case("namespace-restricted", put("resource/kubernetes_namespace_v1", {})),
    Case("namespace-restricted", put(f"{NAMESPACE}/metadata/0/labels", {})),
    Case("production-available", put(f"{SQL}/settings/availability_type", "ZONAL")),
    Case("production-available", put(f"{SQL}/settings/backup_configuration", {})),
    Case(
        "production-available",
        put(f"{FLEXIBLE}/geo_redundant_backup_enabled", False),
        AZURE,
        "production",
    ),
    Case("production-available", put_object("Deployment", "lana-bank", "spec/replicas", 1)),
    Case(
        "production-available",
        put_object("Deployment", "lana-bank", f"{POD}/priorityClassName", None),
    ),
    Case("pods-drained", put_object("Deployment", "lana-bank", f"{CONTAINER}/lifecycle", {})),
    Case(
        "pods-drained",
        put_object("Deployment", "lana-bank", f"{POD}/terminationGracePeriodSeconds", 20),
    ),
    Case(
        "production-domain",
        put_object("Ingress", "lana-bank-app", "spec/rules/0/host", "admin.app.lana.galoy.io"),
        QA,
    ),
    Case("providers-bounded", put("terraform/required_providers/google/version", ">= 8.0")),
    Case("providers-bounded", put("terraform/required_providers/helm/source", "other/helm")),
    Case("providers-bounded", put("provider/google/0/credentials", "key.json")),
    Case("providers-bounded", put("provider/google/0/sql_custom_endpoint", "https://example.com")),
    Case("real-time", replace_text("lana-bank-config", "lana.yml", "realtime", "manual")),
    Case("real-time", put_object("ConfigMap", "lana-bank-config", "data", {"lana.yml": ""})),
    Case("realms-strict", replace_text(*REALM, '"registrationAllowed": false', '"x": 1')),
    Case("realms-strict", replace_text(*REALM, '"bruteForceProtected": true', '"x": 1')),
    Case("realms-strict", replace_text(*REALM, '"sslRequired": "external"', '"x": 1')),
    Case("realms-strict", replace_text(*REALM, "/oauth2/callback", "/*")),
    Case("realms-strict", replace_text(*REALM, '"resetPasswordAllowed": false', '"x": 1')),
    Case(
        "realms-strict",
        replace_text("lana-bank-keycloak-realms", "internal.required", "OTP Form", ""),
    ),
    Case(
        "realms-strict",
        put_object(
            "Deployment",
            "lana-bank-keycloak",
            f"{CONTAINER}/env/0/name",
            "KC_BOOTSTRAP_ADMIN_USERNAME",
        ),
    ),
    Case("realms-strict", replace_text(*REALM, "${OAUTH2_PROXY_SECRET}", "hunter2")),
    Case("realms-strict", replace_text(*REALM, '"directAccessGrantsEnabled": false', '"x": 1')),
    Case("release-atomic", put(f"{RELEASE}/atomic", False)),
    Case("release-atomic", put(f"{RELEASE}/wait", False)),
    Case("release-atomic", put(f"{RELEASE}/force_update", True)),
    Case("release-atomic", put(f"{RELEASE}/values", ["{}"])),
    Case("roles-least", put(f"{ROLE}/role", "roles/owner")),
    Case("roles-least", put(f"{ROLE}/member", "allUsers")),
    Case("roles-least", put(f"{ROLE}/role", "roles/cloudsql.admin")),
    Case(
        "roles-least",
        put(
            "resource/google_project_iam_custom_role/foundation_long_term_role/permissions",
            ["cloudsql.instances.delete"],
        ),
        FOUNDED,
    ),
    Case(
        "roles-least",
        put(
            "resource/google_service_account_iam_member/signing",
            {
                "service_account_id": "${google_service_account.a.name}",
                "role": "roles/iam.serviceAccountTokenCreator",
                "member": "${google_service_account.b.member}",
            },
        ),
    ),
    Case(
        "roles-least",
        put("resource/google_project_iam_member/foundation_deployer_grants/condition", {}),
        FOUNDED,
    ),
    Case(
        "roles-least",
        put(
            "resource/google_service_account_iam_member/foundation_deployer_concourse_user/member",
            "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.p.name}/*",
        ),
        FOUNDED,
    ),
    Case(
        "roles-least",
        put(
            "resource/azurerm_role_assignment/foundation_deployer_key_vault_secrets_officer/"
            "role_definition_name",
            "Owner",
        ),
        AZURE_FOUNDED,
    ),
    Case(
        "roles-least",
        put(
            "resource/azurerm_role_definition/foundation_deployer_role/permissions/actions",
            ["Microsoft.Authorization/roleAssignments/write"],
        ),
        AZURE_FOUNDED,
    ),
    Case(
        "roles-least",
        put(
            "resource/google_storage_bucket_iam_binding/b",
            {"role": "roles/storage.admin", "members": ["allAuthenticatedUsers"]},
        ),
    ),
    Case(
        "secrets-not-written",
        put("resource/google_sql_user/postgres_server_administrator/password", 1),
    ),
    Case("secrets-not-written", put("resource/kubernetes_secret_v1/s", {"data": {}})),
    Case(
        "secrets-not-written",
        put_object(
            "Deployment",
            "lana-bank",
            f"{CONTAINER}/env/0",
            {"name": "PG_CON", "value": "postgres://h"},
        ),
    ),
    Case("secrets-not-written", add_object({"kind": "Secret", "metadata": {"name": "s"}})),
    Case(
        "secrets-not-written",
        add_object(
            {
                "kind": "ConfigMap",
                "metadata": {"name": "s"},
                "data": {"key.pem": "-----BEGIN PRIVATE KEY-----"},
            }
        ),
    ),
    Case("state-protected", put("terraform/backend", {"local": {}})),
    Case("state-protected", put(f"{BUCKET}/versioning/enabled", False), FOUNDED),
    Case("state-protected", put(f"{BUCKET}/encryption", {}), FOUNDED),
    Case("state-protected", put(f"{BUCKET}/public_access_prevention", "inherited"), FOUNDED),
    Case("state-protected", put(f"{BUCKET}/lifecycle", {}), FOUNDED),
    Case("state-protected", put(f"{ACCOUNT}/blob_properties", {}), AZURE_FOUNDED),
    Case("state-protected", put(f"{ACCOUNT}/customer_managed_key", {}), AZURE_FOUNDED),
    Case("state-protected", put(f"{ACCOUNT}/shared_access_key_enabled", True), AZURE_FOUNDED),
    Case("state-protected", put(f"{ACCOUNT}/network_rules", {}), AZURE_FOUNDED),
    Case(
        "deployers-federated",
        put(f"{ISSUER}/attribute_condition", "assertion.team == 'main'"),
        FOUNDED,
    ),
    Case(
        "deployers-federated",
        put(f"{ISSUER}/attribute_condition", f"true || assertion.job == '{GCP}'"),
        FOUNDED,
    ),
    Case("deployers-federated", put(ISSUER, {"oidc": {"issuer_uri": "https://x"}}), FOUNDED),
    Case(
        "deployers-federated",
        put("resource/google_iam_workload_identity_pool_provider", {}),
        FOUNDED,
    ),
    Case("deployers-federated", put(f"{CREDENTIAL}/subject", "team/pipeline//*"), AZURE_FOUNDED),
    Case("deployers-federated", put(f"{CREDENTIAL}/audience", ["x"]), AZURE_FOUNDED),
    Case("deployers-federated", put("resource/google_service_account_key/k", {}), FOUNDED),
    Case(
        "keys-kept",
        put("resource/google_kms_crypto_key/foundation_key_data_key/lifecycle", {}),
        FOUNDED,
    ),
    Case(
        "keys-kept",
        put("resource/azurerm_key_vault/foundation_vault/lifecycle", {}),
        AZURE_FOUNDED,
    ),
    Case("state-protected", put("terraform/backend/gcs/kms_encryption_key", "")),
    Case("state-protected", put("terraform/backend/gcs/prefix", "other")),
    Case("state-protected", put("terraform/backend/azurerm/use_azuread_auth", False), AZURE),
    Case("telemetry-redacted", replace_text(*COLLECTOR, "allow_all_keys: false", "x: 1")),
    Case("telemetry-redacted", replace_text(*COLLECTOR, "hash, redaction, ", "hash, ")),
    Case("telemetry-redacted", replace_text(*COLLECTOR, "transform/messages, ", "")),
    Case("telemetry-redacted", replace_text(*COLLECTOR, 'spanevent.name, "event"', "span.name, x")),
    Case("telemetry-redacted", replace_text(*COLLECTOR, "api.honeycomb.io", "example.com")),
    Case("telemetry-redacted", replace_text(*COLLECTOR, "- attempt", "- graphql.variables")),
    Case(
        "transport-encrypted",
        put(f"{SQL}/settings/ip_configuration/ssl_mode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
    ),
    Case(
        "transport-encrypted",
        put(
            "resource/azurerm_postgresql_flexible_server_configuration/tls",
            {"name": "require_secure_transport", "value": "off"},
        ),
        AZURE,
    ),
    Case(
        "transport-encrypted",
        put("resource/kubernetes_secret_v1/s", {"data_wo": {"sslmode": "require"}}),
    ),
    Case(
        "transport-encrypted",
        put("resource/kubernetes_secret_v1/s", {"data_wo": {"sslmode": "verify-full"}}),
    ),
    Case(
        "transport-encrypted",
        put(f"{SQL}/settings/ip_configuration/server_ca_mode", "GOOGLE_MANAGED_INTERNAL_CA"),
    ),
    Case(
        "sign-in-inside",
        replace_text(
            "lana-bank-oathkeeper",
            "oathkeeper.yaml",
            "http://lana-bank-keycloak:8080/",
            "https://auth.example.com/",
        ),
    ),
    Case(
        "sign-in-inside",
        replace_text("lana-bank-oathkeeper", "oathkeeper.yaml", "jwks_urls:", "other_urls:"),
    ),
    Case(
        "sign-in-inside",
        put_object("Deployment", "lana-bank-oauth2-proxy", f"{CONTAINER}/env/9/value", OUTSIDE),
    ),
    Case("users-apart", put_object("Deployment", "lana-bank", f"{POD}/hostUsers", None)),
    Case(
        "disruption-bounded",
        put_object(
            "Deployment", "lana-bank", f"{POD}/topologySpreadConstraints/0/matchLabelKeys", []
        ),
    ),
]


def violations(check: str, stack: CheckedStack) -> list[tuple[str, str]]:
    return list(CHECKS[check](stack))


@pytest.mark.parametrize("name", CHECKS)
def test_every_stack_passes(name: str, stacks: dict[str, CheckedStack]) -> None:
    assert [found for stack in stacks.values() for found in violations(name, stack)] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_a_violation_is_found(case: Case, stacks: dict[str, CheckedStack]) -> None:
    stack = stacks[case.stack]
    stack = replace(stack, stage=case.stage or stack.stage)
    content, objects = copy.deepcopy(dict(stack.content)), copy.deepcopy(list(stack.objects))
    before = (json.dumps(content), json.dumps(objects))
    case.change(content, objects)
    assert (json.dumps(content), json.dumps(objects)) != before
    changed = replace(stack, content=content, objects=tuple(objects))
    assert len(violations(case.check, changed)) > len(violations(case.check, stack))


def test_only_the_stage_decides_what_production_is(stacks: dict[str, CheckedStack]) -> None:
    renamed = replace(stacks[GCP], name="gcp-second", stage="production")
    single = copy.deepcopy(list(renamed.objects))
    _object(single, "Deployment", "lana-bank")["spec"]["replicas"] = 1
    assert violations("production-available", replace(renamed, objects=tuple(single)))
    assert not violations("real-time", replace(stacks[QA], name="gcp-qa-production"))


def test_buckets_of_documents_and_reports_are_within_the_rules(tmp_path: Path) -> None:
    tree = copy_tree(tmp_path / "tree")
    settings = tree.root / "stacks/gcp/volcano-production/lana-bank.yml"
    buckets = "documents_bucket: bank-documents\nreports_bucket: bank-reports\n"
    settings.write_text(settings.read_text() + buckets)
    tree.synthesize(GCP)
    stack = CheckedStack(GCP, tree.json(GCP), ())
    granted = {body["bucket"] for _, body in stack.resources("google_storage_bucket_iam_member")}
    assert granted > {"bank-documents", "bank-reports"}
    assert [
        found for name in ("blocks-listed", "roles-least") for found in violations(name, stack)
    ] == []


@pytest.mark.parametrize("data", [{}, {"data": None}, {"binaryData": {"key": "aGk="}}])
def test_a_config_map_without_data_passes(data: Body, stacks: dict[str, CheckedStack]) -> None:
    config_map = {"kind": "ConfigMap", "metadata": {"name": "empty"}, **data}
    changed = replace(stacks[GCP], objects=(*stacks[GCP].objects, config_map))
    assert [found for name in CHECKS for found in violations(name, changed)] == []


@pytest.mark.parametrize(
    ("own", "constraint", "fits"),
    [
        ("~> 0.51", "~> 0.42.0", False),
        ("~> 0.51", "~> 0.51.3", True),
        ("~> 8.0", ">= 6.0, < 8.0", False),
        ("~> 8.0", ">= 6.0, < 9.0", True),
        ("= 8.1.0", "~> 8.0", True),
        ("~> 8.0", "<= 8.0", True),
        ("", "~> 0.42.0", True),
    ],
)
def test_a_module_requires_a_provider_that_the_stack_can_have(
    own: str, constraint: str, fits: bool
) -> None:
    def required(version: str) -> Body:
        return {"required_providers": {"honeycombio": {"version": version}}}

    content = {"terraform": required(own), "module": {"boards": {"source": "./x"}}}
    modules = (("module.boards/", {"terraform": required(constraint)}),)
    stack = CheckedStack("x", content, (), modules=modules)
    assert bool(violations("modules-called", stack)) is not fits


def test_the_certificate_of_a_gateway_needs_an_alert_too() -> None:
    rules = [{"backendRefs": [{"name": "lana-bank-oathkeeper"}]}]
    spec = {"hostnames": ["app.example.com"], "rules": rules}
    route = {"kind": "HTTPRoute", "metadata": {"name": "app"}, "spec": spec}
    found = violations("alerts-complete", CheckedStack("x", {}, (route,)))
    assert "HTTPRoute/app/app.example.com" in str(found)


def test_every_check_has_a_change_that_it_finds() -> None:
    assert {case.check for case in CASES} == set(CHECKS)


def test_every_check_is_a_file_and_a_heading() -> None:
    files = {file.stem.replace("_", "-") for file in (REPOSITORY / "policies/checks").glob("*.py")}
    headings = re.findall(r"(?m)^## (.+)$", (REPOSITORY / "docs/policies.md").read_text())
    assert files - {"--init--"} == set(headings) == set(CHECKS)
    for name, check in CHECKS.items():
        assert check.__module__ == f"policies.checks.{name.replace('-', '_')}"
