"""Types of ``modules.terraform``, read off the providers' schemas.

Written by ``make generated`` (dev/provider_schemas.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar, overload

from cdktn import ITerraformDependable, TerraformElement, TerraformStack
from constructs import Construct

AttributeT = TypeVar("AttributeT", bound=str, contravariant=True)

class TerraformBlock(TerraformElement, Generic[AttributeT]):
    """A block of a stack: ``block["attribute"]`` is the expression of one of its attributes."""

    address: str
    body: Mapping[str, Any]
    def __getitem__(self, attribute: AttributeT) -> str: ...

def provider(
    stack: TerraformStack, name: str, version: str, body: Mapping[str, Any], *, source: str = ...
) -> None: ...

class DataGoogleBigqueryDefaultServiceAccount(TypedDict):
    id: NotRequired[str | None]
    project: NotRequired[str | None]

DataGoogleBigqueryDefaultServiceAccountBlock = TerraformBlock[
    Literal["email", "id", "member", "project"]
]

class DataGoogleContainerCluster(TypedDict):
    id: NotRequired[str | None]
    location: NotRequired[str | None]
    name: str
    project: NotRequired[str | None]
    skip_node_pool_refresh: NotRequired[bool | None]

DataGoogleContainerClusterBlock = TerraformBlock[
    Literal[
        "addons_config",
        "allow_net_admin",
        "anonymous_authentication_config",
        "anonymous_authentication_config[0].mode",
        "authenticator_groups_config",
        "authenticator_groups_config[0].security_group",
        "autopilot_cluster_policy_config",
        "autopilot_cluster_policy_config[0].no_standard_node_pools",
        "autopilot_cluster_policy_config[0].no_system_impersonation",
        "autopilot_cluster_policy_config[0].no_system_mutation",
        "autopilot_cluster_policy_config[0].no_unsafe_webhooks",
        "autopilot_privileged_admission",
        "binary_authorization",
        "binary_authorization[0].enabled",
        "binary_authorization[0].evaluation_mode",
        "cluster_autoscaling",
        "cluster_autoscaling[0].auto_provisioning_locations",
        "cluster_autoscaling[0].autoscaling_profile",
        "cluster_autoscaling[0].default_compute_class_enabled",
        "cluster_autoscaling[0].enabled",
        "cluster_ipv4_cidr",
        "confidential_nodes",
        "confidential_nodes[0].confidential_instance_type",
        "confidential_nodes[0].enabled",
        "control_plane_endpoints_config",
        "cost_management_config",
        "cost_management_config[0].enabled",
        "database_encryption",
        "database_encryption[0].key_name",
        "database_encryption[0].state",
        "datapath_provider",
        "dataplane_optimization_mode",
        "default_max_pods_per_node",
        "default_snat_status",
        "default_snat_status[0].disabled",
        "deletion_policy",
        "deletion_protection",
        "description",
        "desired_emulated_version",
        "disable_l4_lb_firewall_reconciliation",
        "dns_config",
        "dns_config[0].additive_vpc_scope_dns_domain",
        "dns_config[0].cluster_dns",
        "dns_config[0].cluster_dns_domain",
        "dns_config[0].cluster_dns_scope",
        "effective_labels",
        "emulated_version",
        "enable_autopilot",
        "enable_cilium_clusterwide_network_policy",
        "enable_fqdn_network_policy",
        "enable_intranode_visibility",
        "enable_k8s_beta_apis",
        "enable_k8s_beta_apis[0].enabled_apis",
        "enable_kubernetes_alpha",
        "enable_l4_ilb_subsetting",
        "enable_legacy_abac",
        "enable_multi_networking",
        "enable_shielded_nodes",
        "enable_tpu",
        "endpoint",
        "enterprise_config",
        "enterprise_config[0].cluster_tier",
        "enterprise_config[0].desired_tier",
        "fleet",
        "fleet[0].membership",
        "fleet[0].membership_id",
        "fleet[0].membership_location",
        "fleet[0].membership_type",
        "fleet[0].pre_registered",
        "fleet[0].project",
        "gateway_api_config",
        "gateway_api_config[0].channel",
        "gke_auto_upgrade_config",
        "gke_auto_upgrade_config[0].patch_mode",
        "id",
        "identity_service_config",
        "identity_service_config[0].enabled",
        "ignore_node_count_changes",
        "in_transit_encryption_config",
        "initial_node_count",
        "ip_allocation_policy",
        "ip_allocation_policy[0].cluster_ipv4_cidr_block",
        "ip_allocation_policy[0].cluster_secondary_range_name",
        "ip_allocation_policy[0].services_ipv4_cidr_block",
        "ip_allocation_policy[0].services_secondary_range_name",
        "ip_allocation_policy[0].stack_type",
        "label_fingerprint",
        "location",
        "logging_config",
        "logging_config[0].enable_components",
        "logging_service",
        "maintenance_policy",
        "master_auth",
        "master_auth[0].client_certificate",
        "master_auth[0].client_key",
        "master_auth[0].cluster_ca_certificate",
        "master_authorized_networks_config",
        "master_authorized_networks_config[0].gcp_public_cidrs_access_enabled",
        "master_authorized_networks_config[0].private_endpoint_enforcement_enabled",
        "master_version",
        "mesh_certificates",
        "mesh_certificates[0].enable_certificates",
        "min_master_version",
        "monitoring_config",
        "monitoring_config[0].enable_components",
        "monitoring_service",
        "name",
        "network",
        "network_performance_config",
        "network_performance_config[0].total_egress_bandwidth_tier",
        "network_policy",
        "network_policy[0].enabled",
        "network_policy[0].provider",
        "networking_mode",
        "node_config",
        "node_config[0].boot_disk_kms_key",
        "node_config[0].disk_size_gb",
        "node_config[0].disk_type",
        "node_config[0].enable_confidential_storage",
        "node_config[0].flex_start",
        "node_config[0].gpudirect_strategy",
        "node_config[0].image_type",
        "node_config[0].labels",
        "node_config[0].local_ssd_count",
        "node_config[0].local_ssd_encryption_mode",
        "node_config[0].logging_variant",
        "node_config[0].machine_type",
        "node_config[0].max_run_duration",
        "node_config[0].metadata",
        "node_config[0].min_cpu_platform",
        "node_config[0].node_group",
        "node_config[0].oauth_scopes",
        "node_config[0].preemptible",
        "node_config[0].resource_labels",
        "node_config[0].resource_manager_tags",
        "node_config[0].service_account",
        "node_config[0].spot",
        "node_config[0].storage_pools",
        "node_config[0].tags",
        "node_creation_config",
        "node_creation_config[0].node_creation_mode",
        "node_locations",
        "node_pool",
        "node_pool[0].ignore_node_count_changes",
        "node_pool[0].initial_node_count",
        "node_pool[0].instance_group_urls",
        "node_pool[0].managed_instance_group_urls",
        "node_pool[0].max_pods_per_node",
        "node_pool[0].name",
        "node_pool[0].name_prefix",
        "node_pool[0].node_count",
        "node_pool[0].node_locations",
        "node_pool[0].version",
        "node_pool_auto_config",
        "node_pool_auto_config[0].resource_manager_tags",
        "node_pool_defaults",
        "node_version",
        "notification_config",
        "operation",
        "pod_autoscaling",
        "pod_autoscaling[0].hpa_profile",
        "private_cluster_config",
        "private_cluster_config[0].enable_private_endpoint",
        "private_cluster_config[0].enable_private_nodes",
        "private_cluster_config[0].master_ipv4_cidr_block",
        "private_cluster_config[0].peering_name",
        "private_cluster_config[0].private_endpoint",
        "private_cluster_config[0].private_endpoint_subnetwork",
        "private_cluster_config[0].public_endpoint",
        "private_ipv6_google_access",
        "project",
        "rbac_binding_config",
        "rbac_binding_config[0].enable_insecure_binding_system_authenticated",
        "rbac_binding_config[0].enable_insecure_binding_system_unauthenticated",
        "release_channel",
        "release_channel[0].channel",
        "remove_default_node_pool",
        "resource_labels",
        "resource_usage_export_config",
        "resource_usage_export_config[0].enable_network_egress_metering",
        "resource_usage_export_config[0].enable_resource_consumption_metering",
        "rollback_safe_upgrade",
        "rollback_safe_upgrade[0].control_plane_soak_duration",
        "secret_manager_config",
        "secret_manager_config[0].enabled",
        "secret_sync_config",
        "secret_sync_config[0].enabled",
        "security_posture_config",
        "security_posture_config[0].mode",
        "security_posture_config[0].vulnerability_mode",
        "self_link",
        "service_external_ips_config",
        "service_external_ips_config[0].enabled",
        "services_ipv4_cidr",
        "skip_node_pool_refresh",
        "subnetwork",
        "terraform_labels",
        "tpu_ipv4_cidr_block",
        "user_managed_keys_config",
        "user_managed_keys_config[0].aggregation_ca",
        "user_managed_keys_config[0].cluster_ca",
        "user_managed_keys_config[0].control_plane_disk_encryption_key",
        "user_managed_keys_config[0].control_plane_disk_encryption_key_versions",
        "user_managed_keys_config[0].etcd_api_ca",
        "user_managed_keys_config[0].etcd_peer_ca",
        "user_managed_keys_config[0].gkeops_etcd_backup_encryption_key",
        "user_managed_keys_config[0].service_account_signing_keys",
        "user_managed_keys_config[0].service_account_verification_keys",
        "vertical_pod_autoscaling",
        "vertical_pod_autoscaling[0].enabled",
        "workload_identity_config",
        "workload_identity_config[0].workload_pool",
    ]
]

class DataGoogleProject(TypedDict):
    id: NotRequired[str | None]
    project_id: NotRequired[str | None]

DataGoogleProjectBlock = TerraformBlock[
    Literal[
        "auto_create_network",
        "billing_account",
        "deletion_policy",
        "effective_labels",
        "folder_id",
        "id",
        "labels",
        "name",
        "number",
        "org_id",
        "project_id",
        "tags",
        "terraform_labels",
    ]
]

class DataGoogleSqlBackupRun(TypedDict):
    backup_id: NotRequired[float | None]
    id: NotRequired[str | None]
    instance: str
    most_recent: NotRequired[bool | None]
    project: NotRequired[str | None]

DataGoogleSqlBackupRunBlock = TerraformBlock[
    Literal[
        "backup_id", "id", "instance", "location", "most_recent", "project", "start_time", "status"
    ]
]

class DataGoogleStorageProjectServiceAccount(TypedDict):
    id: NotRequired[str | None]
    project: NotRequired[str | None]
    user_project: NotRequired[str | None]

DataGoogleStorageProjectServiceAccountBlock = TerraformBlock[
    Literal["email_address", "id", "member", "project", "user_project"]
]

class EphemeralAzurermKeyVaultSecret(TypedDict):
    key_vault_id: str
    name: str
    version: NotRequired[str | None]

EphemeralAzurermKeyVaultSecretBlock = TerraformBlock[
    Literal["expiration_date", "key_vault_id", "name", "not_before_date", "value", "version"]
]

class EphemeralGoogleClientConfig(TypedDict):
    pass

EphemeralGoogleClientConfigBlock = TerraformBlock[
    Literal["access_token", "default_labels", "id", "project", "region", "zone"]
]

class EphemeralGoogleSecretManagerSecretVersion(TypedDict):
    is_secret_data_base64: NotRequired[bool | None]
    project: NotRequired[str | None]
    secret: str
    version: NotRequired[str | None]

EphemeralGoogleSecretManagerSecretVersionBlock = TerraformBlock[
    Literal[
        "create_time",
        "destroy_time",
        "enabled",
        "is_secret_data_base64",
        "name",
        "project",
        "secret",
        "secret_data",
        "version",
    ]
]

class EphemeralRandomBytes(TypedDict):
    length: float

EphemeralRandomBytesBlock = TerraformBlock[Literal["base64", "hex", "length"]]

class EphemeralRandomPassword(TypedDict):
    length: float
    lower: NotRequired[bool | None]
    min_lower: NotRequired[float | None]
    min_numeric: NotRequired[float | None]
    min_special: NotRequired[float | None]
    min_upper: NotRequired[float | None]
    numeric: NotRequired[bool | None]
    override_special: NotRequired[str | None]
    special: NotRequired[bool | None]
    upper: NotRequired[bool | None]

EphemeralRandomPasswordBlock = TerraformBlock[
    Literal[
        "bcrypt_hash",
        "length",
        "lower",
        "min_lower",
        "min_numeric",
        "min_special",
        "min_upper",
        "numeric",
        "override_special",
        "result",
        "special",
        "upper",
    ]
]

class AzurermApplicationInsightsTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermApplicationInsights(TypedDict):
    application_type: str
    daily_data_cap_in_gb: NotRequired[float | None]
    daily_data_cap_notifications_enabled: NotRequired[bool | None]
    force_customer_storage_for_profiler: NotRequired[bool | None]
    id: NotRequired[str | None]
    internet_ingestion_enabled: NotRequired[bool | None]
    internet_query_enabled: NotRequired[bool | None]
    ip_masking_enabled: NotRequired[bool | None]
    local_authentication_enabled: NotRequired[bool | None]
    location: str
    name: str
    resource_group_name: str
    retention_in_days: NotRequired[float | None]
    sampling_percentage: NotRequired[float | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermApplicationInsightsTimeouts | Sequence[AzurermApplicationInsightsTimeouts] | None
    ]
    workspace_id: NotRequired[str | None]

AzurermApplicationInsightsBlock = TerraformBlock[
    Literal[
        "app_id",
        "application_type",
        "connection_string",
        "daily_data_cap_in_gb",
        "daily_data_cap_notifications_enabled",
        "force_customer_storage_for_profiler",
        "id",
        "instrumentation_key",
        "internet_ingestion_enabled",
        "internet_query_enabled",
        "ip_masking_enabled",
        "local_authentication_enabled",
        "location",
        "name",
        "resource_group_name",
        "retention_in_days",
        "sampling_percentage",
        "tags",
        "timeouts",
        "workspace_id",
    ]
]

class AzurermApplicationInsightsStandardWebTestRequestHeader(TypedDict):
    name: str
    value: str

class AzurermApplicationInsightsStandardWebTestRequest(TypedDict):
    body: NotRequired[str | None]
    follow_redirects_enabled: NotRequired[bool | None]
    header: NotRequired[
        AzurermApplicationInsightsStandardWebTestRequestHeader
        | Sequence[AzurermApplicationInsightsStandardWebTestRequestHeader]
        | None
    ]
    http_verb: NotRequired[str | None]
    parse_dependent_requests_enabled: NotRequired[bool | None]
    url: str

class AzurermApplicationInsightsStandardWebTestTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermApplicationInsightsStandardWebTestValidationRulesContent(TypedDict):
    content_match: str
    ignore_case: NotRequired[bool | None]
    pass_if_text_found: NotRequired[bool | None]

class AzurermApplicationInsightsStandardWebTestValidationRules(TypedDict):
    content: NotRequired[
        AzurermApplicationInsightsStandardWebTestValidationRulesContent
        | Sequence[AzurermApplicationInsightsStandardWebTestValidationRulesContent]
        | None
    ]
    expected_status_code: NotRequired[float | None]
    ssl_cert_remaining_lifetime: NotRequired[float | None]
    ssl_check_enabled: NotRequired[bool | None]

class AzurermApplicationInsightsStandardWebTest(TypedDict):
    application_insights_id: str
    description: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    frequency: NotRequired[float | None]
    geo_locations: Sequence[str]
    id: NotRequired[str | None]
    location: str
    name: str
    request: (
        AzurermApplicationInsightsStandardWebTestRequest
        | Sequence[AzurermApplicationInsightsStandardWebTestRequest]
    )
    resource_group_name: str
    retry_enabled: NotRequired[bool | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeout: NotRequired[float | None]
    timeouts: NotRequired[
        AzurermApplicationInsightsStandardWebTestTimeouts
        | Sequence[AzurermApplicationInsightsStandardWebTestTimeouts]
        | None
    ]
    validation_rules: NotRequired[
        AzurermApplicationInsightsStandardWebTestValidationRules
        | Sequence[AzurermApplicationInsightsStandardWebTestValidationRules]
        | None
    ]

AzurermApplicationInsightsStandardWebTestBlock = TerraformBlock[
    Literal[
        "application_insights_id",
        "description",
        "enabled",
        "frequency",
        "geo_locations",
        "id",
        "location",
        "name",
        "request",
        "request[0].body",
        "request[0].follow_redirects_enabled",
        "request[0].http_verb",
        "request[0].parse_dependent_requests_enabled",
        "request[0].url",
        "resource_group_name",
        "retry_enabled",
        "synthetic_monitor_id",
        "tags",
        "timeout",
        "timeouts",
        "validation_rules",
        "validation_rules[0].expected_status_code",
        "validation_rules[0].ssl_cert_remaining_lifetime",
        "validation_rules[0].ssl_check_enabled",
    ]
]

class AzurermContainerRegistryEncryption(TypedDict):
    identity_client_id: NotRequired[str | None]
    key_vault_key_id: NotRequired[str | None]

class AzurermContainerRegistryGeoreplications(TypedDict):
    global_endpoint_routing_enabled: bool
    location: str
    tags: NotRequired[Mapping[str, str] | None]
    zone_redundancy_enabled: NotRequired[bool | None]

class AzurermContainerRegistryIdentity(TypedDict):
    identity_ids: NotRequired[Sequence[str] | None]
    type: str

class AzurermContainerRegistryNetworkRuleSetIpRule(TypedDict):
    action: NotRequired[str | None]
    ip_range: NotRequired[str | None]

class AzurermContainerRegistryNetworkRuleSet(TypedDict):
    default_action: NotRequired[str | None]
    ip_rule: NotRequired[
        AzurermContainerRegistryNetworkRuleSetIpRule
        | Sequence[AzurermContainerRegistryNetworkRuleSetIpRule]
        | None
    ]

class AzurermContainerRegistryTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermContainerRegistry(TypedDict):
    admin_enabled: NotRequired[bool | None]
    anonymous_pull_enabled: NotRequired[bool | None]
    azuread_authentication_as_arm_policy_enabled: NotRequired[bool | None]
    data_endpoint_enabled: NotRequired[bool | None]
    encryption: NotRequired[
        AzurermContainerRegistryEncryption | Sequence[AzurermContainerRegistryEncryption] | None
    ]
    export_policy_enabled: NotRequired[bool | None]
    georeplications: NotRequired[
        AzurermContainerRegistryGeoreplications
        | Sequence[AzurermContainerRegistryGeoreplications]
        | None
    ]
    id: NotRequired[str | None]
    identity: NotRequired[
        AzurermContainerRegistryIdentity | Sequence[AzurermContainerRegistryIdentity] | None
    ]
    location: str
    name: str
    network_rule_bypass_for_tasks_enabled: NotRequired[bool | None]
    network_rule_bypass_option: NotRequired[str | None]
    network_rule_set: NotRequired[
        AzurermContainerRegistryNetworkRuleSet
        | Sequence[AzurermContainerRegistryNetworkRuleSet]
        | None
    ]
    public_network_access_enabled: NotRequired[bool | None]
    quarantine_policy_enabled: NotRequired[bool | None]
    resource_group_name: str
    retention_policy_in_days: NotRequired[float | None]
    role_assignment_mode: NotRequired[str | None]
    sku: str
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermContainerRegistryTimeouts | Sequence[AzurermContainerRegistryTimeouts] | None
    ]
    zone_redundancy_enabled: NotRequired[bool | None]

AzurermContainerRegistryBlock = TerraformBlock[
    Literal[
        "admin_enabled",
        "admin_password",
        "admin_username",
        "anonymous_pull_enabled",
        "azuread_authentication_as_arm_policy_enabled",
        "data_endpoint_enabled",
        "data_endpoint_host_names",
        "encryption",
        "encryption[0].identity_client_id",
        "encryption[0].key_vault_key_id",
        "export_policy_enabled",
        "georeplications",
        "georeplications[0].global_endpoint_routing_enabled",
        "georeplications[0].location",
        "georeplications[0].tags",
        "georeplications[0].zone_redundancy_enabled",
        "id",
        "identity",
        "identity[0].identity_ids",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "location",
        "login_server",
        "name",
        "network_rule_bypass_for_tasks_enabled",
        "network_rule_bypass_option",
        "network_rule_set",
        "network_rule_set[0].default_action",
        "public_network_access_enabled",
        "quarantine_policy_enabled",
        "resource_group_name",
        "retention_policy_in_days",
        "role_assignment_mode",
        "sku",
        "tags",
        "timeouts",
        "zone_redundancy_enabled",
    ]
]

class AzurermContainerRegistryCacheRuleTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermContainerRegistryCacheRule(TypedDict):
    container_registry_id: str
    credential_set_id: NotRequired[str | None]
    id: NotRequired[str | None]
    name: str
    source_repo: str
    target_repo: str
    timeouts: NotRequired[
        AzurermContainerRegistryCacheRuleTimeouts
        | Sequence[AzurermContainerRegistryCacheRuleTimeouts]
        | None
    ]

AzurermContainerRegistryCacheRuleBlock = TerraformBlock[
    Literal[
        "container_registry_id",
        "credential_set_id",
        "id",
        "name",
        "source_repo",
        "target_repo",
        "timeouts",
    ]
]

class AzurermContainerRegistryCredentialSetAuthenticationCredentials(TypedDict):
    password_secret_id: str
    username_secret_id: str

class AzurermContainerRegistryCredentialSetIdentity(TypedDict):
    type: str

class AzurermContainerRegistryCredentialSetTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermContainerRegistryCredentialSet(TypedDict):
    authentication_credentials: (
        AzurermContainerRegistryCredentialSetAuthenticationCredentials
        | Sequence[AzurermContainerRegistryCredentialSetAuthenticationCredentials]
    )
    container_registry_id: str
    id: NotRequired[str | None]
    identity: (
        AzurermContainerRegistryCredentialSetIdentity
        | Sequence[AzurermContainerRegistryCredentialSetIdentity]
    )
    login_server: str
    name: str
    timeouts: NotRequired[
        AzurermContainerRegistryCredentialSetTimeouts
        | Sequence[AzurermContainerRegistryCredentialSetTimeouts]
        | None
    ]

AzurermContainerRegistryCredentialSetBlock = TerraformBlock[
    Literal[
        "authentication_credentials",
        "authentication_credentials[0].password_secret_id",
        "authentication_credentials[0].username_secret_id",
        "container_registry_id",
        "id",
        "identity",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "login_server",
        "name",
        "timeouts",
    ]
]

class AzurermDataProtectionBackupInstancePostgresqlFlexibleServerTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermDataProtectionBackupInstancePostgresqlFlexibleServer(TypedDict):
    backup_policy_id: str
    id: NotRequired[str | None]
    location: str
    name: str
    server_id: str
    timeouts: NotRequired[
        AzurermDataProtectionBackupInstancePostgresqlFlexibleServerTimeouts
        | Sequence[AzurermDataProtectionBackupInstancePostgresqlFlexibleServerTimeouts]
        | None
    ]
    vault_id: str

AzurermDataProtectionBackupInstancePostgresqlFlexibleServerBlock = TerraformBlock[
    Literal[
        "backup_policy_id",
        "id",
        "location",
        "name",
        "protection_state",
        "server_id",
        "timeouts",
        "vault_id",
    ]
]

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRuleLifeCycle(
    TypedDict
):
    data_store_type: str
    duration: str

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRule(TypedDict):
    life_cycle: (
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRuleLifeCycle
        | Sequence[
            AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRuleLifeCycle
        ]
    )

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleCriteria(TypedDict):
    absolute_criteria: NotRequired[str | None]
    days_of_week: NotRequired[Sequence[str] | None]
    months_of_year: NotRequired[Sequence[str] | None]
    scheduled_backup_times: NotRequired[Sequence[str] | None]
    weeks_of_month: NotRequired[Sequence[str] | None]

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleLifeCycle(TypedDict):
    data_store_type: str
    duration: str

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRule(TypedDict):
    criteria: (
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleCriteria
        | Sequence[AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleCriteria]
    )
    life_cycle: (
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleLifeCycle
        | Sequence[AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRuleLifeCycle]
    )
    name: str
    priority: float

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]

class AzurermDataProtectionBackupPolicyPostgresqlFlexibleServer(TypedDict):
    backup_repeating_time_intervals: Sequence[str]
    default_retention_rule: (
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRule
        | Sequence[AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerDefaultRetentionRule]
    )
    id: NotRequired[str | None]
    name: str
    retention_rule: NotRequired[
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRule
        | Sequence[AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerRetentionRule]
        | None
    ]
    time_zone: NotRequired[str | None]
    timeouts: NotRequired[
        AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerTimeouts
        | Sequence[AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerTimeouts]
        | None
    ]
    vault_id: str

AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerBlock = TerraformBlock[
    Literal[
        "backup_repeating_time_intervals",
        "default_retention_rule",
        "id",
        "name",
        "retention_rule",
        "retention_rule[0].name",
        "retention_rule[0].priority",
        "time_zone",
        "timeouts",
        "vault_id",
    ]
]

class AzurermDataProtectionBackupVaultIdentity(TypedDict):
    identity_ids: NotRequired[Sequence[str] | None]
    type: str

class AzurermDataProtectionBackupVaultTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermDataProtectionBackupVault(TypedDict):
    cross_region_restore_enabled: NotRequired[bool | None]
    datastore_type: str
    id: NotRequired[str | None]
    identity: NotRequired[
        AzurermDataProtectionBackupVaultIdentity
        | Sequence[AzurermDataProtectionBackupVaultIdentity]
        | None
    ]
    immutability: NotRequired[str | None]
    location: str
    name: str
    redundancy: str
    resource_group_name: str
    retention_duration_in_days: NotRequired[float | None]
    soft_delete: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermDataProtectionBackupVaultTimeouts
        | Sequence[AzurermDataProtectionBackupVaultTimeouts]
        | None
    ]

AzurermDataProtectionBackupVaultBlock = TerraformBlock[
    Literal[
        "cross_region_restore_enabled",
        "datastore_type",
        "id",
        "identity",
        "identity[0].identity_ids",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "immutability",
        "location",
        "name",
        "redundancy",
        "resource_group_name",
        "retention_duration_in_days",
        "soft_delete",
        "tags",
        "timeouts",
    ]
]

class AzurermDataProtectionBackupVaultCustomerManagedKeyTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermDataProtectionBackupVaultCustomerManagedKey(TypedDict):
    data_protection_backup_vault_id: str
    id: NotRequired[str | None]
    key_vault_key_id: str
    timeouts: NotRequired[
        AzurermDataProtectionBackupVaultCustomerManagedKeyTimeouts
        | Sequence[AzurermDataProtectionBackupVaultCustomerManagedKeyTimeouts]
        | None
    ]

AzurermDataProtectionBackupVaultCustomerManagedKeyBlock = TerraformBlock[
    Literal["data_protection_backup_vault_id", "id", "key_vault_key_id", "timeouts"]
]

class AzurermDnsZoneSoaRecord(TypedDict):
    email: str
    expire_time: NotRequired[float | None]
    minimum_ttl: NotRequired[float | None]
    refresh_time: NotRequired[float | None]
    retry_time: NotRequired[float | None]
    serial_number: NotRequired[float | None]
    tags: NotRequired[Mapping[str, str] | None]
    ttl: NotRequired[float | None]

class AzurermDnsZoneTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermDnsZone(TypedDict):
    id: NotRequired[str | None]
    name: str
    resource_group_name: str
    soa_record: NotRequired[AzurermDnsZoneSoaRecord | Sequence[AzurermDnsZoneSoaRecord] | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[AzurermDnsZoneTimeouts | Sequence[AzurermDnsZoneTimeouts] | None]

AzurermDnsZoneBlock = TerraformBlock[
    Literal[
        "id",
        "max_number_of_record_sets",
        "name",
        "name_servers",
        "number_of_record_sets",
        "resource_group_name",
        "soa_record",
        "soa_record[0].email",
        "soa_record[0].expire_time",
        "soa_record[0].fqdn",
        "soa_record[0].host_name",
        "soa_record[0].minimum_ttl",
        "soa_record[0].refresh_time",
        "soa_record[0].retry_time",
        "soa_record[0].serial_number",
        "soa_record[0].tags",
        "soa_record[0].ttl",
        "tags",
        "timeouts",
    ]
]

class AzurermFederatedIdentityCredentialTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermFederatedIdentityCredential(TypedDict):
    audience: Sequence[str]
    id: NotRequired[str | None]
    issuer: str
    name: str
    subject: str
    timeouts: NotRequired[
        AzurermFederatedIdentityCredentialTimeouts
        | Sequence[AzurermFederatedIdentityCredentialTimeouts]
        | None
    ]
    user_assigned_identity_id: str

AzurermFederatedIdentityCredentialBlock = TerraformBlock[
    Literal["audience", "id", "issuer", "name", "subject", "timeouts", "user_assigned_identity_id"]
]

class AzurermKeyVaultAccessPolicy(TypedDict):
    application_id: NotRequired[str | None]
    certificate_permissions: NotRequired[Sequence[str] | None]
    key_permissions: NotRequired[Sequence[str] | None]
    object_id: NotRequired[str | None]
    secret_permissions: NotRequired[Sequence[str] | None]
    storage_permissions: NotRequired[Sequence[str] | None]
    tenant_id: NotRequired[str | None]

class AzurermKeyVaultNetworkAcls(TypedDict):
    bypass: str
    default_action: str
    ip_rules: NotRequired[Sequence[str] | None]
    virtual_network_subnet_ids: NotRequired[Sequence[str] | None]

class AzurermKeyVaultTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermKeyVault(TypedDict):
    access_policy: NotRequired[
        AzurermKeyVaultAccessPolicy | Sequence[AzurermKeyVaultAccessPolicy] | None
    ]
    enabled_for_deployment: NotRequired[bool | None]
    enabled_for_disk_encryption: NotRequired[bool | None]
    enabled_for_template_deployment: NotRequired[bool | None]
    id: NotRequired[str | None]
    location: str
    name: str
    network_acls: NotRequired[
        AzurermKeyVaultNetworkAcls | Sequence[AzurermKeyVaultNetworkAcls] | None
    ]
    public_network_access_enabled: NotRequired[bool | None]
    purge_protection_enabled: NotRequired[bool | None]
    rbac_authorization_enabled: bool
    resource_group_name: str
    sku_name: str
    soft_delete_retention_days: NotRequired[float | None]
    tags: NotRequired[Mapping[str, str] | None]
    tenant_id: str
    timeouts: NotRequired[AzurermKeyVaultTimeouts | Sequence[AzurermKeyVaultTimeouts] | None]

AzurermKeyVaultBlock = TerraformBlock[
    Literal[
        "access_policy",
        "access_policy[0].application_id",
        "access_policy[0].certificate_permissions",
        "access_policy[0].key_permissions",
        "access_policy[0].object_id",
        "access_policy[0].secret_permissions",
        "access_policy[0].storage_permissions",
        "access_policy[0].tenant_id",
        "enabled_for_deployment",
        "enabled_for_disk_encryption",
        "enabled_for_template_deployment",
        "id",
        "location",
        "name",
        "network_acls",
        "network_acls[0].bypass",
        "network_acls[0].default_action",
        "network_acls[0].ip_rules",
        "network_acls[0].virtual_network_subnet_ids",
        "public_network_access_enabled",
        "purge_protection_enabled",
        "rbac_authorization_enabled",
        "resource_group_name",
        "sku_name",
        "soft_delete_retention_days",
        "tags",
        "tenant_id",
        "timeouts",
        "vault_uri",
    ]
]

class AzurermKeyVaultKeyReleasePolicy(TypedDict):
    immutable: NotRequired[bool | None]
    json: str

class AzurermKeyVaultKeyRotationPolicyAutomatic(TypedDict):
    time_after_creation: NotRequired[str | None]
    time_before_expiry: NotRequired[str | None]

class AzurermKeyVaultKeyRotationPolicy(TypedDict):
    automatic: NotRequired[
        AzurermKeyVaultKeyRotationPolicyAutomatic
        | Sequence[AzurermKeyVaultKeyRotationPolicyAutomatic]
        | None
    ]
    expire_after: NotRequired[str | None]
    notify_before_expiry: NotRequired[str | None]

class AzurermKeyVaultKeyTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermKeyVaultKey(TypedDict):
    curve: NotRequired[str | None]
    expiration_date: NotRequired[str | None]
    id: NotRequired[str | None]
    key_opts: Sequence[str]
    key_size: NotRequired[float | None]
    key_type: str
    key_vault_id: str
    name: str
    not_before_date: NotRequired[str | None]
    release_policy: NotRequired[
        AzurermKeyVaultKeyReleasePolicy | Sequence[AzurermKeyVaultKeyReleasePolicy] | None
    ]
    rotation_policy: NotRequired[
        AzurermKeyVaultKeyRotationPolicy | Sequence[AzurermKeyVaultKeyRotationPolicy] | None
    ]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[AzurermKeyVaultKeyTimeouts | Sequence[AzurermKeyVaultKeyTimeouts] | None]

AzurermKeyVaultKeyBlock = TerraformBlock[
    Literal[
        "curve",
        "e",
        "expiration_date",
        "id",
        "key_opts",
        "key_size",
        "key_type",
        "key_vault_id",
        "n",
        "name",
        "not_before_date",
        "public_key_openssh",
        "public_key_pem",
        "release_policy",
        "release_policy[0].immutable",
        "release_policy[0].json",
        "resource_id",
        "resource_versionless_id",
        "rotation_policy",
        "rotation_policy[0].expire_after",
        "rotation_policy[0].notify_before_expiry",
        "tags",
        "timeouts",
        "version",
        "versionless_id",
        "x",
        "y",
    ]
]

class AzurermKeyVaultSecretTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermKeyVaultSecret(TypedDict):
    content_type: NotRequired[str | None]
    expiration_date: NotRequired[str | None]
    id: NotRequired[str | None]
    key_vault_id: str
    name: str
    not_before_date: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermKeyVaultSecretTimeouts | Sequence[AzurermKeyVaultSecretTimeouts] | None
    ]
    value: NotRequired[str | None]
    value_wo: NotRequired[str | None]
    value_wo_version: NotRequired[float | None]

AzurermKeyVaultSecretBlock = TerraformBlock[
    Literal[
        "content_type",
        "expiration_date",
        "id",
        "key_vault_id",
        "name",
        "not_before_date",
        "resource_id",
        "resource_versionless_id",
        "tags",
        "timeouts",
        "value",
        "value_wo",
        "value_wo_version",
        "version",
        "versionless_id",
    ]
]

class AzurermLogAnalyticsWorkspaceIdentity(TypedDict):
    identity_ids: NotRequired[Sequence[str] | None]
    type: str

class AzurermLogAnalyticsWorkspaceTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermLogAnalyticsWorkspace(TypedDict):
    allow_resource_only_permissions: NotRequired[bool | None]
    cmk_for_query_forced: NotRequired[bool | None]
    daily_quota_gb: NotRequired[float | None]
    data_collection_rule_id: NotRequired[str | None]
    id: NotRequired[str | None]
    identity: NotRequired[
        AzurermLogAnalyticsWorkspaceIdentity | Sequence[AzurermLogAnalyticsWorkspaceIdentity] | None
    ]
    immediate_data_purge_on30_days_enabled: NotRequired[bool | None]
    internet_ingestion_access_type: NotRequired[str | None]
    internet_query_access_type: NotRequired[str | None]
    local_authentication_enabled: NotRequired[bool | None]
    location: str
    name: str
    reservation_capacity_in_gb_per_day: NotRequired[float | None]
    resource_group_name: str
    retention_in_days: NotRequired[float | None]
    sku: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermLogAnalyticsWorkspaceTimeouts | Sequence[AzurermLogAnalyticsWorkspaceTimeouts] | None
    ]

AzurermLogAnalyticsWorkspaceBlock = TerraformBlock[
    Literal[
        "allow_resource_only_permissions",
        "cmk_for_query_forced",
        "daily_quota_gb",
        "data_collection_rule_id",
        "id",
        "identity",
        "identity[0].identity_ids",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "immediate_data_purge_on30_days_enabled",
        "internet_ingestion_access_type",
        "internet_query_access_type",
        "local_authentication_enabled",
        "location",
        "name",
        "primary_shared_key",
        "reservation_capacity_in_gb_per_day",
        "resource_group_name",
        "retention_in_days",
        "secondary_shared_key",
        "sku",
        "tags",
        "timeouts",
        "workspace_id",
    ]
]

class AzurermManagementLockTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]

class AzurermManagementLock(TypedDict):
    id: NotRequired[str | None]
    lock_level: str
    name: str
    notes: NotRequired[str | None]
    scope: str
    timeouts: NotRequired[
        AzurermManagementLockTimeouts | Sequence[AzurermManagementLockTimeouts] | None
    ]

AzurermManagementLockBlock = TerraformBlock[
    Literal["id", "lock_level", "name", "notes", "scope", "timeouts"]
]

class AzurermMonitorActionGroupArmRoleReceiver(TypedDict):
    name: str
    role_id: str
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroupAutomationRunbookReceiver(TypedDict):
    automation_account_id: str
    is_global_runbook: bool
    name: str
    runbook_name: str
    service_uri: str
    use_common_alert_schema: NotRequired[bool | None]
    webhook_resource_id: str

class AzurermMonitorActionGroupAzureAppPushReceiver(TypedDict):
    email_address: str
    name: str

class AzurermMonitorActionGroupAzureFunctionReceiver(TypedDict):
    function_app_resource_id: str
    function_name: str
    http_trigger_url: str
    name: str
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroupEmailReceiver(TypedDict):
    email_address: str
    name: str
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroupEventHubReceiver(TypedDict):
    event_hub_name: str
    event_hub_namespace: str
    name: str
    subscription_id: NotRequired[str | None]
    tenant_id: NotRequired[str | None]
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroupItsmReceiver(TypedDict):
    connection_id: str
    name: str
    region: str
    ticket_configuration: str
    workspace_id: str

class AzurermMonitorActionGroupLogicAppReceiver(TypedDict):
    callback_url: str
    name: str
    resource_id: str
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroupSmsReceiver(TypedDict):
    country_code: str
    name: str
    phone_number: str

class AzurermMonitorActionGroupTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermMonitorActionGroupVoiceReceiver(TypedDict):
    country_code: str
    name: str
    phone_number: str

class AzurermMonitorActionGroupWebhookReceiverAadAuth(TypedDict):
    identifier_uri: NotRequired[str | None]
    object_id: str
    tenant_id: NotRequired[str | None]

class AzurermMonitorActionGroupWebhookReceiver(TypedDict):
    aad_auth: NotRequired[
        AzurermMonitorActionGroupWebhookReceiverAadAuth
        | Sequence[AzurermMonitorActionGroupWebhookReceiverAadAuth]
        | None
    ]
    name: str
    service_uri: str
    use_common_alert_schema: NotRequired[bool | None]

class AzurermMonitorActionGroup(TypedDict):
    arm_role_receiver: NotRequired[
        AzurermMonitorActionGroupArmRoleReceiver
        | Sequence[AzurermMonitorActionGroupArmRoleReceiver]
        | None
    ]
    automation_runbook_receiver: NotRequired[
        AzurermMonitorActionGroupAutomationRunbookReceiver
        | Sequence[AzurermMonitorActionGroupAutomationRunbookReceiver]
        | None
    ]
    azure_app_push_receiver: NotRequired[
        AzurermMonitorActionGroupAzureAppPushReceiver
        | Sequence[AzurermMonitorActionGroupAzureAppPushReceiver]
        | None
    ]
    azure_function_receiver: NotRequired[
        AzurermMonitorActionGroupAzureFunctionReceiver
        | Sequence[AzurermMonitorActionGroupAzureFunctionReceiver]
        | None
    ]
    email_receiver: NotRequired[
        AzurermMonitorActionGroupEmailReceiver
        | Sequence[AzurermMonitorActionGroupEmailReceiver]
        | None
    ]
    enabled: NotRequired[bool | None]
    event_hub_receiver: NotRequired[
        AzurermMonitorActionGroupEventHubReceiver
        | Sequence[AzurermMonitorActionGroupEventHubReceiver]
        | None
    ]
    id: NotRequired[str | None]
    itsm_receiver: NotRequired[
        AzurermMonitorActionGroupItsmReceiver
        | Sequence[AzurermMonitorActionGroupItsmReceiver]
        | None
    ]
    location: NotRequired[str | None]
    logic_app_receiver: NotRequired[
        AzurermMonitorActionGroupLogicAppReceiver
        | Sequence[AzurermMonitorActionGroupLogicAppReceiver]
        | None
    ]
    name: str
    resource_group_name: str
    short_name: str
    sms_receiver: NotRequired[
        AzurermMonitorActionGroupSmsReceiver | Sequence[AzurermMonitorActionGroupSmsReceiver] | None
    ]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermMonitorActionGroupTimeouts | Sequence[AzurermMonitorActionGroupTimeouts] | None
    ]
    voice_receiver: NotRequired[
        AzurermMonitorActionGroupVoiceReceiver
        | Sequence[AzurermMonitorActionGroupVoiceReceiver]
        | None
    ]
    webhook_receiver: NotRequired[
        AzurermMonitorActionGroupWebhookReceiver
        | Sequence[AzurermMonitorActionGroupWebhookReceiver]
        | None
    ]

AzurermMonitorActionGroupBlock = TerraformBlock[
    Literal[
        "arm_role_receiver",
        "arm_role_receiver[0].name",
        "arm_role_receiver[0].role_id",
        "arm_role_receiver[0].use_common_alert_schema",
        "automation_runbook_receiver",
        "automation_runbook_receiver[0].automation_account_id",
        "automation_runbook_receiver[0].is_global_runbook",
        "automation_runbook_receiver[0].name",
        "automation_runbook_receiver[0].runbook_name",
        "automation_runbook_receiver[0].service_uri",
        "automation_runbook_receiver[0].use_common_alert_schema",
        "automation_runbook_receiver[0].webhook_resource_id",
        "azure_app_push_receiver",
        "azure_app_push_receiver[0].email_address",
        "azure_app_push_receiver[0].name",
        "azure_function_receiver",
        "azure_function_receiver[0].function_app_resource_id",
        "azure_function_receiver[0].function_name",
        "azure_function_receiver[0].http_trigger_url",
        "azure_function_receiver[0].name",
        "azure_function_receiver[0].use_common_alert_schema",
        "email_receiver",
        "email_receiver[0].email_address",
        "email_receiver[0].name",
        "email_receiver[0].use_common_alert_schema",
        "enabled",
        "event_hub_receiver",
        "event_hub_receiver[0].event_hub_name",
        "event_hub_receiver[0].event_hub_namespace",
        "event_hub_receiver[0].name",
        "event_hub_receiver[0].subscription_id",
        "event_hub_receiver[0].tenant_id",
        "event_hub_receiver[0].use_common_alert_schema",
        "id",
        "itsm_receiver",
        "itsm_receiver[0].connection_id",
        "itsm_receiver[0].name",
        "itsm_receiver[0].region",
        "itsm_receiver[0].ticket_configuration",
        "itsm_receiver[0].workspace_id",
        "location",
        "logic_app_receiver",
        "logic_app_receiver[0].callback_url",
        "logic_app_receiver[0].name",
        "logic_app_receiver[0].resource_id",
        "logic_app_receiver[0].use_common_alert_schema",
        "name",
        "resource_group_name",
        "short_name",
        "sms_receiver",
        "sms_receiver[0].country_code",
        "sms_receiver[0].name",
        "sms_receiver[0].phone_number",
        "tags",
        "timeouts",
        "voice_receiver",
        "voice_receiver[0].country_code",
        "voice_receiver[0].name",
        "voice_receiver[0].phone_number",
        "webhook_receiver",
        "webhook_receiver[0].name",
        "webhook_receiver[0].service_uri",
        "webhook_receiver[0].use_common_alert_schema",
    ]
]

class AzurermMonitorAlertProcessingRuleActionGroupConditionAlertContext(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleId(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleName(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionDescription(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorCondition(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorService(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionSeverity(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionSignalType(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResource(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceGroup(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceType(TypedDict):
    operator: str
    values: Sequence[str]

class AzurermMonitorAlertProcessingRuleActionGroupCondition(TypedDict):
    alert_context: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionAlertContext
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionAlertContext]
        | None
    ]
    alert_rule_id: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleId
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleId]
        | None
    ]
    alert_rule_name: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleName
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionAlertRuleName]
        | None
    ]
    description: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionDescription
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionDescription]
        | None
    ]
    monitor_condition: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorCondition
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorCondition]
        | None
    ]
    monitor_service: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorService
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionMonitorService]
        | None
    ]
    severity: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionSeverity
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionSeverity]
        | None
    ]
    signal_type: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionSignalType
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionSignalType]
        | None
    ]
    target_resource: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResource
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResource]
        | None
    ]
    target_resource_group: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceGroup
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceGroup]
        | None
    ]
    target_resource_type: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceType
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupConditionTargetResourceType]
        | None
    ]

class AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceDaily(TypedDict):
    end_time: str
    start_time: str

class AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceMonthly(TypedDict):
    days_of_month: float
    end_time: NotRequired[str | None]
    start_time: NotRequired[str | None]

class AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceWeekly(TypedDict):
    days_of_week: Sequence[str]
    end_time: NotRequired[str | None]
    start_time: NotRequired[str | None]

class AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrence(TypedDict):
    daily: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceDaily
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceDaily]
        | None
    ]
    monthly: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceMonthly
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceMonthly]
        | None
    ]
    weekly: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceWeekly
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrenceWeekly]
        | None
    ]

class AzurermMonitorAlertProcessingRuleActionGroupSchedule(TypedDict):
    effective_from: NotRequired[str | None]
    effective_until: NotRequired[str | None]
    recurrence: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrence
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupScheduleRecurrence]
        | None
    ]
    time_zone: NotRequired[str | None]

class AzurermMonitorAlertProcessingRuleActionGroupTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermMonitorAlertProcessingRuleActionGroup(TypedDict):
    add_action_group_ids: Sequence[str]
    condition: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupCondition
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupCondition]
        | None
    ]
    description: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    id: NotRequired[str | None]
    name: str
    resource_group_name: str
    schedule: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupSchedule
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupSchedule]
        | None
    ]
    scopes: Sequence[str]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermMonitorAlertProcessingRuleActionGroupTimeouts
        | Sequence[AzurermMonitorAlertProcessingRuleActionGroupTimeouts]
        | None
    ]

AzurermMonitorAlertProcessingRuleActionGroupBlock = TerraformBlock[
    Literal[
        "add_action_group_ids",
        "condition",
        "description",
        "enabled",
        "id",
        "name",
        "resource_group_name",
        "schedule",
        "schedule[0].effective_from",
        "schedule[0].effective_until",
        "schedule[0].time_zone",
        "scopes",
        "tags",
        "timeouts",
    ]
]

class AzurermMonitorDiagnosticSettingEnabledLog(TypedDict):
    category: NotRequired[str | None]
    category_group: NotRequired[str | None]

class AzurermMonitorDiagnosticSettingEnabledMetric(TypedDict):
    category: str

class AzurermMonitorDiagnosticSettingTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermMonitorDiagnosticSetting(TypedDict):
    enabled_log: NotRequired[
        AzurermMonitorDiagnosticSettingEnabledLog
        | Sequence[AzurermMonitorDiagnosticSettingEnabledLog]
        | None
    ]
    enabled_metric: NotRequired[
        AzurermMonitorDiagnosticSettingEnabledMetric
        | Sequence[AzurermMonitorDiagnosticSettingEnabledMetric]
        | None
    ]
    eventhub_authorization_rule_id: NotRequired[str | None]
    eventhub_name: NotRequired[str | None]
    id: NotRequired[str | None]
    log_analytics_destination_type: NotRequired[str | None]
    log_analytics_workspace_id: NotRequired[str | None]
    name: str
    partner_solution_id: NotRequired[str | None]
    storage_account_id: NotRequired[str | None]
    target_resource_id: str
    timeouts: NotRequired[
        AzurermMonitorDiagnosticSettingTimeouts
        | Sequence[AzurermMonitorDiagnosticSettingTimeouts]
        | None
    ]

AzurermMonitorDiagnosticSettingBlock = TerraformBlock[
    Literal[
        "enabled_log",
        "enabled_log[0].category",
        "enabled_log[0].category_group",
        "enabled_metric",
        "enabled_metric[0].category",
        "eventhub_authorization_rule_id",
        "eventhub_name",
        "id",
        "log_analytics_destination_type",
        "log_analytics_workspace_id",
        "name",
        "partner_solution_id",
        "storage_account_id",
        "target_resource_id",
        "timeouts",
    ]
]

class AzurermMonitorMetricAlertAction(TypedDict):
    action_group_id: str
    webhook_properties: NotRequired[Mapping[str, str] | None]

class AzurermMonitorMetricAlertApplicationInsightsWebTestLocationAvailabilityCriteria(TypedDict):
    component_id: str
    failed_location_count: float
    web_test_id: str

class AzurermMonitorMetricAlertCriteriaDimension(TypedDict):
    name: str
    operator: str
    values: Sequence[str]

class AzurermMonitorMetricAlertCriteria(TypedDict):
    aggregation: str
    dimension: NotRequired[
        AzurermMonitorMetricAlertCriteriaDimension
        | Sequence[AzurermMonitorMetricAlertCriteriaDimension]
        | None
    ]
    metric_name: str
    metric_namespace: str
    operator: str
    skip_metric_validation: NotRequired[bool | None]
    threshold: float

class AzurermMonitorMetricAlertDynamicCriteriaDimension(TypedDict):
    name: str
    operator: str
    values: Sequence[str]

class AzurermMonitorMetricAlertDynamicCriteria(TypedDict):
    aggregation: str
    alert_sensitivity: str
    dimension: NotRequired[
        AzurermMonitorMetricAlertDynamicCriteriaDimension
        | Sequence[AzurermMonitorMetricAlertDynamicCriteriaDimension]
        | None
    ]
    evaluation_failure_count: NotRequired[float | None]
    evaluation_total_count: NotRequired[float | None]
    ignore_data_before: NotRequired[str | None]
    metric_name: str
    metric_namespace: str
    operator: str
    skip_metric_validation: NotRequired[bool | None]

class AzurermMonitorMetricAlertTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermMonitorMetricAlert(TypedDict):
    action: NotRequired[
        AzurermMonitorMetricAlertAction | Sequence[AzurermMonitorMetricAlertAction] | None
    ]
    application_insights_web_test_location_availability_criteria: NotRequired[
        AzurermMonitorMetricAlertApplicationInsightsWebTestLocationAvailabilityCriteria
        | Sequence[AzurermMonitorMetricAlertApplicationInsightsWebTestLocationAvailabilityCriteria]
        | None
    ]
    auto_mitigate: NotRequired[bool | None]
    criteria: NotRequired[
        AzurermMonitorMetricAlertCriteria | Sequence[AzurermMonitorMetricAlertCriteria] | None
    ]
    description: NotRequired[str | None]
    dynamic_criteria: NotRequired[
        AzurermMonitorMetricAlertDynamicCriteria
        | Sequence[AzurermMonitorMetricAlertDynamicCriteria]
        | None
    ]
    enabled: NotRequired[bool | None]
    frequency: NotRequired[str | None]
    id: NotRequired[str | None]
    name: str
    resource_group_name: str
    scopes: Sequence[str]
    severity: NotRequired[float | None]
    tags: NotRequired[Mapping[str, str] | None]
    target_resource_location: NotRequired[str | None]
    target_resource_type: NotRequired[str | None]
    timeouts: NotRequired[
        AzurermMonitorMetricAlertTimeouts | Sequence[AzurermMonitorMetricAlertTimeouts] | None
    ]
    window_size: NotRequired[str | None]

AzurermMonitorMetricAlertBlock = TerraformBlock[
    Literal[
        "action",
        "action[0].action_group_id",
        "action[0].webhook_properties",
        "application_insights_web_test_location_availability_criteria",
        "application_insights_web_test_location_availability_criteria[0].component_id",
        "application_insights_web_test_location_availability_criteria[0].failed_location_count",
        "application_insights_web_test_location_availability_criteria[0].web_test_id",
        "auto_mitigate",
        "criteria",
        "criteria[0].aggregation",
        "criteria[0].metric_name",
        "criteria[0].metric_namespace",
        "criteria[0].operator",
        "criteria[0].skip_metric_validation",
        "criteria[0].threshold",
        "description",
        "dynamic_criteria",
        "dynamic_criteria[0].aggregation",
        "dynamic_criteria[0].alert_sensitivity",
        "dynamic_criteria[0].evaluation_failure_count",
        "dynamic_criteria[0].evaluation_total_count",
        "dynamic_criteria[0].ignore_data_before",
        "dynamic_criteria[0].metric_name",
        "dynamic_criteria[0].metric_namespace",
        "dynamic_criteria[0].operator",
        "dynamic_criteria[0].skip_metric_validation",
        "enabled",
        "frequency",
        "id",
        "name",
        "resource_group_name",
        "scopes",
        "severity",
        "tags",
        "target_resource_location",
        "target_resource_type",
        "timeouts",
        "window_size",
    ]
]

class AzurermPostgresqlFlexibleServerAuthentication(TypedDict):
    active_directory_auth_enabled: NotRequired[bool | None]
    password_auth_enabled: NotRequired[bool | None]
    tenant_id: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerCluster(TypedDict):
    default_database_name: NotRequired[str | None]
    size: float

class AzurermPostgresqlFlexibleServerCustomerManagedKey(TypedDict):
    geo_backup_key_vault_key_id: NotRequired[str | None]
    geo_backup_user_assigned_identity_id: NotRequired[str | None]
    key_vault_key_id: str
    primary_user_assigned_identity_id: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerHighAvailability(TypedDict):
    mode: str
    standby_availability_zone: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerIdentity(TypedDict):
    identity_ids: NotRequired[Sequence[str] | None]
    type: str

class AzurermPostgresqlFlexibleServerMaintenanceWindow(TypedDict):
    day_of_week: NotRequired[float | None]
    start_hour: NotRequired[float | None]
    start_minute: NotRequired[float | None]

class AzurermPostgresqlFlexibleServerTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermPostgresqlFlexibleServer(TypedDict):
    administrator_login: NotRequired[str | None]
    administrator_password: NotRequired[str | None]
    administrator_password_wo: NotRequired[str | None]
    administrator_password_wo_version: NotRequired[float | None]
    authentication: NotRequired[
        AzurermPostgresqlFlexibleServerAuthentication
        | Sequence[AzurermPostgresqlFlexibleServerAuthentication]
        | None
    ]
    auto_grow_enabled: NotRequired[bool | None]
    backup_retention_days: NotRequired[float | None]
    cluster: NotRequired[
        AzurermPostgresqlFlexibleServerCluster
        | Sequence[AzurermPostgresqlFlexibleServerCluster]
        | None
    ]
    create_mode: NotRequired[str | None]
    customer_managed_key: NotRequired[
        AzurermPostgresqlFlexibleServerCustomerManagedKey
        | Sequence[AzurermPostgresqlFlexibleServerCustomerManagedKey]
        | None
    ]
    delegated_subnet_id: NotRequired[str | None]
    geo_redundant_backup_enabled: NotRequired[bool | None]
    high_availability: NotRequired[
        AzurermPostgresqlFlexibleServerHighAvailability
        | Sequence[AzurermPostgresqlFlexibleServerHighAvailability]
        | None
    ]
    id: NotRequired[str | None]
    identity: NotRequired[
        AzurermPostgresqlFlexibleServerIdentity
        | Sequence[AzurermPostgresqlFlexibleServerIdentity]
        | None
    ]
    location: str
    maintenance_window: NotRequired[
        AzurermPostgresqlFlexibleServerMaintenanceWindow
        | Sequence[AzurermPostgresqlFlexibleServerMaintenanceWindow]
        | None
    ]
    name: str
    point_in_time_restore_time_in_utc: NotRequired[str | None]
    private_dns_zone_id: NotRequired[str | None]
    public_network_access_enabled: NotRequired[bool | None]
    replication_role: NotRequired[str | None]
    resource_group_name: str
    sku_name: NotRequired[str | None]
    source_server_id: NotRequired[str | None]
    storage_iops: NotRequired[float | None]
    storage_mb: NotRequired[float | None]
    storage_throughput: NotRequired[float | None]
    storage_tier: NotRequired[str | None]
    storage_type: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermPostgresqlFlexibleServerTimeouts
        | Sequence[AzurermPostgresqlFlexibleServerTimeouts]
        | None
    ]
    version: NotRequired[str | None]
    zone: NotRequired[str | None]

AzurermPostgresqlFlexibleServerBlock = TerraformBlock[
    Literal[
        "administrator_login",
        "administrator_password",
        "administrator_password_wo",
        "administrator_password_wo_version",
        "authentication",
        "authentication[0].active_directory_auth_enabled",
        "authentication[0].password_auth_enabled",
        "authentication[0].tenant_id",
        "auto_grow_enabled",
        "backup_retention_days",
        "cluster",
        "cluster[0].default_database_name",
        "cluster[0].size",
        "create_mode",
        "customer_managed_key",
        "customer_managed_key[0].geo_backup_key_vault_key_id",
        "customer_managed_key[0].geo_backup_user_assigned_identity_id",
        "customer_managed_key[0].key_vault_key_id",
        "customer_managed_key[0].primary_user_assigned_identity_id",
        "delegated_subnet_id",
        "fqdn",
        "geo_redundant_backup_enabled",
        "high_availability",
        "high_availability[0].mode",
        "high_availability[0].standby_availability_zone",
        "id",
        "identity",
        "identity[0].identity_ids",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "location",
        "maintenance_window",
        "maintenance_window[0].day_of_week",
        "maintenance_window[0].start_hour",
        "maintenance_window[0].start_minute",
        "name",
        "point_in_time_restore_time_in_utc",
        "private_dns_zone_id",
        "public_network_access_enabled",
        "replication_role",
        "resource_group_name",
        "sku_name",
        "source_server_id",
        "storage_iops",
        "storage_mb",
        "storage_throughput",
        "storage_tier",
        "storage_type",
        "tags",
        "timeouts",
        "version",
        "zone",
    ]
]

class AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator(TypedDict):
    id: NotRequired[str | None]
    object_id: str
    principal_name: str
    principal_type: str
    resource_group_name: str
    server_name: str
    tenant_id: str
    timeouts: NotRequired[
        AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorTimeouts
        | Sequence[AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorTimeouts]
        | None
    ]

AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorBlock = TerraformBlock[
    Literal[
        "id",
        "object_id",
        "principal_name",
        "principal_type",
        "resource_group_name",
        "server_name",
        "tenant_id",
        "timeouts",
    ]
]

class AzurermPostgresqlFlexibleServerBackupTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerBackup(TypedDict):
    id: NotRequired[str | None]
    name: str
    server_id: str
    timeouts: NotRequired[
        AzurermPostgresqlFlexibleServerBackupTimeouts
        | Sequence[AzurermPostgresqlFlexibleServerBackupTimeouts]
        | None
    ]

AzurermPostgresqlFlexibleServerBackupBlock = TerraformBlock[
    Literal["completed_time", "id", "name", "server_id", "timeouts"]
]

class AzurermPostgresqlFlexibleServerConfigurationTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerConfiguration(TypedDict):
    id: NotRequired[str | None]
    name: str
    server_id: str
    timeouts: NotRequired[
        AzurermPostgresqlFlexibleServerConfigurationTimeouts
        | Sequence[AzurermPostgresqlFlexibleServerConfigurationTimeouts]
        | None
    ]
    value: str

AzurermPostgresqlFlexibleServerConfigurationBlock = TerraformBlock[
    Literal["id", "name", "server_id", "timeouts", "value"]
]

class AzurermPostgresqlFlexibleServerDatabaseTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]

class AzurermPostgresqlFlexibleServerDatabase(TypedDict):
    charset: NotRequired[str | None]
    collation: NotRequired[str | None]
    id: NotRequired[str | None]
    name: str
    server_id: str
    timeouts: NotRequired[
        AzurermPostgresqlFlexibleServerDatabaseTimeouts
        | Sequence[AzurermPostgresqlFlexibleServerDatabaseTimeouts]
        | None
    ]

AzurermPostgresqlFlexibleServerDatabaseBlock = TerraformBlock[
    Literal["charset", "collation", "id", "name", "server_id", "timeouts"]
]

class AzurermPrivateDnsZoneSoaRecord(TypedDict):
    email: str
    expire_time: NotRequired[float | None]
    minimum_ttl: NotRequired[float | None]
    refresh_time: NotRequired[float | None]
    retry_time: NotRequired[float | None]
    tags: NotRequired[Mapping[str, str] | None]
    ttl: NotRequired[float | None]

class AzurermPrivateDnsZoneTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermPrivateDnsZone(TypedDict):
    id: NotRequired[str | None]
    name: str
    resource_group_name: str
    soa_record: NotRequired[
        AzurermPrivateDnsZoneSoaRecord | Sequence[AzurermPrivateDnsZoneSoaRecord] | None
    ]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermPrivateDnsZoneTimeouts | Sequence[AzurermPrivateDnsZoneTimeouts] | None
    ]

AzurermPrivateDnsZoneBlock = TerraformBlock[
    Literal[
        "id",
        "max_number_of_record_sets",
        "max_number_of_virtual_network_links",
        "max_number_of_virtual_network_links_with_registration",
        "name",
        "number_of_record_sets",
        "resource_group_name",
        "soa_record",
        "soa_record[0].email",
        "soa_record[0].expire_time",
        "soa_record[0].fqdn",
        "soa_record[0].host_name",
        "soa_record[0].minimum_ttl",
        "soa_record[0].refresh_time",
        "soa_record[0].retry_time",
        "soa_record[0].serial_number",
        "soa_record[0].tags",
        "soa_record[0].ttl",
        "tags",
        "timeouts",
    ]
]

class AzurermPrivateDnsZoneVirtualNetworkLinkTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermPrivateDnsZoneVirtualNetworkLink(TypedDict):
    id: NotRequired[str | None]
    name: str
    private_dns_zone_id: str
    registration_enabled: NotRequired[bool | None]
    resolution_policy: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermPrivateDnsZoneVirtualNetworkLinkTimeouts
        | Sequence[AzurermPrivateDnsZoneVirtualNetworkLinkTimeouts]
        | None
    ]
    virtual_network_id: str

AzurermPrivateDnsZoneVirtualNetworkLinkBlock = TerraformBlock[
    Literal[
        "id",
        "name",
        "private_dns_zone_id",
        "registration_enabled",
        "resolution_policy",
        "tags",
        "timeouts",
        "virtual_network_id",
    ]
]

class AzurermResourceGroupTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermResourceGroup(TypedDict):
    id: NotRequired[str | None]
    location: str
    managed_by: NotRequired[str | None]
    name: str
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermResourceGroupTimeouts | Sequence[AzurermResourceGroupTimeouts] | None
    ]

AzurermResourceGroupBlock = TerraformBlock[
    Literal["id", "location", "managed_by", "name", "tags", "timeouts"]
]

class AzurermRoleAssignmentTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermRoleAssignment(TypedDict):
    condition: NotRequired[str | None]
    condition_version: NotRequired[str | None]
    delegated_managed_identity_resource_id: NotRequired[str | None]
    description: NotRequired[str | None]
    id: NotRequired[str | None]
    name: NotRequired[str | None]
    principal_id: str
    principal_type: NotRequired[str | None]
    role_definition_id: NotRequired[str | None]
    role_definition_name: NotRequired[str | None]
    scope: str
    skip_service_principal_aad_check: NotRequired[bool | None]
    timeouts: NotRequired[
        AzurermRoleAssignmentTimeouts | Sequence[AzurermRoleAssignmentTimeouts] | None
    ]

AzurermRoleAssignmentBlock = TerraformBlock[
    Literal[
        "condition",
        "condition_version",
        "delegated_managed_identity_resource_id",
        "description",
        "id",
        "name",
        "principal_id",
        "principal_type",
        "role_definition_id",
        "role_definition_name",
        "scope",
        "skip_service_principal_aad_check",
        "timeouts",
    ]
]

class AzurermRoleDefinitionPermissions(TypedDict):
    actions: NotRequired[Sequence[str] | None]
    data_actions: NotRequired[Sequence[str] | None]
    not_actions: NotRequired[Sequence[str] | None]
    not_data_actions: NotRequired[Sequence[str] | None]

class AzurermRoleDefinitionTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermRoleDefinition(TypedDict):
    assignable_scopes: NotRequired[Sequence[str] | None]
    description: NotRequired[str | None]
    id: NotRequired[str | None]
    name: str
    permissions: NotRequired[
        AzurermRoleDefinitionPermissions | Sequence[AzurermRoleDefinitionPermissions] | None
    ]
    role_definition_id: NotRequired[str | None]
    scope: str
    timeouts: NotRequired[
        AzurermRoleDefinitionTimeouts | Sequence[AzurermRoleDefinitionTimeouts] | None
    ]

AzurermRoleDefinitionBlock = TerraformBlock[
    Literal[
        "assignable_scopes",
        "description",
        "id",
        "name",
        "permissions",
        "permissions[0].actions",
        "permissions[0].data_actions",
        "permissions[0].not_actions",
        "permissions[0].not_data_actions",
        "role_definition_id",
        "role_definition_resource_id",
        "scope",
        "timeouts",
    ]
]

class AzurermStorageAccountAzureFilesAuthenticationActiveDirectory(TypedDict):
    domain_guid: str
    domain_name: str
    domain_sid: NotRequired[str | None]
    forest_name: NotRequired[str | None]
    netbios_domain_name: NotRequired[str | None]
    storage_sid: NotRequired[str | None]

class AzurermStorageAccountAzureFilesAuthentication(TypedDict):
    active_directory: NotRequired[
        AzurermStorageAccountAzureFilesAuthenticationActiveDirectory
        | Sequence[AzurermStorageAccountAzureFilesAuthenticationActiveDirectory]
        | None
    ]
    default_share_level_permission: NotRequired[str | None]
    directory_type: str

class AzurermStorageAccountBlobPropertiesContainerDeleteRetentionPolicy(TypedDict):
    days: NotRequired[float | None]

class AzurermStorageAccountBlobPropertiesCorsRule(TypedDict):
    allowed_headers: Sequence[str]
    allowed_methods: Sequence[str]
    allowed_origins: Sequence[str]
    exposed_headers: Sequence[str]
    max_age_in_seconds: float

class AzurermStorageAccountBlobPropertiesDeleteRetentionPolicy(TypedDict):
    days: NotRequired[float | None]
    permanent_delete_enabled: NotRequired[bool | None]

class AzurermStorageAccountBlobPropertiesRestorePolicy(TypedDict):
    days: float

class AzurermStorageAccountBlobProperties(TypedDict):
    change_feed_enabled: NotRequired[bool | None]
    change_feed_retention_in_days: NotRequired[float | None]
    container_delete_retention_policy: NotRequired[
        AzurermStorageAccountBlobPropertiesContainerDeleteRetentionPolicy
        | Sequence[AzurermStorageAccountBlobPropertiesContainerDeleteRetentionPolicy]
        | None
    ]
    cors_rule: NotRequired[
        AzurermStorageAccountBlobPropertiesCorsRule
        | Sequence[AzurermStorageAccountBlobPropertiesCorsRule]
        | None
    ]
    default_service_version: NotRequired[str | None]
    delete_retention_policy: NotRequired[
        AzurermStorageAccountBlobPropertiesDeleteRetentionPolicy
        | Sequence[AzurermStorageAccountBlobPropertiesDeleteRetentionPolicy]
        | None
    ]
    last_access_time_enabled: NotRequired[bool | None]
    restore_policy: NotRequired[
        AzurermStorageAccountBlobPropertiesRestorePolicy
        | Sequence[AzurermStorageAccountBlobPropertiesRestorePolicy]
        | None
    ]
    versioning_enabled: NotRequired[bool | None]

class AzurermStorageAccountCustomDomain(TypedDict):
    name: str
    use_subdomain: NotRequired[bool | None]

class AzurermStorageAccountCustomerManagedKey(TypedDict):
    key_vault_key_id: str
    user_assigned_identity_id: str

class AzurermStorageAccountIdentity(TypedDict):
    identity_ids: NotRequired[Sequence[str] | None]
    type: str

class AzurermStorageAccountImmutabilityPolicy(TypedDict):
    allow_protected_append_writes: bool
    period_since_creation_in_days: float
    state: str

class AzurermStorageAccountNetworkRulesPrivateLinkAccess(TypedDict):
    endpoint_resource_id: str
    endpoint_tenant_id: NotRequired[str | None]

class AzurermStorageAccountNetworkRules(TypedDict):
    bypass: NotRequired[Sequence[str] | None]
    default_action: str
    ip_rules: NotRequired[Sequence[str] | None]
    private_link_access: NotRequired[
        AzurermStorageAccountNetworkRulesPrivateLinkAccess
        | Sequence[AzurermStorageAccountNetworkRulesPrivateLinkAccess]
        | None
    ]
    virtual_network_subnet_ids: NotRequired[Sequence[str] | None]

class AzurermStorageAccountRouting(TypedDict):
    choice: NotRequired[str | None]
    publish_internet_endpoints: NotRequired[bool | None]
    publish_microsoft_endpoints: NotRequired[bool | None]

class AzurermStorageAccountSasPolicy(TypedDict):
    expiration_action: NotRequired[str | None]
    expiration_period: str

class AzurermStorageAccountSharePropertiesCorsRule(TypedDict):
    allowed_headers: Sequence[str]
    allowed_methods: Sequence[str]
    allowed_origins: Sequence[str]
    exposed_headers: Sequence[str]
    max_age_in_seconds: float

class AzurermStorageAccountSharePropertiesRetentionPolicy(TypedDict):
    days: NotRequired[float | None]

class AzurermStorageAccountSharePropertiesSmb(TypedDict):
    authentication_types: NotRequired[Sequence[str] | None]
    channel_encryption_type: NotRequired[Sequence[str] | None]
    kerberos_ticket_encryption_type: NotRequired[Sequence[str] | None]
    multichannel_enabled: NotRequired[bool | None]
    versions: NotRequired[Sequence[str] | None]

class AzurermStorageAccountShareProperties(TypedDict):
    cors_rule: NotRequired[
        AzurermStorageAccountSharePropertiesCorsRule
        | Sequence[AzurermStorageAccountSharePropertiesCorsRule]
        | None
    ]
    retention_policy: NotRequired[
        AzurermStorageAccountSharePropertiesRetentionPolicy
        | Sequence[AzurermStorageAccountSharePropertiesRetentionPolicy]
        | None
    ]
    smb: NotRequired[
        AzurermStorageAccountSharePropertiesSmb
        | Sequence[AzurermStorageAccountSharePropertiesSmb]
        | None
    ]

class AzurermStorageAccountTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermStorageAccount(TypedDict):
    access_tier: NotRequired[str | None]
    account_kind: NotRequired[str | None]
    account_replication_type: str
    account_tier: str
    allow_nested_items_to_be_public: NotRequired[bool | None]
    allowed_copy_scope: NotRequired[str | None]
    azure_files_authentication: NotRequired[
        AzurermStorageAccountAzureFilesAuthentication
        | Sequence[AzurermStorageAccountAzureFilesAuthentication]
        | None
    ]
    blob_properties: NotRequired[
        AzurermStorageAccountBlobProperties | Sequence[AzurermStorageAccountBlobProperties] | None
    ]
    cross_tenant_replication_enabled: NotRequired[bool | None]
    custom_domain: NotRequired[
        AzurermStorageAccountCustomDomain | Sequence[AzurermStorageAccountCustomDomain] | None
    ]
    customer_managed_key: NotRequired[
        AzurermStorageAccountCustomerManagedKey
        | Sequence[AzurermStorageAccountCustomerManagedKey]
        | None
    ]
    default_to_oauth_authentication: NotRequired[bool | None]
    dns_endpoint_type: NotRequired[str | None]
    edge_zone: NotRequired[str | None]
    https_traffic_only_enabled: NotRequired[bool | None]
    id: NotRequired[str | None]
    identity: NotRequired[
        AzurermStorageAccountIdentity | Sequence[AzurermStorageAccountIdentity] | None
    ]
    immutability_policy: NotRequired[
        AzurermStorageAccountImmutabilityPolicy
        | Sequence[AzurermStorageAccountImmutabilityPolicy]
        | None
    ]
    infrastructure_encryption_enabled: NotRequired[bool | None]
    is_hns_enabled: NotRequired[bool | None]
    large_file_share_enabled: NotRequired[bool | None]
    local_user_enabled: NotRequired[bool | None]
    location: str
    min_tls_version: NotRequired[str | None]
    name: str
    network_rules: NotRequired[
        AzurermStorageAccountNetworkRules | Sequence[AzurermStorageAccountNetworkRules] | None
    ]
    nfsv3_enabled: NotRequired[bool | None]
    provisioned_billing_model_version: NotRequired[str | None]
    public_network_access: NotRequired[str | None]
    public_network_access_enabled: NotRequired[bool | None]
    queue_encryption_key_type: NotRequired[str | None]
    resource_group_name: str
    routing: NotRequired[
        AzurermStorageAccountRouting | Sequence[AzurermStorageAccountRouting] | None
    ]
    sas_policy: NotRequired[
        AzurermStorageAccountSasPolicy | Sequence[AzurermStorageAccountSasPolicy] | None
    ]
    sftp_enabled: NotRequired[bool | None]
    share_properties: NotRequired[
        AzurermStorageAccountShareProperties | Sequence[AzurermStorageAccountShareProperties] | None
    ]
    shared_access_key_enabled: NotRequired[bool | None]
    table_encryption_key_type: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermStorageAccountTimeouts | Sequence[AzurermStorageAccountTimeouts] | None
    ]

AzurermStorageAccountBlock = TerraformBlock[
    Literal[
        "access_tier",
        "account_kind",
        "account_replication_type",
        "account_replication_type_migrating_to",
        "account_replication_type_migration_in_progress",
        "account_tier",
        "allow_nested_items_to_be_public",
        "allowed_copy_scope",
        "azure_files_authentication",
        "azure_files_authentication[0].default_share_level_permission",
        "azure_files_authentication[0].directory_type",
        "blob_properties",
        "blob_properties[0].change_feed_enabled",
        "blob_properties[0].change_feed_retention_in_days",
        "blob_properties[0].default_service_version",
        "blob_properties[0].last_access_time_enabled",
        "blob_properties[0].versioning_enabled",
        "cross_tenant_replication_enabled",
        "custom_domain",
        "custom_domain[0].name",
        "custom_domain[0].use_subdomain",
        "customer_managed_key",
        "customer_managed_key[0].key_vault_key_id",
        "customer_managed_key[0].user_assigned_identity_id",
        "default_to_oauth_authentication",
        "dns_endpoint_type",
        "edge_zone",
        "https_traffic_only_enabled",
        "id",
        "identity",
        "identity[0].identity_ids",
        "identity[0].principal_id",
        "identity[0].tenant_id",
        "identity[0].type",
        "immutability_policy",
        "immutability_policy[0].allow_protected_append_writes",
        "immutability_policy[0].period_since_creation_in_days",
        "immutability_policy[0].state",
        "infrastructure_encryption_enabled",
        "is_hns_enabled",
        "large_file_share_enabled",
        "local_user_enabled",
        "location",
        "min_tls_version",
        "name",
        "network_rules",
        "network_rules[0].bypass",
        "network_rules[0].default_action",
        "network_rules[0].ip_rules",
        "network_rules[0].virtual_network_subnet_ids",
        "nfsv3_enabled",
        "primary_access_key",
        "primary_blob_connection_string",
        "primary_blob_endpoint",
        "primary_blob_host",
        "primary_blob_internet_endpoint",
        "primary_blob_internet_host",
        "primary_blob_microsoft_endpoint",
        "primary_blob_microsoft_host",
        "primary_connection_string",
        "primary_dfs_endpoint",
        "primary_dfs_host",
        "primary_dfs_internet_endpoint",
        "primary_dfs_internet_host",
        "primary_dfs_microsoft_endpoint",
        "primary_dfs_microsoft_host",
        "primary_file_endpoint",
        "primary_file_host",
        "primary_file_internet_endpoint",
        "primary_file_internet_host",
        "primary_file_microsoft_endpoint",
        "primary_file_microsoft_host",
        "primary_location",
        "primary_queue_endpoint",
        "primary_queue_host",
        "primary_queue_microsoft_endpoint",
        "primary_queue_microsoft_host",
        "primary_table_endpoint",
        "primary_table_host",
        "primary_table_microsoft_endpoint",
        "primary_table_microsoft_host",
        "primary_web_endpoint",
        "primary_web_host",
        "primary_web_internet_endpoint",
        "primary_web_internet_host",
        "primary_web_microsoft_endpoint",
        "primary_web_microsoft_host",
        "provisioned_billing_model_version",
        "public_network_access",
        "public_network_access_enabled",
        "queue_encryption_key_type",
        "resource_group_name",
        "routing",
        "routing[0].choice",
        "routing[0].publish_internet_endpoints",
        "routing[0].publish_microsoft_endpoints",
        "sas_policy",
        "sas_policy[0].expiration_action",
        "sas_policy[0].expiration_period",
        "secondary_access_key",
        "secondary_blob_connection_string",
        "secondary_blob_endpoint",
        "secondary_blob_host",
        "secondary_blob_internet_endpoint",
        "secondary_blob_internet_host",
        "secondary_blob_microsoft_endpoint",
        "secondary_blob_microsoft_host",
        "secondary_connection_string",
        "secondary_dfs_endpoint",
        "secondary_dfs_host",
        "secondary_dfs_internet_endpoint",
        "secondary_dfs_internet_host",
        "secondary_dfs_microsoft_endpoint",
        "secondary_dfs_microsoft_host",
        "secondary_file_endpoint",
        "secondary_file_host",
        "secondary_file_internet_endpoint",
        "secondary_file_internet_host",
        "secondary_file_microsoft_endpoint",
        "secondary_file_microsoft_host",
        "secondary_location",
        "secondary_queue_endpoint",
        "secondary_queue_host",
        "secondary_queue_microsoft_endpoint",
        "secondary_queue_microsoft_host",
        "secondary_table_endpoint",
        "secondary_table_host",
        "secondary_table_microsoft_endpoint",
        "secondary_table_microsoft_host",
        "secondary_web_endpoint",
        "secondary_web_host",
        "secondary_web_internet_endpoint",
        "secondary_web_internet_host",
        "secondary_web_microsoft_endpoint",
        "secondary_web_microsoft_host",
        "sftp_enabled",
        "share_properties",
        "shared_access_key_enabled",
        "table_encryption_key_type",
        "tags",
        "timeouts",
    ]
]

class AzurermStorageContainerTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermStorageContainer(TypedDict):
    container_access_type: NotRequired[str | None]
    default_encryption_scope: NotRequired[str | None]
    encryption_scope_override_enabled: NotRequired[bool | None]
    id: NotRequired[str | None]
    metadata: NotRequired[Mapping[str, str] | None]
    name: str
    storage_account_id: str
    timeouts: NotRequired[
        AzurermStorageContainerTimeouts | Sequence[AzurermStorageContainerTimeouts] | None
    ]

AzurermStorageContainerBlock = TerraformBlock[
    Literal[
        "container_access_type",
        "default_encryption_scope",
        "encryption_scope_override_enabled",
        "has_immutability_policy",
        "has_legal_hold",
        "id",
        "metadata",
        "name",
        "storage_account_id",
        "timeouts",
        "url",
    ]
]

class AzurermSubnetDelegationServiceDelegation(TypedDict):
    actions: NotRequired[Sequence[str] | None]
    name: str

class AzurermSubnetDelegation(TypedDict):
    name: str
    service_delegation: (
        AzurermSubnetDelegationServiceDelegation
        | Sequence[AzurermSubnetDelegationServiceDelegation]
    )

class AzurermSubnetIpAddressPool(TypedDict):
    id: str
    number_of_ip_addresses: str

class AzurermSubnetServiceEndpoint(TypedDict):
    network_identifier: NotRequired[str | None]
    service: str

class AzurermSubnetTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermSubnet(TypedDict):
    address_prefixes: NotRequired[Sequence[str] | None]
    default_outbound_access_enabled: NotRequired[bool | None]
    delegation: NotRequired[AzurermSubnetDelegation | Sequence[AzurermSubnetDelegation] | None]
    id: NotRequired[str | None]
    ip_address_pool: NotRequired[
        AzurermSubnetIpAddressPool | Sequence[AzurermSubnetIpAddressPool] | None
    ]
    name: str
    network_security_group_id_wo: NotRequired[str | None]
    network_security_group_id_wo_version: NotRequired[float | None]
    private_endpoint_network_policies: NotRequired[str | None]
    private_link_service_network_policies_enabled: NotRequired[bool | None]
    resource_group_name: str
    route_table_id_wo: NotRequired[str | None]
    route_table_id_wo_version: NotRequired[float | None]
    service_endpoint: NotRequired[
        AzurermSubnetServiceEndpoint | Sequence[AzurermSubnetServiceEndpoint] | None
    ]
    service_endpoint_policy_ids: NotRequired[Sequence[str] | None]
    sharing_scope: NotRequired[str | None]
    timeouts: NotRequired[AzurermSubnetTimeouts | Sequence[AzurermSubnetTimeouts] | None]
    virtual_network_name: str

AzurermSubnetBlock = TerraformBlock[
    Literal[
        "address_prefixes",
        "default_outbound_access_enabled",
        "delegation",
        "delegation[0].name",
        "id",
        "ip_address_pool",
        "ip_address_pool[0].allocated_ip_address_prefixes",
        "ip_address_pool[0].id",
        "ip_address_pool[0].number_of_ip_addresses",
        "name",
        "network_security_group_id",
        "network_security_group_id_wo",
        "network_security_group_id_wo_version",
        "private_endpoint_network_policies",
        "private_link_service_network_policies_enabled",
        "resource_group_name",
        "route_table_id",
        "route_table_id_wo",
        "route_table_id_wo_version",
        "service_endpoint",
        "service_endpoint[0].network_identifier",
        "service_endpoint[0].service",
        "service_endpoint_policy_ids",
        "sharing_scope",
        "timeouts",
        "virtual_network_name",
    ]
]

class AzurermUserAssignedIdentityTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermUserAssignedIdentity(TypedDict):
    id: NotRequired[str | None]
    isolation_scope: NotRequired[str | None]
    location: str
    name: str
    resource_group_name: str
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermUserAssignedIdentityTimeouts | Sequence[AzurermUserAssignedIdentityTimeouts] | None
    ]

AzurermUserAssignedIdentityBlock = TerraformBlock[
    Literal[
        "client_id",
        "id",
        "isolation_scope",
        "location",
        "name",
        "principal_id",
        "resource_group_name",
        "tags",
        "tenant_id",
        "timeouts",
    ]
]

class AzurermVirtualNetworkDdosProtectionPlan(TypedDict):
    enable: bool
    id: str

class AzurermVirtualNetworkEncryption(TypedDict):
    enforcement: str

class AzurermVirtualNetworkIpAddressPool(TypedDict):
    id: str
    number_of_ip_addresses: str

class AzurermVirtualNetworkSubnetDelegationServiceDelegation(TypedDict):
    actions: NotRequired[Sequence[str] | None]
    name: NotRequired[str | None]

class AzurermVirtualNetworkSubnetDelegation(TypedDict):
    name: NotRequired[str | None]
    service_delegation: NotRequired[
        AzurermVirtualNetworkSubnetDelegationServiceDelegation
        | Sequence[AzurermVirtualNetworkSubnetDelegationServiceDelegation]
        | None
    ]

class AzurermVirtualNetworkSubnetServiceEndpoint(TypedDict):
    network_identifier: NotRequired[str | None]
    service: NotRequired[str | None]

class AzurermVirtualNetworkSubnet(TypedDict):
    address_prefixes: NotRequired[Sequence[str] | None]
    default_outbound_access_enabled: NotRequired[bool | None]
    delegation: NotRequired[
        AzurermVirtualNetworkSubnetDelegation
        | Sequence[AzurermVirtualNetworkSubnetDelegation]
        | None
    ]
    id: NotRequired[str | None]
    name: NotRequired[str | None]
    private_endpoint_network_policies: NotRequired[str | None]
    private_link_service_network_policies_enabled: NotRequired[bool | None]
    route_table_id: NotRequired[str | None]
    security_group: NotRequired[str | None]
    service_endpoint: NotRequired[
        AzurermVirtualNetworkSubnetServiceEndpoint
        | Sequence[AzurermVirtualNetworkSubnetServiceEndpoint]
        | None
    ]
    service_endpoint_policy_ids: NotRequired[Sequence[str] | None]

class AzurermVirtualNetworkTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class AzurermVirtualNetwork(TypedDict):
    address_space: NotRequired[Sequence[str] | None]
    bgp_community: NotRequired[str | None]
    ddos_protection_plan: NotRequired[
        AzurermVirtualNetworkDdosProtectionPlan
        | Sequence[AzurermVirtualNetworkDdosProtectionPlan]
        | None
    ]
    dns_servers: NotRequired[Sequence[str] | None]
    edge_zone: NotRequired[str | None]
    encryption: NotRequired[
        AzurermVirtualNetworkEncryption | Sequence[AzurermVirtualNetworkEncryption] | None
    ]
    flow_timeout_in_minutes: NotRequired[float | None]
    id: NotRequired[str | None]
    ip_address_pool: NotRequired[
        AzurermVirtualNetworkIpAddressPool | Sequence[AzurermVirtualNetworkIpAddressPool] | None
    ]
    location: str
    name: str
    private_endpoint_vnet_policies: NotRequired[str | None]
    resource_group_name: str
    subnet: NotRequired[AzurermVirtualNetworkSubnet | Sequence[AzurermVirtualNetworkSubnet] | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        AzurermVirtualNetworkTimeouts | Sequence[AzurermVirtualNetworkTimeouts] | None
    ]

AzurermVirtualNetworkBlock = TerraformBlock[
    Literal[
        "address_space",
        "bgp_community",
        "ddos_protection_plan",
        "ddos_protection_plan[0].enable",
        "ddos_protection_plan[0].id",
        "dns_servers",
        "edge_zone",
        "encryption",
        "encryption[0].enforcement",
        "flow_timeout_in_minutes",
        "guid",
        "id",
        "ip_address_pool",
        "ip_address_pool[0].allocated_ip_address_prefixes",
        "ip_address_pool[0].id",
        "ip_address_pool[0].number_of_ip_addresses",
        "location",
        "name",
        "private_endpoint_vnet_policies",
        "resource_group_name",
        "subnet",
        "subnet[0].address_prefixes",
        "subnet[0].default_outbound_access_enabled",
        "subnet[0].id",
        "subnet[0].name",
        "subnet[0].private_endpoint_network_policies",
        "subnet[0].private_link_service_network_policies_enabled",
        "subnet[0].route_table_id",
        "subnet[0].security_group",
        "subnet[0].service_endpoint_policy_ids",
        "tags",
        "timeouts",
    ]
]

class GoogleArtifactRegistryRepositoryIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleArtifactRegistryRepositoryIamMember(TypedDict):
    condition: NotRequired[
        GoogleArtifactRegistryRepositoryIamMemberCondition
        | Sequence[GoogleArtifactRegistryRepositoryIamMemberCondition]
        | None
    ]
    id: NotRequired[str | None]
    location: NotRequired[str | None]
    member: str
    project: NotRequired[str | None]
    repository: str
    role: str

GoogleArtifactRegistryRepositoryIamMemberBlock = TerraformBlock[
    Literal[
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "etag",
        "id",
        "location",
        "member",
        "project",
        "repository",
        "role",
    ]
]

class GoogleBigqueryDatasetIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleBigqueryDatasetIamMember(TypedDict):
    condition: NotRequired[
        GoogleBigqueryDatasetIamMemberCondition
        | Sequence[GoogleBigqueryDatasetIamMemberCondition]
        | None
    ]
    dataset_id: str
    id: NotRequired[str | None]
    member: str
    project: NotRequired[str | None]
    role: str

GoogleBigqueryDatasetIamMemberBlock = TerraformBlock[
    Literal[
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "dataset_id",
        "etag",
        "id",
        "member",
        "project",
        "role",
    ]
]

class GoogleCloudSchedulerJobAppEngineHttpTargetAppEngineRouting(TypedDict):
    instance: NotRequired[str | None]
    service: NotRequired[str | None]
    version: NotRequired[str | None]

class GoogleCloudSchedulerJobAppEngineHttpTarget(TypedDict):
    app_engine_routing: NotRequired[
        GoogleCloudSchedulerJobAppEngineHttpTargetAppEngineRouting
        | Sequence[GoogleCloudSchedulerJobAppEngineHttpTargetAppEngineRouting]
        | None
    ]
    body: NotRequired[str | None]
    headers: NotRequired[Mapping[str, str] | None]
    http_method: NotRequired[str | None]
    relative_uri: str

class GoogleCloudSchedulerJobHttpTargetOauthToken(TypedDict):
    scope: NotRequired[str | None]
    service_account_email: str

class GoogleCloudSchedulerJobHttpTargetOidcToken(TypedDict):
    audience: NotRequired[str | None]
    service_account_email: str

class GoogleCloudSchedulerJobHttpTarget(TypedDict):
    body: NotRequired[str | None]
    headers: NotRequired[Mapping[str, str] | None]
    http_method: NotRequired[str | None]
    oauth_token: NotRequired[
        GoogleCloudSchedulerJobHttpTargetOauthToken
        | Sequence[GoogleCloudSchedulerJobHttpTargetOauthToken]
        | None
    ]
    oidc_token: NotRequired[
        GoogleCloudSchedulerJobHttpTargetOidcToken
        | Sequence[GoogleCloudSchedulerJobHttpTargetOidcToken]
        | None
    ]
    uri: str

class GoogleCloudSchedulerJobPubsubTarget(TypedDict):
    attributes: NotRequired[Mapping[str, str] | None]
    data: NotRequired[str | None]
    topic_name: str

class GoogleCloudSchedulerJobRetryConfig(TypedDict):
    max_backoff_duration: NotRequired[str | None]
    max_doublings: NotRequired[float | None]
    max_retry_duration: NotRequired[str | None]
    min_backoff_duration: NotRequired[str | None]
    retry_count: NotRequired[float | None]

class GoogleCloudSchedulerJobTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleCloudSchedulerJob(TypedDict):
    app_engine_http_target: NotRequired[
        GoogleCloudSchedulerJobAppEngineHttpTarget
        | Sequence[GoogleCloudSchedulerJobAppEngineHttpTarget]
        | None
    ]
    attempt_deadline: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    http_target: NotRequired[
        GoogleCloudSchedulerJobHttpTarget | Sequence[GoogleCloudSchedulerJobHttpTarget] | None
    ]
    id: NotRequired[str | None]
    name: str
    paused: NotRequired[bool | None]
    project: NotRequired[str | None]
    pubsub_target: NotRequired[
        GoogleCloudSchedulerJobPubsubTarget | Sequence[GoogleCloudSchedulerJobPubsubTarget] | None
    ]
    region: NotRequired[str | None]
    retry_config: NotRequired[
        GoogleCloudSchedulerJobRetryConfig | Sequence[GoogleCloudSchedulerJobRetryConfig] | None
    ]
    schedule: NotRequired[str | None]
    time_zone: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleCloudSchedulerJobTimeouts | Sequence[GoogleCloudSchedulerJobTimeouts] | None
    ]

GoogleCloudSchedulerJobBlock = TerraformBlock[
    Literal[
        "app_engine_http_target",
        "app_engine_http_target[0].body",
        "app_engine_http_target[0].headers",
        "app_engine_http_target[0].http_method",
        "app_engine_http_target[0].relative_uri",
        "attempt_deadline",
        "deletion_policy",
        "description",
        "http_target",
        "http_target[0].body",
        "http_target[0].headers",
        "http_target[0].http_method",
        "http_target[0].uri",
        "id",
        "name",
        "paused",
        "project",
        "pubsub_target",
        "pubsub_target[0].attributes",
        "pubsub_target[0].data",
        "pubsub_target[0].topic_name",
        "region",
        "retry_config",
        "retry_config[0].max_backoff_duration",
        "retry_config[0].max_doublings",
        "retry_config[0].max_retry_duration",
        "retry_config[0].min_backoff_duration",
        "retry_config[0].retry_count",
        "schedule",
        "state",
        "time_zone",
        "timeouts",
    ]
]

class GoogleComputeGlobalAddressTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleComputeGlobalAddress(TypedDict):
    address: NotRequired[str | None]
    address_type: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    id: NotRequired[str | None]
    ip_version: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    name: str
    network: NotRequired[str | None]
    prefix_length: NotRequired[float | None]
    project: NotRequired[str | None]
    purpose: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleComputeGlobalAddressTimeouts | Sequence[GoogleComputeGlobalAddressTimeouts] | None
    ]

GoogleComputeGlobalAddressBlock = TerraformBlock[
    Literal[
        "address",
        "address_type",
        "creation_timestamp",
        "deletion_policy",
        "description",
        "effective_labels",
        "id",
        "ip_version",
        "label_fingerprint",
        "labels",
        "name",
        "network",
        "prefix_length",
        "project",
        "purpose",
        "self_link",
        "terraform_labels",
        "timeouts",
    ]
]

class GoogleComputeNetworkParams(TypedDict):
    resource_manager_tags: NotRequired[Mapping[str, str] | None]

class GoogleComputeNetworkTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleComputeNetwork(TypedDict):
    auto_create_subnetworks: NotRequired[bool | None]
    bgp_always_compare_med: NotRequired[bool | None]
    bgp_best_path_selection_mode: NotRequired[str | None]
    bgp_inter_region_cost: NotRequired[str | None]
    delete_bgp_always_compare_med: NotRequired[bool | None]
    delete_default_routes_on_create: NotRequired[bool | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    enable_ula_internal_ipv6: NotRequired[bool | None]
    id: NotRequired[str | None]
    internal_ipv6_range: NotRequired[str | None]
    mtu: NotRequired[float | None]
    name: str
    network_firewall_policy_enforcement_order: NotRequired[str | None]
    network_profile: NotRequired[str | None]
    params: NotRequired[GoogleComputeNetworkParams | Sequence[GoogleComputeNetworkParams] | None]
    project: NotRequired[str | None]
    routing_mode: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleComputeNetworkTimeouts | Sequence[GoogleComputeNetworkTimeouts] | None
    ]

GoogleComputeNetworkBlock = TerraformBlock[
    Literal[
        "auto_create_subnetworks",
        "bgp_always_compare_med",
        "bgp_best_path_selection_mode",
        "bgp_inter_region_cost",
        "delete_bgp_always_compare_med",
        "delete_default_routes_on_create",
        "deletion_policy",
        "description",
        "enable_ula_internal_ipv6",
        "gateway_ipv4",
        "id",
        "internal_ipv6_range",
        "mtu",
        "name",
        "network_firewall_policy_enforcement_order",
        "network_id",
        "network_profile",
        "numeric_id",
        "params",
        "params[0].resource_manager_tags",
        "project",
        "routing_mode",
        "self_link",
        "timeouts",
    ]
]

class GoogleComputeRouterBgpAdvertisedIpRanges(TypedDict):
    description: NotRequired[str | None]
    range: str

class GoogleComputeRouterBgp(TypedDict):
    advertise_mode: NotRequired[str | None]
    advertised_groups: NotRequired[Sequence[str] | None]
    advertised_ip_ranges: NotRequired[
        GoogleComputeRouterBgpAdvertisedIpRanges
        | Sequence[GoogleComputeRouterBgpAdvertisedIpRanges]
        | None
    ]
    asn: float
    identifier_range: NotRequired[str | None]
    keepalive_interval: NotRequired[float | None]

class GoogleComputeRouterMd5AuthenticationKeys(TypedDict):
    key: str
    name: str

class GoogleComputeRouterParams(TypedDict):
    resource_manager_tags: NotRequired[Mapping[str, str] | None]

class GoogleComputeRouterTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleComputeRouter(TypedDict):
    bgp: NotRequired[GoogleComputeRouterBgp | Sequence[GoogleComputeRouterBgp] | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    encrypted_interconnect_router: NotRequired[bool | None]
    id: NotRequired[str | None]
    md5_authentication_keys: NotRequired[
        GoogleComputeRouterMd5AuthenticationKeys
        | Sequence[GoogleComputeRouterMd5AuthenticationKeys]
        | None
    ]
    name: str
    ncc_gateway: NotRequired[str | None]
    network: NotRequired[str | None]
    params: NotRequired[GoogleComputeRouterParams | Sequence[GoogleComputeRouterParams] | None]
    project: NotRequired[str | None]
    region: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleComputeRouterTimeouts | Sequence[GoogleComputeRouterTimeouts] | None
    ]

GoogleComputeRouterBlock = TerraformBlock[
    Literal[
        "bgp",
        "bgp[0].advertise_mode",
        "bgp[0].advertised_groups",
        "bgp[0].asn",
        "bgp[0].identifier_range",
        "bgp[0].keepalive_interval",
        "creation_timestamp",
        "deletion_policy",
        "description",
        "encrypted_interconnect_router",
        "id",
        "md5_authentication_keys",
        "md5_authentication_keys[0].key",
        "md5_authentication_keys[0].name",
        "name",
        "ncc_gateway",
        "network",
        "params",
        "params[0].resource_manager_tags",
        "project",
        "region",
        "self_link",
        "timeouts",
    ]
]

class GoogleComputeRouterNatLogConfig(TypedDict):
    enable: bool
    filter: str

class GoogleComputeRouterNatNat64Subnetwork(TypedDict):
    name: str

class GoogleComputeRouterNatRulesAction(TypedDict):
    source_nat_active_ips: NotRequired[Sequence[str] | None]
    source_nat_active_ranges: NotRequired[Sequence[str] | None]
    source_nat_drain_ips: NotRequired[Sequence[str] | None]
    source_nat_drain_ranges: NotRequired[Sequence[str] | None]

class GoogleComputeRouterNatRules(TypedDict):
    action: NotRequired[
        GoogleComputeRouterNatRulesAction | Sequence[GoogleComputeRouterNatRulesAction] | None
    ]
    description: NotRequired[str | None]
    match: str
    rule_number: float

class GoogleComputeRouterNatSubnetwork(TypedDict):
    name: str
    secondary_ip_range_names: NotRequired[Sequence[str] | None]
    source_ip_ranges_to_nat: Sequence[str]

class GoogleComputeRouterNatTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleComputeRouterNat(TypedDict):
    auto_network_tier: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    drain_nat_ips: NotRequired[Sequence[str] | None]
    enable_dynamic_port_allocation: NotRequired[bool | None]
    enable_endpoint_independent_mapping: NotRequired[bool | None]
    endpoint_types: NotRequired[Sequence[str] | None]
    icmp_idle_timeout_sec: NotRequired[float | None]
    id: NotRequired[str | None]
    initial_nat_ips: NotRequired[Sequence[str] | None]
    log_config: NotRequired[
        GoogleComputeRouterNatLogConfig | Sequence[GoogleComputeRouterNatLogConfig] | None
    ]
    max_ports_per_vm: NotRequired[float | None]
    min_ports_per_vm: NotRequired[float | None]
    name: str
    nat64_subnetwork: NotRequired[
        GoogleComputeRouterNatNat64Subnetwork
        | Sequence[GoogleComputeRouterNatNat64Subnetwork]
        | None
    ]
    nat_ip_allocate_option: NotRequired[str | None]
    nat_ips: NotRequired[Sequence[str] | None]
    project: NotRequired[str | None]
    region: NotRequired[str | None]
    router: str
    rules: NotRequired[GoogleComputeRouterNatRules | Sequence[GoogleComputeRouterNatRules] | None]
    source_subnetwork_ip_ranges_to_nat: str
    source_subnetwork_ip_ranges_to_nat64: NotRequired[str | None]
    subnetwork: NotRequired[
        GoogleComputeRouterNatSubnetwork | Sequence[GoogleComputeRouterNatSubnetwork] | None
    ]
    tcp_established_idle_timeout_sec: NotRequired[float | None]
    tcp_time_wait_timeout_sec: NotRequired[float | None]
    tcp_transitory_idle_timeout_sec: NotRequired[float | None]
    timeouts: NotRequired[
        GoogleComputeRouterNatTimeouts | Sequence[GoogleComputeRouterNatTimeouts] | None
    ]
    type: NotRequired[str | None]
    udp_idle_timeout_sec: NotRequired[float | None]

GoogleComputeRouterNatBlock = TerraformBlock[
    Literal[
        "auto_network_tier",
        "deletion_policy",
        "drain_nat_ips",
        "enable_dynamic_port_allocation",
        "enable_endpoint_independent_mapping",
        "endpoint_types",
        "icmp_idle_timeout_sec",
        "id",
        "initial_nat_ips",
        "log_config",
        "log_config[0].enable",
        "log_config[0].filter",
        "max_ports_per_vm",
        "min_ports_per_vm",
        "name",
        "nat64_subnetwork",
        "nat64_subnetwork[0].name",
        "nat_ip_allocate_option",
        "nat_ips",
        "project",
        "region",
        "router",
        "rules",
        "rules[0].description",
        "rules[0].match",
        "rules[0].rule_number",
        "source_subnetwork_ip_ranges_to_nat",
        "source_subnetwork_ip_ranges_to_nat64",
        "subnetwork",
        "subnetwork[0].name",
        "subnetwork[0].secondary_ip_range_names",
        "subnetwork[0].source_ip_ranges_to_nat",
        "tcp_established_idle_timeout_sec",
        "tcp_time_wait_timeout_sec",
        "tcp_transitory_idle_timeout_sec",
        "timeouts",
        "type",
        "udp_idle_timeout_sec",
    ]
]

class GoogleComputeSubnetworkLogConfig(TypedDict):
    aggregation_interval: NotRequired[str | None]
    filter_expr: NotRequired[str | None]
    flow_sampling: NotRequired[float | None]
    metadata: NotRequired[str | None]
    metadata_fields: NotRequired[Sequence[str] | None]

class GoogleComputeSubnetworkParams(TypedDict):
    resource_manager_tags: NotRequired[Mapping[str, str] | None]

class GoogleComputeSubnetworkSecondaryIpRange(TypedDict):
    ip_cidr_range: NotRequired[str | None]
    range_name: str
    reserved_internal_range: NotRequired[str | None]

class GoogleComputeSubnetworkTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleComputeSubnetwork(TypedDict):
    allow_subnet_cidr_routes_overlap: NotRequired[bool | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    external_ipv6_prefix: NotRequired[str | None]
    id: NotRequired[str | None]
    internal_ipv6_prefix: NotRequired[str | None]
    ip_cidr_range: NotRequired[str | None]
    ip_collection: NotRequired[str | None]
    ipv6_access_type: NotRequired[str | None]
    log_config: NotRequired[
        GoogleComputeSubnetworkLogConfig | Sequence[GoogleComputeSubnetworkLogConfig] | None
    ]
    name: str
    network: str
    params: NotRequired[
        GoogleComputeSubnetworkParams | Sequence[GoogleComputeSubnetworkParams] | None
    ]
    private_ip_google_access: NotRequired[bool | None]
    private_ipv6_google_access: NotRequired[str | None]
    project: NotRequired[str | None]
    purpose: NotRequired[str | None]
    region: NotRequired[str | None]
    reserved_internal_range: NotRequired[str | None]
    resolve_subnet_mask: NotRequired[str | None]
    role: NotRequired[str | None]
    secondary_ip_range: NotRequired[
        GoogleComputeSubnetworkSecondaryIpRange
        | Sequence[GoogleComputeSubnetworkSecondaryIpRange]
        | None
    ]
    send_secondary_ip_range_if_empty: NotRequired[bool | None]
    stack_type: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleComputeSubnetworkTimeouts | Sequence[GoogleComputeSubnetworkTimeouts] | None
    ]

GoogleComputeSubnetworkBlock = TerraformBlock[
    Literal[
        "allow_subnet_cidr_routes_overlap",
        "creation_timestamp",
        "deletion_policy",
        "description",
        "external_ipv6_prefix",
        "fingerprint",
        "gateway_address",
        "id",
        "internal_ipv6_prefix",
        "ip_cidr_range",
        "ip_collection",
        "ipv6_access_type",
        "ipv6_cidr_range",
        "ipv6_gce_endpoint",
        "log_config",
        "log_config[0].aggregation_interval",
        "log_config[0].filter_expr",
        "log_config[0].flow_sampling",
        "log_config[0].metadata",
        "log_config[0].metadata_fields",
        "name",
        "network",
        "params",
        "params[0].resource_manager_tags",
        "private_ip_google_access",
        "private_ipv6_google_access",
        "project",
        "purpose",
        "region",
        "reserved_internal_range",
        "resolve_subnet_mask",
        "role",
        "secondary_ip_range",
        "secondary_ip_range[0].ip_cidr_range",
        "secondary_ip_range[0].range_name",
        "secondary_ip_range[0].reserved_internal_range",
        "self_link",
        "send_secondary_ip_range_if_empty",
        "stack_type",
        "state",
        "subnetwork_id",
        "timeouts",
    ]
]

class GoogleDnsManagedZoneCloudLoggingConfig(TypedDict):
    enable_logging: bool

class GoogleDnsManagedZoneDnssecConfigDefaultKeySpecs(TypedDict):
    algorithm: NotRequired[str | None]
    key_length: NotRequired[float | None]
    key_type: NotRequired[str | None]
    kind: NotRequired[str | None]

class GoogleDnsManagedZoneDnssecConfig(TypedDict):
    default_key_specs: NotRequired[
        GoogleDnsManagedZoneDnssecConfigDefaultKeySpecs
        | Sequence[GoogleDnsManagedZoneDnssecConfigDefaultKeySpecs]
        | None
    ]
    kind: NotRequired[str | None]
    non_existence: NotRequired[str | None]
    state: NotRequired[str | None]

class GoogleDnsManagedZoneForwardingConfigTargetNameServers(TypedDict):
    domain_name: NotRequired[str | None]
    forwarding_path: NotRequired[str | None]
    ipv4_address: NotRequired[str | None]
    ipv6_address: NotRequired[str | None]

class GoogleDnsManagedZoneForwardingConfig(TypedDict):
    target_name_servers: (
        GoogleDnsManagedZoneForwardingConfigTargetNameServers
        | Sequence[GoogleDnsManagedZoneForwardingConfigTargetNameServers]
    )

class GoogleDnsManagedZonePeeringConfigTargetNetwork(TypedDict):
    network_url: str

class GoogleDnsManagedZonePeeringConfig(TypedDict):
    target_network: (
        GoogleDnsManagedZonePeeringConfigTargetNetwork
        | Sequence[GoogleDnsManagedZonePeeringConfigTargetNetwork]
    )

class GoogleDnsManagedZonePrivateVisibilityConfigGkeClusters(TypedDict):
    gke_cluster_name: str

class GoogleDnsManagedZonePrivateVisibilityConfigNetworks(TypedDict):
    network_url: str

class GoogleDnsManagedZonePrivateVisibilityConfig(TypedDict):
    gke_clusters: NotRequired[
        GoogleDnsManagedZonePrivateVisibilityConfigGkeClusters
        | Sequence[GoogleDnsManagedZonePrivateVisibilityConfigGkeClusters]
        | None
    ]
    networks: NotRequired[
        GoogleDnsManagedZonePrivateVisibilityConfigNetworks
        | Sequence[GoogleDnsManagedZonePrivateVisibilityConfigNetworks]
        | None
    ]

class GoogleDnsManagedZoneTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleDnsManagedZone(TypedDict):
    cloud_logging_config: NotRequired[
        GoogleDnsManagedZoneCloudLoggingConfig
        | Sequence[GoogleDnsManagedZoneCloudLoggingConfig]
        | None
    ]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    dns_name: str
    dnssec_config: NotRequired[
        GoogleDnsManagedZoneDnssecConfig | Sequence[GoogleDnsManagedZoneDnssecConfig] | None
    ]
    force_destroy: NotRequired[bool | None]
    forwarding_config: NotRequired[
        GoogleDnsManagedZoneForwardingConfig | Sequence[GoogleDnsManagedZoneForwardingConfig] | None
    ]
    id: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    name: str
    peering_config: NotRequired[
        GoogleDnsManagedZonePeeringConfig | Sequence[GoogleDnsManagedZonePeeringConfig] | None
    ]
    private_visibility_config: NotRequired[
        GoogleDnsManagedZonePrivateVisibilityConfig
        | Sequence[GoogleDnsManagedZonePrivateVisibilityConfig]
        | None
    ]
    project: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleDnsManagedZoneTimeouts | Sequence[GoogleDnsManagedZoneTimeouts] | None
    ]
    visibility: NotRequired[str | None]

GoogleDnsManagedZoneBlock = TerraformBlock[
    Literal[
        "cloud_logging_config",
        "cloud_logging_config[0].enable_logging",
        "creation_time",
        "deletion_policy",
        "description",
        "dns_name",
        "dnssec_config",
        "dnssec_config[0].kind",
        "dnssec_config[0].non_existence",
        "dnssec_config[0].state",
        "effective_labels",
        "force_destroy",
        "forwarding_config",
        "id",
        "labels",
        "managed_zone_id",
        "name",
        "name_servers",
        "peering_config",
        "private_visibility_config",
        "project",
        "terraform_labels",
        "timeouts",
        "visibility",
    ]
]

class GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargetsInternalLoadBalancers(TypedDict):
    ip_address: str
    ip_protocol: str
    load_balancer_type: NotRequired[str | None]
    network_url: str
    port: str
    project: str
    region: NotRequired[str | None]

class GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargets(TypedDict):
    external_endpoints: NotRequired[Sequence[str] | None]
    internal_load_balancers: NotRequired[
        GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargetsInternalLoadBalancers
        | Sequence[GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargetsInternalLoadBalancers]
        | None
    ]

class GoogleDnsRecordSetRoutingPolicyGeo(TypedDict):
    health_checked_targets: NotRequired[
        GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargets
        | Sequence[GoogleDnsRecordSetRoutingPolicyGeoHealthCheckedTargets]
        | None
    ]
    location: str
    rrdatas: NotRequired[Sequence[str] | None]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargetsInternalLoadBalancers(
    TypedDict
):
    ip_address: str
    ip_protocol: str
    load_balancer_type: NotRequired[str | None]
    network_url: str
    port: str
    project: str
    region: NotRequired[str | None]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargets(TypedDict):
    external_endpoints: NotRequired[Sequence[str] | None]
    internal_load_balancers: NotRequired[
        GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargetsInternalLoadBalancers
        | Sequence[
            GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargetsInternalLoadBalancers
        ]
        | None
    ]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeo(TypedDict):
    health_checked_targets: NotRequired[
        GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargets
        | Sequence[GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeoHealthCheckedTargets]
        | None
    ]
    location: str
    rrdatas: NotRequired[Sequence[str] | None]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimaryInternalLoadBalancers(TypedDict):
    ip_address: str
    ip_protocol: str
    load_balancer_type: NotRequired[str | None]
    network_url: str
    port: str
    project: str
    region: NotRequired[str | None]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimary(TypedDict):
    external_endpoints: NotRequired[Sequence[str] | None]
    internal_load_balancers: NotRequired[
        GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimaryInternalLoadBalancers
        | Sequence[GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimaryInternalLoadBalancers]
        | None
    ]

class GoogleDnsRecordSetRoutingPolicyPrimaryBackup(TypedDict):
    backup_geo: (
        GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeo
        | Sequence[GoogleDnsRecordSetRoutingPolicyPrimaryBackupBackupGeo]
    )
    enable_geo_fencing_for_backups: NotRequired[bool | None]
    primary: (
        GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimary
        | Sequence[GoogleDnsRecordSetRoutingPolicyPrimaryBackupPrimary]
    )
    trickle_ratio: NotRequired[float | None]

class GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargetsInternalLoadBalancers(TypedDict):
    ip_address: str
    ip_protocol: str
    load_balancer_type: NotRequired[str | None]
    network_url: str
    port: str
    project: str
    region: NotRequired[str | None]

class GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargets(TypedDict):
    external_endpoints: NotRequired[Sequence[str] | None]
    internal_load_balancers: NotRequired[
        GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargetsInternalLoadBalancers
        | Sequence[GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargetsInternalLoadBalancers]
        | None
    ]

class GoogleDnsRecordSetRoutingPolicyWrr(TypedDict):
    health_checked_targets: NotRequired[
        GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargets
        | Sequence[GoogleDnsRecordSetRoutingPolicyWrrHealthCheckedTargets]
        | None
    ]
    rrdatas: NotRequired[Sequence[str] | None]
    weight: float

class GoogleDnsRecordSetRoutingPolicy(TypedDict):
    enable_geo_fencing: NotRequired[bool | None]
    geo: NotRequired[
        GoogleDnsRecordSetRoutingPolicyGeo | Sequence[GoogleDnsRecordSetRoutingPolicyGeo] | None
    ]
    health_check: NotRequired[str | None]
    primary_backup: NotRequired[
        GoogleDnsRecordSetRoutingPolicyPrimaryBackup
        | Sequence[GoogleDnsRecordSetRoutingPolicyPrimaryBackup]
        | None
    ]
    wrr: NotRequired[
        GoogleDnsRecordSetRoutingPolicyWrr | Sequence[GoogleDnsRecordSetRoutingPolicyWrr] | None
    ]

class GoogleDnsRecordSet(TypedDict):
    deletion_policy: NotRequired[str | None]
    id: NotRequired[str | None]
    managed_zone: str
    name: str
    project: NotRequired[str | None]
    routing_policy: NotRequired[
        GoogleDnsRecordSetRoutingPolicy | Sequence[GoogleDnsRecordSetRoutingPolicy] | None
    ]
    rrdatas: NotRequired[Sequence[str] | None]
    ttl: NotRequired[float | None]
    type: str

GoogleDnsRecordSetBlock = TerraformBlock[
    Literal[
        "deletion_policy",
        "id",
        "managed_zone",
        "name",
        "project",
        "routing_policy",
        "routing_policy[0].enable_geo_fencing",
        "routing_policy[0].health_check",
        "rrdatas",
        "ttl",
        "type",
    ]
]

class GoogleIamWorkloadIdentityPoolAttestationRules(TypedDict):
    google_cloud_resource: str

class GoogleIamWorkloadIdentityPoolInlineCertificateIssuanceConfig(TypedDict):
    ca_pools: NotRequired[Mapping[str, str] | None]
    key_algorithm: NotRequired[str | None]
    lifetime: NotRequired[str | None]
    rotation_window_percentage: NotRequired[float | None]
    use_default_shared_ca: NotRequired[bool | None]

class GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundlesTrustAnchors(TypedDict):
    pem_certificate: str

class GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundles(TypedDict):
    trust_anchors: (
        GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundlesTrustAnchors
        | Sequence[GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundlesTrustAnchors]
    )
    trust_default_shared_ca: NotRequired[bool | None]
    trust_domain: str

class GoogleIamWorkloadIdentityPoolInlineTrustConfig(TypedDict):
    additional_trust_bundles: NotRequired[
        GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundles
        | Sequence[GoogleIamWorkloadIdentityPoolInlineTrustConfigAdditionalTrustBundles]
        | None
    ]

class GoogleIamWorkloadIdentityPoolTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleIamWorkloadIdentityPool(TypedDict):
    attestation_rules: NotRequired[
        GoogleIamWorkloadIdentityPoolAttestationRules
        | Sequence[GoogleIamWorkloadIdentityPoolAttestationRules]
        | None
    ]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    disabled: NotRequired[bool | None]
    display_name: NotRequired[str | None]
    id: NotRequired[str | None]
    inline_certificate_issuance_config: NotRequired[
        GoogleIamWorkloadIdentityPoolInlineCertificateIssuanceConfig
        | Sequence[GoogleIamWorkloadIdentityPoolInlineCertificateIssuanceConfig]
        | None
    ]
    inline_trust_config: NotRequired[
        GoogleIamWorkloadIdentityPoolInlineTrustConfig
        | Sequence[GoogleIamWorkloadIdentityPoolInlineTrustConfig]
        | None
    ]
    mode: NotRequired[str | None]
    project: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleIamWorkloadIdentityPoolTimeouts
        | Sequence[GoogleIamWorkloadIdentityPoolTimeouts]
        | None
    ]
    workload_identity_pool_id: str

GoogleIamWorkloadIdentityPoolBlock = TerraformBlock[
    Literal[
        "attestation_rules",
        "attestation_rules[0].google_cloud_resource",
        "deletion_policy",
        "description",
        "disabled",
        "display_name",
        "id",
        "inline_certificate_issuance_config",
        "inline_certificate_issuance_config[0].ca_pools",
        "inline_certificate_issuance_config[0].key_algorithm",
        "inline_certificate_issuance_config[0].lifetime",
        "inline_certificate_issuance_config[0].rotation_window_percentage",
        "inline_certificate_issuance_config[0].use_default_shared_ca",
        "inline_trust_config",
        "mode",
        "name",
        "project",
        "state",
        "timeouts",
        "workload_identity_pool_id",
    ]
]

class GoogleIamWorkloadIdentityPoolProviderAws(TypedDict):
    account_id: str

class GoogleIamWorkloadIdentityPoolProviderOidc(TypedDict):
    allowed_audiences: NotRequired[Sequence[str] | None]
    issuer_uri: str
    jwks_json: NotRequired[str | None]

class GoogleIamWorkloadIdentityPoolProviderSaml(TypedDict):
    idp_metadata_xml: str

class GoogleIamWorkloadIdentityPoolProviderTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleIamWorkloadIdentityPoolProviderX509TrustStoreIntermediateCas(TypedDict):
    pem_certificate: NotRequired[str | None]

class GoogleIamWorkloadIdentityPoolProviderX509TrustStoreTrustAnchors(TypedDict):
    pem_certificate: NotRequired[str | None]

class GoogleIamWorkloadIdentityPoolProviderX509TrustStore(TypedDict):
    intermediate_cas: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderX509TrustStoreIntermediateCas
        | Sequence[GoogleIamWorkloadIdentityPoolProviderX509TrustStoreIntermediateCas]
        | None
    ]
    trust_anchors: (
        GoogleIamWorkloadIdentityPoolProviderX509TrustStoreTrustAnchors
        | Sequence[GoogleIamWorkloadIdentityPoolProviderX509TrustStoreTrustAnchors]
    )

class GoogleIamWorkloadIdentityPoolProviderX509(TypedDict):
    trust_store: (
        GoogleIamWorkloadIdentityPoolProviderX509TrustStore
        | Sequence[GoogleIamWorkloadIdentityPoolProviderX509TrustStore]
    )

class GoogleIamWorkloadIdentityPoolProvider(TypedDict):
    attribute_condition: NotRequired[str | None]
    attribute_mapping: NotRequired[Mapping[str, str] | None]
    aws: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderAws
        | Sequence[GoogleIamWorkloadIdentityPoolProviderAws]
        | None
    ]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    disabled: NotRequired[bool | None]
    display_name: NotRequired[str | None]
    id: NotRequired[str | None]
    oidc: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderOidc
        | Sequence[GoogleIamWorkloadIdentityPoolProviderOidc]
        | None
    ]
    project: NotRequired[str | None]
    saml: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderSaml
        | Sequence[GoogleIamWorkloadIdentityPoolProviderSaml]
        | None
    ]
    timeouts: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderTimeouts
        | Sequence[GoogleIamWorkloadIdentityPoolProviderTimeouts]
        | None
    ]
    workload_identity_pool_id: str
    workload_identity_pool_provider_id: str
    x509: NotRequired[
        GoogleIamWorkloadIdentityPoolProviderX509
        | Sequence[GoogleIamWorkloadIdentityPoolProviderX509]
        | None
    ]

GoogleIamWorkloadIdentityPoolProviderBlock = TerraformBlock[
    Literal[
        "attribute_condition",
        "attribute_mapping",
        "aws",
        "aws[0].account_id",
        "deletion_policy",
        "description",
        "disabled",
        "display_name",
        "id",
        "name",
        "oidc",
        "oidc[0].allowed_audiences",
        "oidc[0].issuer_uri",
        "oidc[0].jwks_json",
        "project",
        "saml",
        "saml[0].idp_metadata_xml",
        "state",
        "timeouts",
        "workload_identity_pool_id",
        "workload_identity_pool_provider_id",
        "x509",
    ]
]

class GoogleKmsCryptoKeyTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleKmsCryptoKeyVersionTemplate(TypedDict):
    algorithm: str
    protection_level: NotRequired[str | None]

class GoogleKmsCryptoKey(TypedDict):
    crypto_key_backend: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    destroy_scheduled_duration: NotRequired[str | None]
    id: NotRequired[str | None]
    import_only: NotRequired[bool | None]
    key_ring: str
    labels: NotRequired[Mapping[str, str] | None]
    name: str
    purpose: NotRequired[str | None]
    rotation_period: NotRequired[str | None]
    skip_initial_version_creation: NotRequired[bool | None]
    timeouts: NotRequired[GoogleKmsCryptoKeyTimeouts | Sequence[GoogleKmsCryptoKeyTimeouts] | None]
    version_template: NotRequired[
        GoogleKmsCryptoKeyVersionTemplate | Sequence[GoogleKmsCryptoKeyVersionTemplate] | None
    ]

GoogleKmsCryptoKeyBlock = TerraformBlock[
    Literal[
        "crypto_key_backend",
        "deletion_policy",
        "destroy_scheduled_duration",
        "effective_labels",
        "id",
        "import_only",
        "key_ring",
        "labels",
        "name",
        "primary",
        "primary[0].name",
        "primary[0].state",
        "purpose",
        "rotation_period",
        "skip_initial_version_creation",
        "terraform_labels",
        "timeouts",
        "version_template",
        "version_template[0].algorithm",
        "version_template[0].protection_level",
    ]
]

class GoogleKmsCryptoKeyIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleKmsCryptoKeyIamMember(TypedDict):
    condition: NotRequired[
        GoogleKmsCryptoKeyIamMemberCondition | Sequence[GoogleKmsCryptoKeyIamMemberCondition] | None
    ]
    crypto_key_id: str
    id: NotRequired[str | None]
    member: str
    role: str

GoogleKmsCryptoKeyIamMemberBlock = TerraformBlock[
    Literal[
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "crypto_key_id",
        "etag",
        "id",
        "member",
        "role",
    ]
]

class GoogleKmsKeyRingTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]

class GoogleKmsKeyRing(TypedDict):
    id: NotRequired[str | None]
    location: str
    name: str
    project: NotRequired[str | None]
    timeouts: NotRequired[GoogleKmsKeyRingTimeouts | Sequence[GoogleKmsKeyRingTimeouts] | None]

GoogleKmsKeyRingBlock = TerraformBlock[Literal["id", "location", "name", "project", "timeouts"]]

class GoogleMonitoringAlertPolicyAlertStrategyNotificationChannelStrategy(TypedDict):
    notification_channel_names: NotRequired[Sequence[str] | None]
    renotify_interval: NotRequired[str | None]

class GoogleMonitoringAlertPolicyAlertStrategyNotificationRateLimit(TypedDict):
    period: NotRequired[str | None]

class GoogleMonitoringAlertPolicyAlertStrategy(TypedDict):
    auto_close: NotRequired[str | None]
    notification_channel_strategy: NotRequired[
        GoogleMonitoringAlertPolicyAlertStrategyNotificationChannelStrategy
        | Sequence[GoogleMonitoringAlertPolicyAlertStrategyNotificationChannelStrategy]
        | None
    ]
    notification_prompts: NotRequired[Sequence[str] | None]
    notification_rate_limit: NotRequired[
        GoogleMonitoringAlertPolicyAlertStrategyNotificationRateLimit
        | Sequence[GoogleMonitoringAlertPolicyAlertStrategyNotificationRateLimit]
        | None
    ]

class GoogleMonitoringAlertPolicyConditionsConditionAbsentAggregations(TypedDict):
    alignment_period: NotRequired[str | None]
    cross_series_reducer: NotRequired[str | None]
    group_by_fields: NotRequired[Sequence[str] | None]
    per_series_aligner: NotRequired[str | None]

class GoogleMonitoringAlertPolicyConditionsConditionAbsentTrigger(TypedDict):
    count: NotRequired[float | None]
    percent: NotRequired[float | None]

class GoogleMonitoringAlertPolicyConditionsConditionAbsent(TypedDict):
    aggregations: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionAbsentAggregations
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionAbsentAggregations]
        | None
    ]
    duration: str
    filter: NotRequired[str | None]
    trigger: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionAbsentTrigger
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionAbsentTrigger]
        | None
    ]

class GoogleMonitoringAlertPolicyConditionsConditionMatchedLog(TypedDict):
    filter: str
    label_extractors: NotRequired[Mapping[str, str] | None]

class GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguageTrigger(TypedDict):
    count: NotRequired[float | None]
    percent: NotRequired[float | None]

class GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguage(TypedDict):
    duration: str
    evaluation_missing_data: NotRequired[str | None]
    query: str
    trigger: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguageTrigger
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguageTrigger]
        | None
    ]

class GoogleMonitoringAlertPolicyConditionsConditionPrometheusQueryLanguage(TypedDict):
    alert_rule: NotRequired[str | None]
    disable_metric_validation: NotRequired[bool | None]
    duration: NotRequired[str | None]
    evaluation_interval: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    query: str
    rule_group: NotRequired[str | None]

class GoogleMonitoringAlertPolicyConditionsConditionSqlBooleanTest(TypedDict):
    column: str

class GoogleMonitoringAlertPolicyConditionsConditionSqlDailyExecutionTime(TypedDict):
    hours: NotRequired[float | None]
    minutes: NotRequired[float | None]
    nanos: NotRequired[float | None]
    seconds: NotRequired[float | None]

class GoogleMonitoringAlertPolicyConditionsConditionSqlDaily(TypedDict):
    execution_time: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlDailyExecutionTime
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlDailyExecutionTime]
        | None
    ]
    periodicity: float

class GoogleMonitoringAlertPolicyConditionsConditionSqlHourly(TypedDict):
    minute_offset: NotRequired[float | None]
    periodicity: float

class GoogleMonitoringAlertPolicyConditionsConditionSqlMinutes(TypedDict):
    periodicity: float

class GoogleMonitoringAlertPolicyConditionsConditionSqlRowCountTest(TypedDict):
    comparison: str
    threshold: float

class GoogleMonitoringAlertPolicyConditionsConditionSql(TypedDict):
    boolean_test: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlBooleanTest
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlBooleanTest]
        | None
    ]
    daily: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlDaily
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlDaily]
        | None
    ]
    hourly: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlHourly
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlHourly]
        | None
    ]
    minutes: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlMinutes
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlMinutes]
        | None
    ]
    query: str
    row_count_test: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSqlRowCountTest
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSqlRowCountTest]
        | None
    ]

class GoogleMonitoringAlertPolicyConditionsConditionThresholdAggregations(TypedDict):
    alignment_period: NotRequired[str | None]
    cross_series_reducer: NotRequired[str | None]
    group_by_fields: NotRequired[Sequence[str] | None]
    per_series_aligner: NotRequired[str | None]

class GoogleMonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations(TypedDict):
    alignment_period: NotRequired[str | None]
    cross_series_reducer: NotRequired[str | None]
    group_by_fields: NotRequired[Sequence[str] | None]
    per_series_aligner: NotRequired[str | None]

class GoogleMonitoringAlertPolicyConditionsConditionThresholdForecastOptions(TypedDict):
    forecast_horizon: str

class GoogleMonitoringAlertPolicyConditionsConditionThresholdTrigger(TypedDict):
    count: NotRequired[float | None]
    percent: NotRequired[float | None]

class GoogleMonitoringAlertPolicyConditionsConditionThreshold(TypedDict):
    aggregations: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionThresholdAggregations
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionThresholdAggregations]
        | None
    ]
    comparison: str
    denominator_aggregations: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations]
        | None
    ]
    denominator_filter: NotRequired[str | None]
    duration: str
    evaluation_missing_data: NotRequired[str | None]
    filter: NotRequired[str | None]
    forecast_options: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionThresholdForecastOptions
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionThresholdForecastOptions]
        | None
    ]
    threshold_value: NotRequired[float | None]
    trigger: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionThresholdTrigger
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionThresholdTrigger]
        | None
    ]

class GoogleMonitoringAlertPolicyConditions(TypedDict):
    condition_absent: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionAbsent
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionAbsent]
        | None
    ]
    condition_matched_log: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionMatchedLog
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionMatchedLog]
        | None
    ]
    condition_monitoring_query_language: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguage
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionMonitoringQueryLanguage]
        | None
    ]
    condition_prometheus_query_language: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionPrometheusQueryLanguage
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionPrometheusQueryLanguage]
        | None
    ]
    condition_sql: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionSql
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionSql]
        | None
    ]
    condition_threshold: NotRequired[
        GoogleMonitoringAlertPolicyConditionsConditionThreshold
        | Sequence[GoogleMonitoringAlertPolicyConditionsConditionThreshold]
        | None
    ]
    display_name: str

class GoogleMonitoringAlertPolicyDocumentationLinks(TypedDict):
    display_name: NotRequired[str | None]
    url: NotRequired[str | None]

class GoogleMonitoringAlertPolicyDocumentation(TypedDict):
    content: NotRequired[str | None]
    links: NotRequired[
        GoogleMonitoringAlertPolicyDocumentationLinks
        | Sequence[GoogleMonitoringAlertPolicyDocumentationLinks]
        | None
    ]
    mime_type: NotRequired[str | None]
    subject: NotRequired[str | None]

class GoogleMonitoringAlertPolicyTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleMonitoringAlertPolicy(TypedDict):
    alert_strategy: NotRequired[
        GoogleMonitoringAlertPolicyAlertStrategy
        | Sequence[GoogleMonitoringAlertPolicyAlertStrategy]
        | None
    ]
    combiner: str
    conditions: (
        GoogleMonitoringAlertPolicyConditions | Sequence[GoogleMonitoringAlertPolicyConditions]
    )
    deletion_policy: NotRequired[str | None]
    display_name: str
    documentation: NotRequired[
        GoogleMonitoringAlertPolicyDocumentation
        | Sequence[GoogleMonitoringAlertPolicyDocumentation]
        | None
    ]
    enabled: NotRequired[bool | None]
    id: NotRequired[str | None]
    notification_channels: NotRequired[Sequence[str] | None]
    project: NotRequired[str | None]
    severity: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleMonitoringAlertPolicyTimeouts | Sequence[GoogleMonitoringAlertPolicyTimeouts] | None
    ]
    user_labels: NotRequired[Mapping[str, str] | None]

GoogleMonitoringAlertPolicyBlock = TerraformBlock[
    Literal[
        "alert_strategy",
        "alert_strategy[0].auto_close",
        "alert_strategy[0].notification_prompts",
        "combiner",
        "conditions",
        "conditions[0].display_name",
        "conditions[0].name",
        "creation_record",
        "creation_record[0].mutate_time",
        "creation_record[0].mutated_by",
        "deletion_policy",
        "display_name",
        "documentation",
        "documentation[0].content",
        "documentation[0].mime_type",
        "documentation[0].subject",
        "enabled",
        "id",
        "name",
        "notification_channels",
        "project",
        "severity",
        "timeouts",
        "user_labels",
    ]
]

class GoogleMonitoringNotificationChannelSensitiveLabels(TypedDict):
    auth_token: NotRequired[str | None]
    auth_token_wo: NotRequired[str | None]
    auth_token_wo_version: NotRequired[str | None]
    password: NotRequired[str | None]
    password_wo: NotRequired[str | None]
    password_wo_version: NotRequired[str | None]
    service_key: NotRequired[str | None]
    service_key_wo: NotRequired[str | None]
    service_key_wo_version: NotRequired[str | None]

class GoogleMonitoringNotificationChannelTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleMonitoringNotificationChannel(TypedDict):
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    display_name: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    force_delete: NotRequired[bool | None]
    id: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    project: NotRequired[str | None]
    sensitive_labels: NotRequired[
        GoogleMonitoringNotificationChannelSensitiveLabels
        | Sequence[GoogleMonitoringNotificationChannelSensitiveLabels]
        | None
    ]
    timeouts: NotRequired[
        GoogleMonitoringNotificationChannelTimeouts
        | Sequence[GoogleMonitoringNotificationChannelTimeouts]
        | None
    ]
    type: str
    user_labels: NotRequired[Mapping[str, str] | None]

GoogleMonitoringNotificationChannelBlock = TerraformBlock[
    Literal[
        "deletion_policy",
        "description",
        "display_name",
        "enabled",
        "force_delete",
        "id",
        "labels",
        "name",
        "project",
        "sensitive_labels",
        "sensitive_labels[0].auth_token",
        "sensitive_labels[0].auth_token_wo",
        "sensitive_labels[0].auth_token_wo_version",
        "sensitive_labels[0].password",
        "sensitive_labels[0].password_wo",
        "sensitive_labels[0].password_wo_version",
        "sensitive_labels[0].service_key",
        "sensitive_labels[0].service_key_wo",
        "sensitive_labels[0].service_key_wo_version",
        "timeouts",
        "type",
        "user_labels",
        "verification_status",
    ]
]

class GoogleMonitoringUptimeCheckConfigContentMatchersJsonPathMatcher(TypedDict):
    json_matcher: NotRequired[str | None]
    json_path: str

class GoogleMonitoringUptimeCheckConfigContentMatchers(TypedDict):
    content: str
    json_path_matcher: NotRequired[
        GoogleMonitoringUptimeCheckConfigContentMatchersJsonPathMatcher
        | Sequence[GoogleMonitoringUptimeCheckConfigContentMatchersJsonPathMatcher]
        | None
    ]
    matcher: NotRequired[str | None]

class GoogleMonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes(TypedDict):
    status_class: NotRequired[str | None]
    status_value: NotRequired[float | None]

class GoogleMonitoringUptimeCheckConfigHttpCheckAuthInfo(TypedDict):
    password: NotRequired[str | None]
    password_wo: NotRequired[str | None]
    password_wo_version: NotRequired[str | None]
    username: str

class GoogleMonitoringUptimeCheckConfigHttpCheckPingConfig(TypedDict):
    pings_count: float

class GoogleMonitoringUptimeCheckConfigHttpCheckServiceAgentAuthentication(TypedDict):
    type: NotRequired[str | None]

class GoogleMonitoringUptimeCheckConfigHttpCheck(TypedDict):
    accepted_response_status_codes: NotRequired[
        GoogleMonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes
        | Sequence[GoogleMonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes]
        | None
    ]
    auth_info: NotRequired[
        GoogleMonitoringUptimeCheckConfigHttpCheckAuthInfo
        | Sequence[GoogleMonitoringUptimeCheckConfigHttpCheckAuthInfo]
        | None
    ]
    body: NotRequired[str | None]
    content_type: NotRequired[str | None]
    custom_content_type: NotRequired[str | None]
    headers: NotRequired[Mapping[str, str] | None]
    mask_headers: NotRequired[bool | None]
    path: NotRequired[str | None]
    ping_config: NotRequired[
        GoogleMonitoringUptimeCheckConfigHttpCheckPingConfig
        | Sequence[GoogleMonitoringUptimeCheckConfigHttpCheckPingConfig]
        | None
    ]
    port: NotRequired[float | None]
    request_method: NotRequired[str | None]
    service_agent_authentication: NotRequired[
        GoogleMonitoringUptimeCheckConfigHttpCheckServiceAgentAuthentication
        | Sequence[GoogleMonitoringUptimeCheckConfigHttpCheckServiceAgentAuthentication]
        | None
    ]
    use_ssl: NotRequired[bool | None]
    validate_ssl: NotRequired[bool | None]

class GoogleMonitoringUptimeCheckConfigMonitoredResource(TypedDict):
    labels: Mapping[str, str]
    type: str

class GoogleMonitoringUptimeCheckConfigResourceGroup(TypedDict):
    group_id: NotRequired[str | None]
    resource_type: NotRequired[str | None]

class GoogleMonitoringUptimeCheckConfigSyntheticMonitorCloudFunctionV2(TypedDict):
    name: str

class GoogleMonitoringUptimeCheckConfigSyntheticMonitor(TypedDict):
    cloud_function_v2: (
        GoogleMonitoringUptimeCheckConfigSyntheticMonitorCloudFunctionV2
        | Sequence[GoogleMonitoringUptimeCheckConfigSyntheticMonitorCloudFunctionV2]
    )

class GoogleMonitoringUptimeCheckConfigTcpCheckPingConfig(TypedDict):
    pings_count: float

class GoogleMonitoringUptimeCheckConfigTcpCheck(TypedDict):
    ping_config: NotRequired[
        GoogleMonitoringUptimeCheckConfigTcpCheckPingConfig
        | Sequence[GoogleMonitoringUptimeCheckConfigTcpCheckPingConfig]
        | None
    ]
    port: float

class GoogleMonitoringUptimeCheckConfigTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleMonitoringUptimeCheckConfig(TypedDict):
    checker_type: NotRequired[str | None]
    content_matchers: NotRequired[
        GoogleMonitoringUptimeCheckConfigContentMatchers
        | Sequence[GoogleMonitoringUptimeCheckConfigContentMatchers]
        | None
    ]
    deletion_policy: NotRequired[str | None]
    display_name: str
    http_check: NotRequired[
        GoogleMonitoringUptimeCheckConfigHttpCheck
        | Sequence[GoogleMonitoringUptimeCheckConfigHttpCheck]
        | None
    ]
    id: NotRequired[str | None]
    log_check_failures: NotRequired[bool | None]
    monitored_resource: NotRequired[
        GoogleMonitoringUptimeCheckConfigMonitoredResource
        | Sequence[GoogleMonitoringUptimeCheckConfigMonitoredResource]
        | None
    ]
    period: NotRequired[str | None]
    project: NotRequired[str | None]
    resource_group: NotRequired[
        GoogleMonitoringUptimeCheckConfigResourceGroup
        | Sequence[GoogleMonitoringUptimeCheckConfigResourceGroup]
        | None
    ]
    selected_regions: NotRequired[Sequence[str] | None]
    synthetic_monitor: NotRequired[
        GoogleMonitoringUptimeCheckConfigSyntheticMonitor
        | Sequence[GoogleMonitoringUptimeCheckConfigSyntheticMonitor]
        | None
    ]
    tcp_check: NotRequired[
        GoogleMonitoringUptimeCheckConfigTcpCheck
        | Sequence[GoogleMonitoringUptimeCheckConfigTcpCheck]
        | None
    ]
    timeout: str
    timeouts: NotRequired[
        GoogleMonitoringUptimeCheckConfigTimeouts
        | Sequence[GoogleMonitoringUptimeCheckConfigTimeouts]
        | None
    ]
    user_labels: NotRequired[Mapping[str, str] | None]

GoogleMonitoringUptimeCheckConfigBlock = TerraformBlock[
    Literal[
        "checker_type",
        "content_matchers",
        "content_matchers[0].content",
        "content_matchers[0].matcher",
        "deletion_policy",
        "display_name",
        "http_check",
        "http_check[0].body",
        "http_check[0].content_type",
        "http_check[0].custom_content_type",
        "http_check[0].headers",
        "http_check[0].mask_headers",
        "http_check[0].path",
        "http_check[0].port",
        "http_check[0].request_method",
        "http_check[0].use_ssl",
        "http_check[0].validate_ssl",
        "id",
        "log_check_failures",
        "monitored_resource",
        "monitored_resource[0].labels",
        "monitored_resource[0].type",
        "name",
        "period",
        "project",
        "resource_group",
        "resource_group[0].group_id",
        "resource_group[0].resource_type",
        "selected_regions",
        "synthetic_monitor",
        "tcp_check",
        "tcp_check[0].port",
        "timeout",
        "timeouts",
        "uptime_check_id",
        "user_labels",
    ]
]

class GoogleProjectIamAuditConfigAuditLogConfig(TypedDict):
    exempted_members: NotRequired[Sequence[str] | None]
    log_type: str

class GoogleProjectIamAuditConfig(TypedDict):
    audit_log_config: (
        GoogleProjectIamAuditConfigAuditLogConfig
        | Sequence[GoogleProjectIamAuditConfigAuditLogConfig]
    )
    id: NotRequired[str | None]
    project: str
    service: str

GoogleProjectIamAuditConfigBlock = TerraformBlock[
    Literal[
        "audit_log_config",
        "audit_log_config[0].exempted_members",
        "audit_log_config[0].log_type",
        "etag",
        "id",
        "project",
        "service",
    ]
]

class GoogleProjectIamCustomRole(TypedDict):
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    id: NotRequired[str | None]
    permissions: Sequence[str]
    project: NotRequired[str | None]
    role_id: str
    stage: NotRequired[str | None]
    title: str

GoogleProjectIamCustomRoleBlock = TerraformBlock[
    Literal[
        "deleted",
        "deletion_policy",
        "description",
        "id",
        "name",
        "permissions",
        "project",
        "role_id",
        "stage",
        "title",
    ]
]

class GoogleProjectIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleProjectIamMember(TypedDict):
    condition: NotRequired[
        GoogleProjectIamMemberCondition | Sequence[GoogleProjectIamMemberCondition] | None
    ]
    id: NotRequired[str | None]
    member: str
    project: str
    role: str

GoogleProjectIamMemberBlock = TerraformBlock[
    Literal[
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "etag",
        "id",
        "member",
        "project",
        "role",
    ]
]

class GoogleProjectServiceTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleProjectService(TypedDict):
    deletion_policy: NotRequired[str | None]
    disable_dependent_services: NotRequired[bool | None]
    disable_on_destroy: NotRequired[bool | None]
    id: NotRequired[str | None]
    project: NotRequired[str | None]
    service: str
    timeouts: NotRequired[
        GoogleProjectServiceTimeouts | Sequence[GoogleProjectServiceTimeouts] | None
    ]

GoogleProjectServiceBlock = TerraformBlock[
    Literal[
        "deletion_policy",
        "disable_dependent_services",
        "disable_on_destroy",
        "id",
        "project",
        "service",
        "timeouts",
    ]
]

class GoogleSecretManagerSecretReplicationAutoCustomerManagedEncryption(TypedDict):
    kms_key_name: str

class GoogleSecretManagerSecretReplicationAuto(TypedDict):
    customer_managed_encryption: NotRequired[
        GoogleSecretManagerSecretReplicationAutoCustomerManagedEncryption
        | Sequence[GoogleSecretManagerSecretReplicationAutoCustomerManagedEncryption]
        | None
    ]

class GoogleSecretManagerSecretReplicationUserManagedReplicasCustomerManagedEncryption(TypedDict):
    kms_key_name: str

class GoogleSecretManagerSecretReplicationUserManagedReplicas(TypedDict):
    customer_managed_encryption: NotRequired[
        GoogleSecretManagerSecretReplicationUserManagedReplicasCustomerManagedEncryption
        | Sequence[GoogleSecretManagerSecretReplicationUserManagedReplicasCustomerManagedEncryption]
        | None
    ]
    location: str

class GoogleSecretManagerSecretReplicationUserManaged(TypedDict):
    replicas: (
        GoogleSecretManagerSecretReplicationUserManagedReplicas
        | Sequence[GoogleSecretManagerSecretReplicationUserManagedReplicas]
    )

class GoogleSecretManagerSecretReplication(TypedDict):
    auto: NotRequired[
        GoogleSecretManagerSecretReplicationAuto
        | Sequence[GoogleSecretManagerSecretReplicationAuto]
        | None
    ]
    user_managed: NotRequired[
        GoogleSecretManagerSecretReplicationUserManaged
        | Sequence[GoogleSecretManagerSecretReplicationUserManaged]
        | None
    ]

class GoogleSecretManagerSecretRotation(TypedDict):
    next_rotation_time: NotRequired[str | None]
    rotation_period: NotRequired[str | None]

class GoogleSecretManagerSecretTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleSecretManagerSecretTopics(TypedDict):
    name: str

class GoogleSecretManagerSecret(TypedDict):
    annotations: NotRequired[Mapping[str, str] | None]
    deletion_policy: NotRequired[str | None]
    deletion_protection: NotRequired[bool | None]
    expire_time: NotRequired[str | None]
    id: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    project: NotRequired[str | None]
    replication: (
        GoogleSecretManagerSecretReplication | Sequence[GoogleSecretManagerSecretReplication]
    )
    rotation: NotRequired[
        GoogleSecretManagerSecretRotation | Sequence[GoogleSecretManagerSecretRotation] | None
    ]
    secret_id: str
    secret_type: NotRequired[str | None]
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        GoogleSecretManagerSecretTimeouts | Sequence[GoogleSecretManagerSecretTimeouts] | None
    ]
    topics: NotRequired[
        GoogleSecretManagerSecretTopics | Sequence[GoogleSecretManagerSecretTopics] | None
    ]
    ttl: NotRequired[str | None]
    version_aliases: NotRequired[Mapping[str, str] | None]
    version_destroy_ttl: NotRequired[str | None]

GoogleSecretManagerSecretBlock = TerraformBlock[
    Literal[
        "annotations",
        "create_time",
        "deletion_policy",
        "deletion_protection",
        "effective_annotations",
        "effective_labels",
        "expire_time",
        "id",
        "labels",
        "name",
        "project",
        "replication",
        "rotation",
        "rotation[0].next_rotation_time",
        "rotation[0].rotation_period",
        "secret_id",
        "secret_type",
        "tags",
        "terraform_labels",
        "timeouts",
        "topics",
        "topics[0].name",
        "ttl",
        "version_aliases",
        "version_destroy_ttl",
    ]
]

class GoogleSecretManagerSecretVersionTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleSecretManagerSecretVersion(TypedDict):
    deletion_policy: NotRequired[str | None]
    enabled: NotRequired[bool | None]
    id: NotRequired[str | None]
    is_secret_data_base64: NotRequired[bool | None]
    project: NotRequired[str | None]
    secret: str
    secret_data: NotRequired[str | None]
    secret_data_wo: NotRequired[str | None]
    secret_data_wo_version: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleSecretManagerSecretVersionTimeouts
        | Sequence[GoogleSecretManagerSecretVersionTimeouts]
        | None
    ]

GoogleSecretManagerSecretVersionBlock = TerraformBlock[
    Literal[
        "create_time",
        "deletion_policy",
        "destroy_time",
        "enabled",
        "id",
        "is_secret_data_base64",
        "name",
        "project",
        "secret",
        "secret_data",
        "secret_data_wo",
        "secret_data_wo_version",
        "timeouts",
        "version",
    ]
]

class GoogleServiceAccountTimeouts(TypedDict):
    create: NotRequired[str | None]

class GoogleServiceAccount(TypedDict):
    account_id: str
    create_ignore_already_exists: NotRequired[bool | None]
    deletion_policy: NotRequired[str | None]
    description: NotRequired[str | None]
    disabled: NotRequired[bool | None]
    display_name: NotRequired[str | None]
    id: NotRequired[str | None]
    project: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleServiceAccountTimeouts | Sequence[GoogleServiceAccountTimeouts] | None
    ]

GoogleServiceAccountBlock = TerraformBlock[
    Literal[
        "account_id",
        "create_ignore_already_exists",
        "deletion_policy",
        "description",
        "disabled",
        "display_name",
        "email",
        "id",
        "member",
        "name",
        "project",
        "timeouts",
        "unique_id",
    ]
]

class GoogleServiceAccountIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleServiceAccountIamMember(TypedDict):
    condition: NotRequired[
        GoogleServiceAccountIamMemberCondition
        | Sequence[GoogleServiceAccountIamMemberCondition]
        | None
    ]
    id: NotRequired[str | None]
    member: str
    role: str
    service_account_id: str

GoogleServiceAccountIamMemberBlock = TerraformBlock[
    Literal[
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "etag",
        "id",
        "member",
        "role",
        "service_account_id",
    ]
]

class GoogleServiceNetworkingConnectionTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleServiceNetworkingConnection(TypedDict):
    deletion_policy: NotRequired[str | None]
    id: NotRequired[str | None]
    network: str
    reserved_peering_ranges: Sequence[str]
    service: str
    timeouts: NotRequired[
        GoogleServiceNetworkingConnectionTimeouts
        | Sequence[GoogleServiceNetworkingConnectionTimeouts]
        | None
    ]
    update_on_creation_fail: NotRequired[bool | None]

GoogleServiceNetworkingConnectionBlock = TerraformBlock[
    Literal[
        "deletion_policy",
        "id",
        "network",
        "peering",
        "reserved_peering_ranges",
        "service",
        "timeouts",
        "update_on_creation_fail",
    ]
]

class GoogleSqlDatabaseTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleSqlDatabase(TypedDict):
    charset: NotRequired[str | None]
    collation: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    id: NotRequired[str | None]
    instance: str
    name: str
    project: NotRequired[str | None]
    timeouts: NotRequired[GoogleSqlDatabaseTimeouts | Sequence[GoogleSqlDatabaseTimeouts] | None]

GoogleSqlDatabaseBlock = TerraformBlock[
    Literal[
        "charset",
        "collation",
        "deletion_policy",
        "id",
        "instance",
        "name",
        "project",
        "self_link",
        "timeouts",
    ]
]

class GoogleSqlDatabaseInstanceClone(TypedDict):
    allocated_ip_range: NotRequired[str | None]
    database_names: NotRequired[Sequence[str] | None]
    point_in_time: NotRequired[str | None]
    preferred_zone: NotRequired[str | None]
    source_instance_deletion_time: NotRequired[str | None]
    source_instance_name: str
    source_project: NotRequired[str | None]

class GoogleSqlDatabaseInstancePointInTimeRestoreContext(TypedDict):
    allocated_ip_range: NotRequired[str | None]
    datasource: str
    point_in_time: NotRequired[str | None]
    preferred_zone: NotRequired[str | None]
    region: NotRequired[str | None]
    target_instance: NotRequired[str | None]

class GoogleSqlDatabaseInstanceReplicaConfiguration(TypedDict):
    ca_certificate: NotRequired[str | None]
    cascadable_replica: NotRequired[bool | None]
    client_certificate: NotRequired[str | None]
    client_key: NotRequired[str | None]
    connect_retry_interval: NotRequired[float | None]
    dump_file_path: NotRequired[str | None]
    failover_target: NotRequired[bool | None]
    master_heartbeat_period: NotRequired[float | None]
    password: NotRequired[str | None]
    ssl_cipher: NotRequired[str | None]
    username: NotRequired[str | None]
    verify_server_certificate: NotRequired[bool | None]

class GoogleSqlDatabaseInstanceReplicationCluster(TypedDict):
    failover_dr_replica_name: NotRequired[str | None]
    psa_write_endpoint: NotRequired[str | None]

class GoogleSqlDatabaseInstanceRestoreBackupContext(TypedDict):
    backup_run_id: float
    instance_id: NotRequired[str | None]
    project: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsActiveDirectoryConfig(TypedDict):
    admin_credential_secret_name: NotRequired[str | None]
    dns_servers: NotRequired[Sequence[str] | None]
    domain: str
    mode: NotRequired[str | None]
    organizational_unit: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsAdvancedMachineFeatures(TypedDict):
    threads_per_core: NotRequired[float | None]

class GoogleSqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings(TypedDict):
    retained_backups: float
    retention_unit: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsBackupConfiguration(TypedDict):
    backup_retention_settings: NotRequired[
        GoogleSqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings
        | Sequence[GoogleSqlDatabaseInstanceSettingsBackupConfigurationBackupRetentionSettings]
        | None
    ]
    binary_log_enabled: NotRequired[bool | None]
    enabled: NotRequired[bool | None]
    location: NotRequired[str | None]
    point_in_time_recovery_enabled: NotRequired[bool | None]
    start_time: NotRequired[str | None]
    transaction_log_retention_days: NotRequired[float | None]

class GoogleSqlDatabaseInstanceSettingsConnectionPoolConfigFlags(TypedDict):
    name: str
    value: str

class GoogleSqlDatabaseInstanceSettingsConnectionPoolConfig(TypedDict):
    connection_pooling_enabled: NotRequired[bool | None]
    flags: NotRequired[
        GoogleSqlDatabaseInstanceSettingsConnectionPoolConfigFlags
        | Sequence[GoogleSqlDatabaseInstanceSettingsConnectionPoolConfigFlags]
        | None
    ]

class GoogleSqlDatabaseInstanceSettingsDataCacheConfig(TypedDict):
    data_cache_enabled: NotRequired[bool | None]

class GoogleSqlDatabaseInstanceSettingsDatabaseFlags(TypedDict):
    name: str
    value: str

class GoogleSqlDatabaseInstanceSettingsDenyMaintenancePeriod(TypedDict):
    end_date: str
    start_date: str
    time: str

class GoogleSqlDatabaseInstanceSettingsEntraidConfig(TypedDict):
    application_id: NotRequired[str | None]
    tenant_id: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsFinalBackupConfig(TypedDict):
    enabled: NotRequired[bool | None]
    retention_days: NotRequired[float | None]

class GoogleSqlDatabaseInstanceSettingsInsightsConfig(TypedDict):
    enhanced_query_insights_enabled: NotRequired[bool | None]
    query_insights_enabled: NotRequired[bool | None]
    query_plans_per_minute: NotRequired[float | None]
    query_string_length: NotRequired[float | None]
    record_application_tags: NotRequired[bool | None]
    record_client_address: NotRequired[bool | None]

class GoogleSqlDatabaseInstanceSettingsIpConfigurationAuthorizedNetworks(TypedDict):
    expiration_time: NotRequired[str | None]
    name: NotRequired[str | None]
    value: str

class GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfigPscAutoConnections(TypedDict):
    consumer_network: str
    consumer_service_project_id: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfig(TypedDict):
    allowed_consumer_projects: NotRequired[Sequence[str] | None]
    network_attachment_uri: NotRequired[str | None]
    psc_auto_connection_policy_enabled: NotRequired[bool | None]
    psc_auto_connections: NotRequired[
        GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfigPscAutoConnections
        | Sequence[GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfigPscAutoConnections]
        | None
    ]
    psc_auto_dns_enabled: NotRequired[bool | None]
    psc_enabled: NotRequired[bool | None]
    psc_write_endpoint_dns_enabled: NotRequired[bool | None]

class GoogleSqlDatabaseInstanceSettingsIpConfiguration(TypedDict):
    allocated_ip_range: NotRequired[str | None]
    authorized_networks: NotRequired[
        GoogleSqlDatabaseInstanceSettingsIpConfigurationAuthorizedNetworks
        | Sequence[GoogleSqlDatabaseInstanceSettingsIpConfigurationAuthorizedNetworks]
        | None
    ]
    custom_subject_alternative_names: NotRequired[Sequence[str] | None]
    enable_private_path_for_google_cloud_services: NotRequired[bool | None]
    ipv4_enabled: NotRequired[bool | None]
    private_network: NotRequired[str | None]
    psc_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsIpConfigurationPscConfig]
        | None
    ]
    server_ca_mode: NotRequired[str | None]
    server_ca_pool: NotRequired[str | None]
    server_certificate_rotation_mode: NotRequired[str | None]
    ssl_mode: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsLocationPreference(TypedDict):
    follow_gae_application: NotRequired[str | None]
    secondary_zone: NotRequired[str | None]
    zone: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsMaintenanceWindow(TypedDict):
    day: NotRequired[float | None]
    hour: NotRequired[float | None]
    update_track: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettingsPasswordValidationPolicy(TypedDict):
    complexity: NotRequired[str | None]
    disallow_username_substring: NotRequired[bool | None]
    enable_password_policy: bool
    min_length: NotRequired[float | None]
    password_change_interval: NotRequired[str | None]
    reuse_interval: NotRequired[float | None]

class GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfigTargetMetrics(TypedDict):
    metric: NotRequired[str | None]
    target_value: NotRequired[float | None]

class GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfig(TypedDict):
    disable_scale_in: NotRequired[bool | None]
    enabled: NotRequired[bool | None]
    max_node_count: NotRequired[float | None]
    min_node_count: NotRequired[float | None]
    scale_in_cooldown_seconds: NotRequired[float | None]
    scale_out_cooldown_seconds: NotRequired[float | None]
    target_metrics: NotRequired[
        GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfigTargetMetrics
        | Sequence[GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfigTargetMetrics]
        | None
    ]

class GoogleSqlDatabaseInstanceSettingsSqlServerAuditConfig(TypedDict):
    bucket: NotRequired[str | None]
    retention_interval: NotRequired[str | None]
    upload_interval: NotRequired[str | None]

class GoogleSqlDatabaseInstanceSettings(TypedDict):
    activation_policy: NotRequired[str | None]
    active_directory_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsActiveDirectoryConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsActiveDirectoryConfig]
        | None
    ]
    advanced_machine_features: NotRequired[
        GoogleSqlDatabaseInstanceSettingsAdvancedMachineFeatures
        | Sequence[GoogleSqlDatabaseInstanceSettingsAdvancedMachineFeatures]
        | None
    ]
    auto_upgrade_enabled: NotRequired[bool | None]
    availability_type: NotRequired[str | None]
    backup_configuration: NotRequired[
        GoogleSqlDatabaseInstanceSettingsBackupConfiguration
        | Sequence[GoogleSqlDatabaseInstanceSettingsBackupConfiguration]
        | None
    ]
    collation: NotRequired[str | None]
    connection_pool_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsConnectionPoolConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsConnectionPoolConfig]
        | None
    ]
    connector_enforcement: NotRequired[str | None]
    data_api_access: NotRequired[str | None]
    data_cache_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsDataCacheConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsDataCacheConfig]
        | None
    ]
    data_disk_provisioned_iops: NotRequired[float | None]
    data_disk_provisioned_throughput: NotRequired[float | None]
    database_flags: NotRequired[
        GoogleSqlDatabaseInstanceSettingsDatabaseFlags
        | Sequence[GoogleSqlDatabaseInstanceSettingsDatabaseFlags]
        | None
    ]
    deletion_protection_enabled: NotRequired[bool | None]
    deny_maintenance_period: NotRequired[
        GoogleSqlDatabaseInstanceSettingsDenyMaintenancePeriod
        | Sequence[GoogleSqlDatabaseInstanceSettingsDenyMaintenancePeriod]
        | None
    ]
    disk_autoresize: NotRequired[bool | None]
    disk_autoresize_limit: NotRequired[float | None]
    disk_size: NotRequired[float | None]
    disk_type: NotRequired[str | None]
    edition: NotRequired[str | None]
    enable_dataplex_integration: NotRequired[bool | None]
    enable_google_ml_integration: NotRequired[bool | None]
    entraid_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsEntraidConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsEntraidConfig]
        | None
    ]
    final_backup_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsFinalBackupConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsFinalBackupConfig]
        | None
    ]
    insights_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsInsightsConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsInsightsConfig]
        | None
    ]
    ip_configuration: NotRequired[
        GoogleSqlDatabaseInstanceSettingsIpConfiguration
        | Sequence[GoogleSqlDatabaseInstanceSettingsIpConfiguration]
        | None
    ]
    location_preference: NotRequired[
        GoogleSqlDatabaseInstanceSettingsLocationPreference
        | Sequence[GoogleSqlDatabaseInstanceSettingsLocationPreference]
        | None
    ]
    maintenance_window: NotRequired[
        GoogleSqlDatabaseInstanceSettingsMaintenanceWindow
        | Sequence[GoogleSqlDatabaseInstanceSettingsMaintenanceWindow]
        | None
    ]
    password_validation_policy: NotRequired[
        GoogleSqlDatabaseInstanceSettingsPasswordValidationPolicy
        | Sequence[GoogleSqlDatabaseInstanceSettingsPasswordValidationPolicy]
        | None
    ]
    pricing_plan: NotRequired[str | None]
    read_pool_auto_scale_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsReadPoolAutoScaleConfig]
        | None
    ]
    replication_lag_max_seconds: NotRequired[float | None]
    retain_backups_on_delete: NotRequired[bool | None]
    sql_server_audit_config: NotRequired[
        GoogleSqlDatabaseInstanceSettingsSqlServerAuditConfig
        | Sequence[GoogleSqlDatabaseInstanceSettingsSqlServerAuditConfig]
        | None
    ]
    tier: str
    time_zone: NotRequired[str | None]
    user_labels: NotRequired[Mapping[str, str] | None]

class GoogleSqlDatabaseInstanceTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleSqlDatabaseInstance(TypedDict):
    backupdr_backup: NotRequired[str | None]
    clone: NotRequired[
        GoogleSqlDatabaseInstanceClone | Sequence[GoogleSqlDatabaseInstanceClone] | None
    ]
    database_version: str
    deletion_policy: NotRequired[str | None]
    deletion_protection: NotRequired[bool | None]
    encryption_confidential_mode: NotRequired[bool | None]
    encryption_key_name: NotRequired[str | None]
    enforce_new_sql_network_architecture: NotRequired[bool | None]
    final_backup_description: NotRequired[str | None]
    id: NotRequired[str | None]
    include_replicas_for_major_version_upgrade: NotRequired[bool | None]
    instance_type: NotRequired[str | None]
    maintenance_version: NotRequired[str | None]
    master_instance_name: NotRequired[str | None]
    name: NotRequired[str | None]
    node_count: NotRequired[float | None]
    point_in_time_restore_context: NotRequired[
        GoogleSqlDatabaseInstancePointInTimeRestoreContext
        | Sequence[GoogleSqlDatabaseInstancePointInTimeRestoreContext]
        | None
    ]
    project: NotRequired[str | None]
    region: NotRequired[str | None]
    replica_configuration: NotRequired[
        GoogleSqlDatabaseInstanceReplicaConfiguration
        | Sequence[GoogleSqlDatabaseInstanceReplicaConfiguration]
        | None
    ]
    replica_names: NotRequired[Sequence[str] | None]
    replication_cluster: NotRequired[
        GoogleSqlDatabaseInstanceReplicationCluster
        | Sequence[GoogleSqlDatabaseInstanceReplicationCluster]
        | None
    ]
    restore_backup_context: NotRequired[
        GoogleSqlDatabaseInstanceRestoreBackupContext
        | Sequence[GoogleSqlDatabaseInstanceRestoreBackupContext]
        | None
    ]
    root_password: NotRequired[str | None]
    root_password_wo: NotRequired[str | None]
    root_password_wo_version: NotRequired[str | None]
    settings: NotRequired[
        GoogleSqlDatabaseInstanceSettings | Sequence[GoogleSqlDatabaseInstanceSettings] | None
    ]
    switch_transaction_logs_to_cloud_storage_enabled: NotRequired[bool | None]
    timeouts: NotRequired[
        GoogleSqlDatabaseInstanceTimeouts | Sequence[GoogleSqlDatabaseInstanceTimeouts] | None
    ]

GoogleSqlDatabaseInstanceBlock = TerraformBlock[
    Literal[
        "available_maintenance_versions",
        "backupdr_backup",
        "clone",
        "clone[0].allocated_ip_range",
        "clone[0].database_names",
        "clone[0].point_in_time",
        "clone[0].preferred_zone",
        "clone[0].source_instance_deletion_time",
        "clone[0].source_instance_name",
        "clone[0].source_project",
        "connection_name",
        "database_version",
        "deletion_policy",
        "deletion_protection",
        "dns_name",
        "dns_names",
        "dns_names[0].connection_type",
        "dns_names[0].dns_scope",
        "dns_names[0].name",
        "encryption_confidential_mode",
        "encryption_key_name",
        "enforce_new_sql_network_architecture",
        "final_backup_description",
        "first_ip_address",
        "id",
        "include_replicas_for_major_version_upgrade",
        "instance_type",
        "ip_address",
        "ip_address[0].ip_address",
        "ip_address[0].time_to_retire",
        "ip_address[0].type",
        "maintenance_version",
        "master_instance_name",
        "name",
        "node_count",
        "point_in_time_restore_context",
        "point_in_time_restore_context[0].allocated_ip_range",
        "point_in_time_restore_context[0].datasource",
        "point_in_time_restore_context[0].point_in_time",
        "point_in_time_restore_context[0].preferred_zone",
        "point_in_time_restore_context[0].region",
        "point_in_time_restore_context[0].target_instance",
        "private_ip_address",
        "project",
        "psc_service_attachment_link",
        "public_ip_address",
        "region",
        "replica_configuration",
        "replica_configuration[0].ca_certificate",
        "replica_configuration[0].cascadable_replica",
        "replica_configuration[0].client_certificate",
        "replica_configuration[0].client_key",
        "replica_configuration[0].connect_retry_interval",
        "replica_configuration[0].dump_file_path",
        "replica_configuration[0].failover_target",
        "replica_configuration[0].master_heartbeat_period",
        "replica_configuration[0].password",
        "replica_configuration[0].ssl_cipher",
        "replica_configuration[0].username",
        "replica_configuration[0].verify_server_certificate",
        "replica_names",
        "replication_cluster",
        "replication_cluster[0].dr_replica",
        "replication_cluster[0].failover_dr_replica_name",
        "replication_cluster[0].psa_write_endpoint",
        "restore_backup_context",
        "restore_backup_context[0].backup_run_id",
        "restore_backup_context[0].instance_id",
        "restore_backup_context[0].project",
        "root_password",
        "root_password_wo",
        "root_password_wo_version",
        "self_link",
        "server_ca_cert",
        "server_ca_cert[0].cert",
        "server_ca_cert[0].common_name",
        "server_ca_cert[0].create_time",
        "server_ca_cert[0].expiration_time",
        "server_ca_cert[0].sha1_fingerprint",
        "service_account_email_address",
        "settings",
        "settings[0].activation_policy",
        "settings[0].auto_upgrade_enabled",
        "settings[0].availability_type",
        "settings[0].collation",
        "settings[0].connector_enforcement",
        "settings[0].data_api_access",
        "settings[0].data_disk_provisioned_iops",
        "settings[0].data_disk_provisioned_throughput",
        "settings[0].deletion_protection_enabled",
        "settings[0].disk_autoresize",
        "settings[0].disk_autoresize_limit",
        "settings[0].disk_size",
        "settings[0].disk_type",
        "settings[0].edition",
        "settings[0].effective_availability_type",
        "settings[0].enable_dataplex_integration",
        "settings[0].enable_google_ml_integration",
        "settings[0].pricing_plan",
        "settings[0].replication_lag_max_seconds",
        "settings[0].retain_backups_on_delete",
        "settings[0].tier",
        "settings[0].time_zone",
        "settings[0].user_labels",
        "settings[0].version",
        "switch_transaction_logs_to_cloud_storage_enabled",
        "timeouts",
    ]
]

class GoogleSqlUserPasswordPolicy(TypedDict):
    allowed_failed_attempts: NotRequired[float | None]
    enable_failed_attempts_check: NotRequired[bool | None]
    enable_password_verification: NotRequired[bool | None]
    password_expiration_duration: NotRequired[str | None]

class GoogleSqlUserTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleSqlUser(TypedDict):
    database_roles: NotRequired[Sequence[str] | None]
    deletion_policy: NotRequired[str | None]
    host: NotRequired[str | None]
    id: NotRequired[str | None]
    instance: str
    name: str
    password: NotRequired[str | None]
    password_policy: NotRequired[
        GoogleSqlUserPasswordPolicy | Sequence[GoogleSqlUserPasswordPolicy] | None
    ]
    password_wo: NotRequired[str | None]
    password_wo_version: NotRequired[float | None]
    project: NotRequired[str | None]
    timeouts: NotRequired[GoogleSqlUserTimeouts | Sequence[GoogleSqlUserTimeouts] | None]
    type: NotRequired[str | None]

GoogleSqlUserBlock = TerraformBlock[
    Literal[
        "database_roles",
        "deletion_policy",
        "host",
        "iam_email",
        "id",
        "instance",
        "name",
        "password",
        "password_policy",
        "password_policy[0].allowed_failed_attempts",
        "password_policy[0].enable_failed_attempts_check",
        "password_policy[0].enable_password_verification",
        "password_policy[0].password_expiration_duration",
        "password_wo",
        "password_wo_version",
        "project",
        "sql_server_user_details",
        "sql_server_user_details[0].disabled",
        "sql_server_user_details[0].server_roles",
        "timeouts",
        "type",
    ]
]

class GoogleStorageBucketAutoclass(TypedDict):
    enabled: bool
    terminal_storage_class: NotRequired[str | None]

class GoogleStorageBucketCors(TypedDict):
    max_age_seconds: NotRequired[float | None]
    method: NotRequired[Sequence[str] | None]
    origin: NotRequired[Sequence[str] | None]
    response_header: NotRequired[Sequence[str] | None]

class GoogleStorageBucketCustomPlacementConfig(TypedDict):
    data_locations: Sequence[str]

class GoogleStorageBucketEncryptionCustomerManagedEncryptionEnforcementConfig(TypedDict):
    restriction_mode: str

class GoogleStorageBucketEncryptionCustomerSuppliedEncryptionEnforcementConfig(TypedDict):
    restriction_mode: str

class GoogleStorageBucketEncryptionGoogleManagedEncryptionEnforcementConfig(TypedDict):
    restriction_mode: str

class GoogleStorageBucketEncryption(TypedDict):
    customer_managed_encryption_enforcement_config: NotRequired[
        GoogleStorageBucketEncryptionCustomerManagedEncryptionEnforcementConfig
        | Sequence[GoogleStorageBucketEncryptionCustomerManagedEncryptionEnforcementConfig]
        | None
    ]
    customer_supplied_encryption_enforcement_config: NotRequired[
        GoogleStorageBucketEncryptionCustomerSuppliedEncryptionEnforcementConfig
        | Sequence[GoogleStorageBucketEncryptionCustomerSuppliedEncryptionEnforcementConfig]
        | None
    ]
    default_kms_key_name: NotRequired[str | None]
    google_managed_encryption_enforcement_config: NotRequired[
        GoogleStorageBucketEncryptionGoogleManagedEncryptionEnforcementConfig
        | Sequence[GoogleStorageBucketEncryptionGoogleManagedEncryptionEnforcementConfig]
        | None
    ]

class GoogleStorageBucketHierarchicalNamespace(TypedDict):
    enabled: bool

class GoogleStorageBucketIpFilterPublicNetworkSource(TypedDict):
    allowed_ip_cidr_ranges: Sequence[str]

class GoogleStorageBucketIpFilterVpcNetworkSources(TypedDict):
    allowed_ip_cidr_ranges: Sequence[str]
    network: str

class GoogleStorageBucketIpFilter(TypedDict):
    allow_all_service_agent_access: NotRequired[bool | None]
    allow_cross_org_vpcs: NotRequired[bool | None]
    mode: str
    public_network_source: NotRequired[
        GoogleStorageBucketIpFilterPublicNetworkSource
        | Sequence[GoogleStorageBucketIpFilterPublicNetworkSource]
        | None
    ]
    vpc_network_sources: NotRequired[
        GoogleStorageBucketIpFilterVpcNetworkSources
        | Sequence[GoogleStorageBucketIpFilterVpcNetworkSources]
        | None
    ]

class GoogleStorageBucketLifecycleRuleAction(TypedDict):
    storage_class: NotRequired[str | None]
    type: str

class GoogleStorageBucketLifecycleRuleCondition(TypedDict):
    age: NotRequired[float | None]
    created_before: NotRequired[str | None]
    custom_time_before: NotRequired[str | None]
    days_since_custom_time: NotRequired[float | None]
    days_since_noncurrent_time: NotRequired[float | None]
    matches_prefix: NotRequired[Sequence[str] | None]
    matches_storage_class: NotRequired[Sequence[str] | None]
    matches_suffix: NotRequired[Sequence[str] | None]
    noncurrent_time_before: NotRequired[str | None]
    num_newer_versions: NotRequired[float | None]
    send_age_if_zero: NotRequired[bool | None]
    send_days_since_custom_time_if_zero: NotRequired[bool | None]
    send_days_since_noncurrent_time_if_zero: NotRequired[bool | None]
    send_num_newer_versions_if_zero: NotRequired[bool | None]
    size_above_bytes: NotRequired[float | None]
    size_below_bytes: NotRequired[float | None]
    with_state: NotRequired[str | None]

class GoogleStorageBucketLifecycleRule(TypedDict):
    action: (
        GoogleStorageBucketLifecycleRuleAction | Sequence[GoogleStorageBucketLifecycleRuleAction]
    )
    condition: (
        GoogleStorageBucketLifecycleRuleCondition
        | Sequence[GoogleStorageBucketLifecycleRuleCondition]
    )

class GoogleStorageBucketLogging(TypedDict):
    log_bucket: str
    log_object_prefix: NotRequired[str | None]

class GoogleStorageBucketRetentionPolicy(TypedDict):
    is_locked: NotRequired[bool | None]
    retention_period: str

class GoogleStorageBucketSoftDeletePolicy(TypedDict):
    retention_duration_seconds: NotRequired[float | None]

class GoogleStorageBucketTimeouts(TypedDict):
    create: NotRequired[str | None]
    read: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleStorageBucketVersioning(TypedDict):
    enabled: bool

class GoogleStorageBucketWebsite(TypedDict):
    main_page_suffix: NotRequired[str | None]
    not_found_page: NotRequired[str | None]

class GoogleStorageBucket(TypedDict):
    autoclass: NotRequired[
        GoogleStorageBucketAutoclass | Sequence[GoogleStorageBucketAutoclass] | None
    ]
    cors: NotRequired[GoogleStorageBucketCors | Sequence[GoogleStorageBucketCors] | None]
    custom_placement_config: NotRequired[
        GoogleStorageBucketCustomPlacementConfig
        | Sequence[GoogleStorageBucketCustomPlacementConfig]
        | None
    ]
    default_event_based_hold: NotRequired[bool | None]
    deletion_policy: NotRequired[str | None]
    enable_object_retention: NotRequired[bool | None]
    encryption: NotRequired[
        GoogleStorageBucketEncryption | Sequence[GoogleStorageBucketEncryption] | None
    ]
    force_destroy: NotRequired[bool | None]
    hierarchical_namespace: NotRequired[
        GoogleStorageBucketHierarchicalNamespace
        | Sequence[GoogleStorageBucketHierarchicalNamespace]
        | None
    ]
    id: NotRequired[str | None]
    ip_filter: NotRequired[
        GoogleStorageBucketIpFilter | Sequence[GoogleStorageBucketIpFilter] | None
    ]
    labels: NotRequired[Mapping[str, str] | None]
    lifecycle_rule: NotRequired[
        GoogleStorageBucketLifecycleRule | Sequence[GoogleStorageBucketLifecycleRule] | None
    ]
    location: str
    logging: NotRequired[GoogleStorageBucketLogging | Sequence[GoogleStorageBucketLogging] | None]
    name: str
    project: NotRequired[str | None]
    public_access_prevention: NotRequired[str | None]
    requester_pays: NotRequired[bool | None]
    retention_policy: NotRequired[
        GoogleStorageBucketRetentionPolicy | Sequence[GoogleStorageBucketRetentionPolicy] | None
    ]
    rpo: NotRequired[str | None]
    soft_delete_policy: NotRequired[
        GoogleStorageBucketSoftDeletePolicy | Sequence[GoogleStorageBucketSoftDeletePolicy] | None
    ]
    storage_class: NotRequired[str | None]
    timeouts: NotRequired[
        GoogleStorageBucketTimeouts | Sequence[GoogleStorageBucketTimeouts] | None
    ]
    uniform_bucket_level_access: NotRequired[bool | None]
    versioning: NotRequired[
        GoogleStorageBucketVersioning | Sequence[GoogleStorageBucketVersioning] | None
    ]
    website: NotRequired[GoogleStorageBucketWebsite | Sequence[GoogleStorageBucketWebsite] | None]

GoogleStorageBucketBlock = TerraformBlock[
    Literal[
        "autoclass",
        "autoclass[0].enabled",
        "autoclass[0].terminal_storage_class",
        "cors",
        "cors[0].max_age_seconds",
        "cors[0].method",
        "cors[0].origin",
        "cors[0].response_header",
        "custom_placement_config",
        "custom_placement_config[0].data_locations",
        "default_event_based_hold",
        "deletion_policy",
        "effective_labels",
        "enable_object_retention",
        "encryption",
        "encryption[0].default_kms_key_name",
        "force_destroy",
        "hierarchical_namespace",
        "hierarchical_namespace[0].enabled",
        "id",
        "ip_filter",
        "ip_filter[0].allow_all_service_agent_access",
        "ip_filter[0].allow_cross_org_vpcs",
        "ip_filter[0].mode",
        "labels",
        "lifecycle_rule",
        "location",
        "logging",
        "logging[0].log_bucket",
        "logging[0].log_object_prefix",
        "name",
        "project",
        "project_number",
        "public_access_prevention",
        "requester_pays",
        "retention_policy",
        "retention_policy[0].is_locked",
        "retention_policy[0].retention_period",
        "rpo",
        "self_link",
        "soft_delete_policy",
        "soft_delete_policy[0].effective_time",
        "soft_delete_policy[0].retention_duration_seconds",
        "storage_class",
        "terraform_labels",
        "time_created",
        "timeouts",
        "uniform_bucket_level_access",
        "updated",
        "url",
        "versioning",
        "versioning[0].enabled",
        "website",
        "website[0].main_page_suffix",
        "website[0].not_found_page",
    ]
]

class GoogleStorageBucketIamMemberCondition(TypedDict):
    description: NotRequired[str | None]
    expression: str
    title: str

class GoogleStorageBucketIamMemberTimeouts(TypedDict):
    create: NotRequired[str | None]

class GoogleStorageBucketIamMember(TypedDict):
    bucket: str
    condition: NotRequired[
        GoogleStorageBucketIamMemberCondition
        | Sequence[GoogleStorageBucketIamMemberCondition]
        | None
    ]
    id: NotRequired[str | None]
    member: str
    role: str
    timeouts: NotRequired[
        GoogleStorageBucketIamMemberTimeouts | Sequence[GoogleStorageBucketIamMemberTimeouts] | None
    ]

GoogleStorageBucketIamMemberBlock = TerraformBlock[
    Literal[
        "bucket",
        "condition",
        "condition[0].description",
        "condition[0].expression",
        "condition[0].title",
        "etag",
        "id",
        "member",
        "role",
        "timeouts",
    ]
]

class GoogleWorkflowsWorkflowTimeouts(TypedDict):
    create: NotRequired[str | None]
    delete: NotRequired[str | None]
    update: NotRequired[str | None]

class GoogleWorkflowsWorkflow(TypedDict):
    call_log_level: NotRequired[str | None]
    crypto_key_name: NotRequired[str | None]
    deletion_policy: NotRequired[str | None]
    deletion_protection: NotRequired[bool | None]
    description: NotRequired[str | None]
    execution_history_level: NotRequired[str | None]
    id: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    name: NotRequired[str | None]
    name_prefix: NotRequired[str | None]
    project: NotRequired[str | None]
    region: NotRequired[str | None]
    service_account: NotRequired[str | None]
    source_contents: str
    tags: NotRequired[Mapping[str, str] | None]
    timeouts: NotRequired[
        GoogleWorkflowsWorkflowTimeouts | Sequence[GoogleWorkflowsWorkflowTimeouts] | None
    ]
    user_env_vars: NotRequired[Mapping[str, str] | None]

GoogleWorkflowsWorkflowBlock = TerraformBlock[
    Literal[
        "call_log_level",
        "create_time",
        "crypto_key_name",
        "deletion_policy",
        "deletion_protection",
        "description",
        "effective_labels",
        "execution_history_level",
        "id",
        "labels",
        "name",
        "name_prefix",
        "project",
        "region",
        "revision_id",
        "service_account",
        "source_contents",
        "state",
        "tags",
        "terraform_labels",
        "timeouts",
        "update_time",
        "user_env_vars",
    ]
]

class HoneycombioBurnAlertRecipient(TypedDict):
    id: NotRequired[str | None]
    target: NotRequired[str | None]
    type: NotRequired[str | None]

class HoneycombioBurnAlert(TypedDict):
    alert_type: NotRequired[str | None]
    budget_rate_decrease_percent: NotRequired[float | None]
    budget_rate_window_minutes: NotRequired[float | None]
    dataset: str
    description: NotRequired[str | None]
    exhaustion_minutes: NotRequired[float | None]
    recipient: NotRequired[
        HoneycombioBurnAlertRecipient | Sequence[HoneycombioBurnAlertRecipient] | None
    ]
    slo_id: str

HoneycombioBurnAlertBlock = TerraformBlock[Literal["id"]]

class HoneycombioColumn(TypedDict):
    dataset: str
    description: NotRequired[str | None]
    hidden: NotRequired[bool | None]
    name: str
    type: NotRequired[str | None]

HoneycombioColumnBlock = TerraformBlock[Literal["id", "name"]]

class HoneycombioDataset(TypedDict):
    delete_protected: NotRequired[bool | None]
    description: NotRequired[str | None]
    expand_json_depth: NotRequired[float | None]
    name: str

HoneycombioDatasetBlock = TerraformBlock[Literal["id", "name", "slug"]]

class HoneycombioDerivedColumn(TypedDict):
    alias: str
    dataset: str
    description: NotRequired[str | None]
    expression: str

HoneycombioDerivedColumnBlock = TerraformBlock[Literal["alias", "id"]]

class HoneycombioQuery(TypedDict):
    dataset: str
    query_json: str

HoneycombioQueryBlock = TerraformBlock[Literal["id"]]

class HoneycombioSlo(TypedDict):
    datasets: NotRequired[Sequence[str] | None]
    description: NotRequired[str | None]
    name: str
    sli: str
    target_percentage: float
    time_period: float

HoneycombioSloBlock = TerraformBlock[Literal["id"]]

class HoneycombioTriggerRecipient(TypedDict):
    id: NotRequired[str | None]
    target: NotRequired[str | None]
    type: NotRequired[str | None]

class HoneycombioTriggerThreshold(TypedDict):
    op: str
    value: float

class HoneycombioTrigger(TypedDict):
    alert_type: NotRequired[str | None]
    dataset: str
    description: NotRequired[str | None]
    frequency: NotRequired[float | None]
    name: str
    query_id: NotRequired[str | None]
    recipient: NotRequired[
        HoneycombioTriggerRecipient | Sequence[HoneycombioTriggerRecipient] | None
    ]
    threshold: HoneycombioTriggerThreshold | Sequence[HoneycombioTriggerThreshold]

HoneycombioTriggerBlock = TerraformBlock[Literal["id"]]

class KubernetesNamespaceV1Metadata(TypedDict):
    annotations: NotRequired[Mapping[str, str] | None]
    generate_name: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    name: NotRequired[str | None]

class KubernetesNamespaceV1Timeouts(TypedDict):
    delete: NotRequired[str | None]

class KubernetesNamespaceV1(TypedDict):
    metadata: NotRequired[
        KubernetesNamespaceV1Metadata | Sequence[KubernetesNamespaceV1Metadata] | None
    ]
    timeouts: NotRequired[
        KubernetesNamespaceV1Timeouts | Sequence[KubernetesNamespaceV1Timeouts] | None
    ]
    wait_for_default_service_account: NotRequired[bool | None]

KubernetesNamespaceV1Block = TerraformBlock[
    Literal[
        "id",
        "metadata",
        "metadata[0].annotations",
        "metadata[0].generate_name",
        "metadata[0].generation",
        "metadata[0].labels",
        "metadata[0].name",
        "metadata[0].resource_version",
        "metadata[0].uid",
        "timeouts",
        "wait_for_default_service_account",
    ]
]

class KubernetesSecretV1Metadata(TypedDict):
    annotations: NotRequired[Mapping[str, str] | None]
    generate_name: NotRequired[str | None]
    labels: NotRequired[Mapping[str, str] | None]
    name: NotRequired[str | None]
    namespace: NotRequired[str | None]

class KubernetesSecretV1Timeouts(TypedDict):
    create: NotRequired[str | None]

class KubernetesSecretV1(TypedDict):
    binary_data: NotRequired[Mapping[str, str] | None]
    binary_data_wo: NotRequired[Mapping[str, str] | None]
    binary_data_wo_revision: NotRequired[float | None]
    data: NotRequired[Mapping[str, str] | None]
    data_wo: NotRequired[Mapping[str, str] | None]
    data_wo_revision: NotRequired[float | None]
    id: NotRequired[str | None]
    immutable: NotRequired[bool | None]
    metadata: KubernetesSecretV1Metadata | Sequence[KubernetesSecretV1Metadata]
    timeouts: NotRequired[KubernetesSecretV1Timeouts | Sequence[KubernetesSecretV1Timeouts] | None]
    type: NotRequired[str | None]
    wait_for_service_account_token: NotRequired[bool | None]

KubernetesSecretV1Block = TerraformBlock[
    Literal[
        "binary_data",
        "binary_data_wo",
        "binary_data_wo_revision",
        "data",
        "data_wo",
        "data_wo_revision",
        "id",
        "immutable",
        "metadata",
        "metadata[0].annotations",
        "metadata[0].generate_name",
        "metadata[0].generation",
        "metadata[0].labels",
        "metadata[0].name",
        "metadata[0].namespace",
        "metadata[0].resource_version",
        "metadata[0].uid",
        "timeouts",
        "type",
        "wait_for_service_account_token",
    ]
]

@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_bigquery_default_service_account"],
    body: DataGoogleBigqueryDefaultServiceAccount,
    *,
    block_type: Literal["data"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> DataGoogleBigqueryDefaultServiceAccountBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_container_cluster"],
    body: DataGoogleContainerCluster,
    *,
    block_type: Literal["data"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> DataGoogleContainerClusterBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project"],
    body: DataGoogleProject,
    *,
    block_type: Literal["data"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> DataGoogleProjectBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_sql_backup_run"],
    body: DataGoogleSqlBackupRun,
    *,
    block_type: Literal["data"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> DataGoogleSqlBackupRunBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_storage_project_service_account"],
    body: DataGoogleStorageProjectServiceAccount,
    *,
    block_type: Literal["data"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> DataGoogleStorageProjectServiceAccountBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_key_vault_secret"],
    body: EphemeralAzurermKeyVaultSecret,
    *,
    block_type: Literal["ephemeral"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> EphemeralAzurermKeyVaultSecretBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_client_config"],
    body: EphemeralGoogleClientConfig,
    *,
    block_type: Literal["ephemeral"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> EphemeralGoogleClientConfigBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_secret_manager_secret_version"],
    body: EphemeralGoogleSecretManagerSecretVersion,
    *,
    block_type: Literal["ephemeral"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> EphemeralGoogleSecretManagerSecretVersionBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["random_bytes"],
    body: EphemeralRandomBytes,
    *,
    block_type: Literal["ephemeral"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> EphemeralRandomBytesBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["random_password"],
    body: EphemeralRandomPassword,
    *,
    block_type: Literal["ephemeral"],
    depends_on: Sequence[ITerraformDependable] = ...,
) -> EphemeralRandomPasswordBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_application_insights"],
    body: AzurermApplicationInsights,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermApplicationInsightsBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_application_insights_standard_web_test"],
    body: AzurermApplicationInsightsStandardWebTest,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermApplicationInsightsStandardWebTestBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_container_registry"],
    body: AzurermContainerRegistry,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermContainerRegistryBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_container_registry_cache_rule"],
    body: AzurermContainerRegistryCacheRule,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermContainerRegistryCacheRuleBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_container_registry_credential_set"],
    body: AzurermContainerRegistryCredentialSet,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermContainerRegistryCredentialSetBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_data_protection_backup_instance_postgresql_flexible_server"],
    body: AzurermDataProtectionBackupInstancePostgresqlFlexibleServer,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermDataProtectionBackupInstancePostgresqlFlexibleServerBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_data_protection_backup_policy_postgresql_flexible_server"],
    body: AzurermDataProtectionBackupPolicyPostgresqlFlexibleServer,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermDataProtectionBackupPolicyPostgresqlFlexibleServerBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_data_protection_backup_vault"],
    body: AzurermDataProtectionBackupVault,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermDataProtectionBackupVaultBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_data_protection_backup_vault_customer_managed_key"],
    body: AzurermDataProtectionBackupVaultCustomerManagedKey,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermDataProtectionBackupVaultCustomerManagedKeyBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_dns_zone"],
    body: AzurermDnsZone,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermDnsZoneBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_federated_identity_credential"],
    body: AzurermFederatedIdentityCredential,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermFederatedIdentityCredentialBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_key_vault"],
    body: AzurermKeyVault,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermKeyVaultBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_key_vault_key"],
    body: AzurermKeyVaultKey,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermKeyVaultKeyBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_key_vault_secret"],
    body: AzurermKeyVaultSecret,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermKeyVaultSecretBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_log_analytics_workspace"],
    body: AzurermLogAnalyticsWorkspace,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermLogAnalyticsWorkspaceBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_management_lock"],
    body: AzurermManagementLock,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermManagementLockBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_monitor_action_group"],
    body: AzurermMonitorActionGroup,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermMonitorActionGroupBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_monitor_alert_processing_rule_action_group"],
    body: AzurermMonitorAlertProcessingRuleActionGroup,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermMonitorAlertProcessingRuleActionGroupBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_monitor_diagnostic_setting"],
    body: AzurermMonitorDiagnosticSetting,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermMonitorDiagnosticSettingBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_monitor_metric_alert"],
    body: AzurermMonitorMetricAlert,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermMonitorMetricAlertBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server"],
    body: AzurermPostgresqlFlexibleServer,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server_active_directory_administrator"],
    body: AzurermPostgresqlFlexibleServerActiveDirectoryAdministrator,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server_backup"],
    body: AzurermPostgresqlFlexibleServerBackup,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerBackupBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server_configuration"],
    body: AzurermPostgresqlFlexibleServerConfiguration,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerConfigurationBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server_database"],
    body: AzurermPostgresqlFlexibleServerDatabase,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerDatabaseBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_private_dns_zone"],
    body: AzurermPrivateDnsZone,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPrivateDnsZoneBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_private_dns_zone_virtual_network_link"],
    body: AzurermPrivateDnsZoneVirtualNetworkLink,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPrivateDnsZoneVirtualNetworkLinkBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_resource_group"],
    body: AzurermResourceGroup,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermResourceGroupBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_role_assignment"],
    body: AzurermRoleAssignment,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermRoleAssignmentBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_role_definition"],
    body: AzurermRoleDefinition,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermRoleDefinitionBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_storage_account"],
    body: AzurermStorageAccount,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermStorageAccountBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_storage_container"],
    body: AzurermStorageContainer,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermStorageContainerBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_subnet"],
    body: AzurermSubnet,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermSubnetBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_user_assigned_identity"],
    body: AzurermUserAssignedIdentity,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermUserAssignedIdentityBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_virtual_network"],
    body: AzurermVirtualNetwork,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermVirtualNetworkBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_artifact_registry_repository_iam_member"],
    body: GoogleArtifactRegistryRepositoryIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleArtifactRegistryRepositoryIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_bigquery_dataset_iam_member"],
    body: GoogleBigqueryDatasetIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleBigqueryDatasetIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_cloud_scheduler_job"],
    body: GoogleCloudSchedulerJob,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleCloudSchedulerJobBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_compute_global_address"],
    body: GoogleComputeGlobalAddress,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleComputeGlobalAddressBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_compute_network"],
    body: GoogleComputeNetwork,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleComputeNetworkBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_compute_router"],
    body: GoogleComputeRouter,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleComputeRouterBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_compute_router_nat"],
    body: GoogleComputeRouterNat,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleComputeRouterNatBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_compute_subnetwork"],
    body: GoogleComputeSubnetwork,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleComputeSubnetworkBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_dns_managed_zone"],
    body: GoogleDnsManagedZone,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleDnsManagedZoneBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_dns_record_set"],
    body: GoogleDnsRecordSet,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleDnsRecordSetBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_iam_workload_identity_pool"],
    body: GoogleIamWorkloadIdentityPool,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleIamWorkloadIdentityPoolBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_iam_workload_identity_pool_provider"],
    body: GoogleIamWorkloadIdentityPoolProvider,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleIamWorkloadIdentityPoolProviderBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_kms_crypto_key"],
    body: GoogleKmsCryptoKey,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleKmsCryptoKeyBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_kms_crypto_key_iam_member"],
    body: GoogleKmsCryptoKeyIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleKmsCryptoKeyIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_kms_key_ring"],
    body: GoogleKmsKeyRing,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleKmsKeyRingBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_monitoring_alert_policy"],
    body: GoogleMonitoringAlertPolicy,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleMonitoringAlertPolicyBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_monitoring_notification_channel"],
    body: GoogleMonitoringNotificationChannel,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleMonitoringNotificationChannelBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_monitoring_uptime_check_config"],
    body: GoogleMonitoringUptimeCheckConfig,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleMonitoringUptimeCheckConfigBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project_iam_audit_config"],
    body: GoogleProjectIamAuditConfig,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleProjectIamAuditConfigBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project_iam_custom_role"],
    body: GoogleProjectIamCustomRole,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleProjectIamCustomRoleBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project_iam_member"],
    body: GoogleProjectIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleProjectIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project_service"],
    body: GoogleProjectService,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleProjectServiceBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_secret_manager_secret"],
    body: GoogleSecretManagerSecret,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSecretManagerSecretBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_secret_manager_secret_version"],
    body: GoogleSecretManagerSecretVersion,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSecretManagerSecretVersionBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_service_account"],
    body: GoogleServiceAccount,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleServiceAccountBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_service_account_iam_member"],
    body: GoogleServiceAccountIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleServiceAccountIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_service_networking_connection"],
    body: GoogleServiceNetworkingConnection,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleServiceNetworkingConnectionBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_sql_database"],
    body: GoogleSqlDatabase,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSqlDatabaseBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_sql_database_instance"],
    body: GoogleSqlDatabaseInstance,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSqlDatabaseInstanceBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_sql_user"],
    body: GoogleSqlUser,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSqlUserBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_storage_bucket"],
    body: GoogleStorageBucket,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleStorageBucketBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_storage_bucket_iam_member"],
    body: GoogleStorageBucketIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleStorageBucketIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_workflows_workflow"],
    body: GoogleWorkflowsWorkflow,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleWorkflowsWorkflowBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_burn_alert"],
    body: HoneycombioBurnAlert,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioBurnAlertBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_column"],
    body: HoneycombioColumn,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioColumnBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_dataset"],
    body: HoneycombioDataset,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioDatasetBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_derived_column"],
    body: HoneycombioDerivedColumn,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioDerivedColumnBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_query"],
    body: HoneycombioQuery,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioQueryBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_slo"],
    body: HoneycombioSlo,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioSloBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["honeycombio_trigger"],
    body: HoneycombioTrigger,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> HoneycombioTriggerBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["kubernetes_namespace_v1"],
    body: KubernetesNamespaceV1,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> KubernetesNamespaceV1Block: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["kubernetes_secret_v1"],
    body: KubernetesSecretV1,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> KubernetesSecretV1Block: ...
