"""The input of the construct, and the deployer's rights; imports no CDK Terrain."""

from __future__ import annotations

from dataclasses import dataclass

from modules.federation import FederatedSubject

RESOURCE_PROVIDERS = (
    "Microsoft.AlertsManagement",
    "Microsoft.Authorization",
    "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService",
    "Microsoft.DBforPostgreSQL",
    "Microsoft.DataProtection",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
)
"""Resource providers of the subscription."""

DEPLOYER_ACTIONS = (
    "Microsoft.AlertsManagement/actionRules/*",
    "Microsoft.Authorization/locks/read",
    # Not delete: a deploy adds locks to databases, an administrator removes them.
    "Microsoft.Authorization/locks/write",
    "Microsoft.ContainerService/managedClusters/read",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.DBforPostgreSQL/flexibleServers/*",
    # Not delete: a copy of the books that is no longer made is an administrator's decision.
    "Microsoft.DataProtection/backupVaults/backupInstances/read",
    "Microsoft.DataProtection/backupVaults/backupInstances/write",
    "Microsoft.DataProtection/backupVaults/backupPolicies/read",
    "Microsoft.DataProtection/backupVaults/operationResults/read",
    "Microsoft.DataProtection/backupVaults/operationStatus/read",
    "Microsoft.DataProtection/backupVaults/read",
    "Microsoft.DataProtection/backupVaults/validateForBackup/action",
    "Microsoft.DataProtection/locations/operationResults/read",
    "Microsoft.DataProtection/locations/operationStatus/read",
    "Microsoft.Insights/actionGroups/*",
    "Microsoft.Insights/components/*",
    "Microsoft.Insights/diagnosticSettings/*",
    "Microsoft.Insights/metricAlerts/*",
    "Microsoft.Insights/webTests/*",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.Network/privateDnsZones/*",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/virtualNetworks/join/action",
    "Microsoft.Network/virtualNetworks/subnets/*",
    "Microsoft.OperationalInsights/workspaces/read",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
"""Operations on the resource group of whoever deploys Lana Bank."""

_KINDS = (
    *("apps/deployments", "apps/replicasets", "apps/statefulsets", "batch/jobs", "configmaps"),
    *("autoscaling/horizontalpodautoscalers", "events", "namespaces", "persistentvolumeclaims"),
    *("networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies", "pods"),
    *("policy/poddisruptionbudgets", "secrets", "serviceaccounts", "services"),
)
DEPLOYER_DATA_ACTIONS = tuple(
    f"Microsoft.ContainerService/managedClusters/{kind}/*" for kind in _KINDS
)
"""Kinds of objects of the cluster that a release has, besides its namespace and Secrets."""

DEPLOYER_ROLES = ("Key Vault Secrets Officer", "Storage Blob Data Contributor")
"""Built-in roles for the content of the vault, and of the container of the state."""

PULL_ROLE, SECRET_ROLE = "AcrPull", "Key Vault Secrets User"

KEY_ROLE = "Key Vault Crypto Service Encryption User"

BACKUP_ROLES = ("PostgreSQL Flexible Server Long Term Retention Backup Role", "Reader")
"""Built-in roles in the group of the vault that copies the databases."""


@dataclass(frozen=True)
class LongTermBackups:
    """Weekly copies of the databases: name of their vault, and the years that each is kept.

    In a ``locked`` vault nobody can delete them or shorten that time, which cannot be undone.
    """

    vault: str
    years: int
    locked: bool


@dataclass(frozen=True, kw_only=True)
class AzureFoundationProps:
    """Properties of a subscription.

    environment       the stack that is deployed on it: prefix of names, name of its job
    network           name of the virtual network; nodes and databases are ranges in it
    dns_zone          the public zone, which the parent zone delegates to its name servers
    backup_vault      name and region of the vault of the backups' key (default: none)
    long_term         weekly copies of the databases (default: none)
    registry          name of the registry that keeps the images (default: none)
    state_account     storage account of the states; exists already, with its container
    trusted_cidrs     public addresses that reach vault and state
    subjects          who may deploy, by a token of an issuer
    """

    environment: str
    subscription_id: str
    tenant_id: str
    location: str
    resource_group: str
    network: str
    nodes: str
    databases: str
    dns_zone: str
    key_vault: str
    log_workspace: str
    state_account: str
    state_container: str
    trusted_cidrs: tuple[str, ...]
    subjects: tuple[FederatedSubject, ...]
    backup_vault: tuple[str, str] | None = None
    long_term: LongTermBackups | None = None
    registry: str | None = None

    @property
    def group_id(self) -> str:
        """The id of the resource group."""
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
