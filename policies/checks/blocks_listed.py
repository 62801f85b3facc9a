"""Only known kinds of blocks, so that no rule here is bypassed by another kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.stack import BlockType, CheckedStack, Violations, kind_of

_KINDS: dict[BlockType, frozenset[str]] = {
    "resource": frozenset(
        {
            "azurerm_application_insights",
            "azurerm_application_insights_standard_web_test",
            "azurerm_container_registry",
            "azurerm_container_registry_cache_rule",
            "azurerm_container_registry_credential_set",
            "azurerm_data_protection_backup_instance_postgresql_flexible_server",
            "azurerm_data_protection_backup_policy_postgresql_flexible_server",
            "azurerm_data_protection_backup_vault",
            "azurerm_data_protection_backup_vault_customer_managed_key",
            "azurerm_dns_zone",
            "azurerm_federated_identity_credential",
            "azurerm_key_vault",
            "azurerm_key_vault_key",
            "azurerm_key_vault_secret",
            "azurerm_log_analytics_workspace",
            "azurerm_management_lock",
            "azurerm_monitor_action_group",
            "azurerm_monitor_alert_processing_rule_action_group",
            "azurerm_monitor_diagnostic_setting",
            "azurerm_monitor_metric_alert",
            "azurerm_postgresql_flexible_server",
            "azurerm_postgresql_flexible_server_active_directory_administrator",
            "azurerm_postgresql_flexible_server_backup",
            "azurerm_postgresql_flexible_server_configuration",
            "azurerm_private_dns_zone",
            "azurerm_private_dns_zone_virtual_network_link",
            "azurerm_resource_group",
            "azurerm_role_assignment",
            "azurerm_role_definition",
            "azurerm_storage_account",
            "azurerm_storage_container",
            "azurerm_subnet",
            "azurerm_user_assigned_identity",
            "azurerm_virtual_network",
            "google_artifact_registry_repository_iam_member",
            "google_bigquery_dataset",
            "google_bigquery_dataset_iam_member",
            "google_cloud_scheduler_job",
            "google_compute_global_address",
            "google_compute_network",
            "google_compute_router",
            "google_compute_router_nat",
            "google_compute_subnetwork",
            "google_dns_managed_zone",
            "google_dns_record_set",
            "google_iam_workload_identity_pool",
            "google_iam_workload_identity_pool_provider",
            "google_kms_crypto_key",
            "google_kms_crypto_key_iam_member",
            "google_kms_key_ring",
            "google_monitoring_alert_policy",
            "google_monitoring_notification_channel",
            "google_monitoring_uptime_check_config",
            "google_project_iam_audit_config",
            "google_project_iam_custom_role",
            "google_project_iam_member",
            "google_project_service",
            "google_secret_manager_secret",
            "google_secret_manager_secret_version",
            "google_service_account",
            "google_service_account_iam_member",
            "google_service_networking_connection",
            "google_sql_database_instance",
            "google_sql_user",
            "google_storage_bucket",
            "google_storage_bucket_iam_member",
            "google_workflows_workflow",
            "helm_release",
            "honeycombio_burn_alert",
            "honeycombio_column",
            "honeycombio_dataset",
            "honeycombio_derived_column",
            "honeycombio_query",
            "honeycombio_slo",
            "honeycombio_trigger",
            "kubernetes_namespace_v1",
            "kubernetes_secret_v1",
        }
    ),
    # A data source's result is in the state, so none that reads a secret is listed.
    "data": frozenset(
        {
            "google_bigquery_default_service_account",
            "google_container_cluster",
            "google_project",
            "google_sql_backup_run",
            "google_storage_project_service_account",
        }
    ),
    "ephemeral": frozenset(
        {
            "azurerm_key_vault_secret",
            "google_client_config",
            "google_secret_manager_secret_version",
            "random_bytes",
            "random_password",
        }
    ),
}
"""A new kind is added here together with the rules that it needs."""

_MODULES = ("tf/bq-setup", "tf/honeycomb")
_RUN = ("provisioner", "local-exec", "remote-exec")


def check(stack: CheckedStack) -> Violations:
    """Return blocks of unlisted kinds, foreign modules, outputs and provisioners."""
    for block, kinds in _KINDS.items():
        for place, body in stack.blocks(block):
            if kind_of(place) not in kinds:
                yield place, f"the {block} {kind_of(place)} is not listed"
            if any(key in _RUN for key in _keys(body)):
                yield place, "it runs a program (provisioner)"
    for name, body in stack.content.get("module", {}).items():
        if not body.get("source", "").endswith(_MODULES):
            yield f"module.{name}", f"its source {body.get('source')} is not one of the chart's"
    for name in stack.content.get("output", {}):
        yield f"output.{name}", "an output is in the state"


def _keys(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield key
            yield from _keys(value)
