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
    kind: Literal["azurerm_key_vault_secret"],
    body: AzurermKeyVaultSecret,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermKeyVaultSecretBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_monitor_diagnostic_setting"],
    body: AzurermMonitorDiagnosticSetting,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermMonitorDiagnosticSettingBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server"],
    body: AzurermPostgresqlFlexibleServer,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
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
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPostgresqlFlexibleServerActiveDirectoryAdministratorBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_postgresql_flexible_server_configuration"],
    body: AzurermPostgresqlFlexibleServerConfiguration,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
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
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermPrivateDnsZoneVirtualNetworkLinkBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["azurerm_subnet"],
    body: AzurermSubnet,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> AzurermSubnetBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_bigquery_dataset_iam_member"],
    body: GoogleBigqueryDatasetIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleBigqueryDatasetIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_project_iam_member"],
    body: GoogleProjectIamMember,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleProjectIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_secret_manager_secret"],
    body: GoogleSecretManagerSecret,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
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
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleServiceAccountIamMemberBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["google_sql_database"],
    body: GoogleSqlDatabase,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
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
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> GoogleSqlUserBlock: ...
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["kubernetes_namespace_v1"],
    body: KubernetesNamespaceV1,
    *,
    block_type: Literal["resource"] = ...,
    keep: bool = ...,
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
    ignore_changes: Sequence[str] = ...,
    depends_on: Sequence[ITerraformDependable] = ...,
) -> KubernetesSecretV1Block: ...
