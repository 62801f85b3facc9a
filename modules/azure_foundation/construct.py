"""The construct: network, DNS, logs, vault, keys, state and deployer of a resource group."""

from __future__ import annotations

from cdktn import TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.azure_foundation.backups import add_long_term_backups
from modules.azure_foundation.deployer import add_deployer
from modules.azure_foundation.images import add_image_mirror
from modules.azure_foundation.props import KEY_ROLE, AzureFoundationProps

RETENTION_DAYS = 90


class AzureFoundation(Construct):
    """A resource group that a first ``tofu apply`` of Lana Bank works in.

    The group, the storage account and its container exist already, because the state of this
    stack is in them: they are imported. What data depends on has ``prevent_destroy``.
    """

    def __init__(self, scope: Construct, name: str, props: AzureFoundationProps) -> None:
        super().__init__(scope, name)
        self._props = props
        self._grants: list[tf.AzurermRoleAssignmentBlock] = []
        group: tf.AzurermResourceGroup = {"name": props.resource_group, "location": props.location}
        self._group = tf.block(self, "group", "azurerm_resource_group", group, keep=True)
        self._network()
        self._dns()
        self._logs = self._workspace()
        vault = self._vault("vault", props.key_vault, props.location)
        data_key, _ = self._key(vault, "databases")
        if props.long_term:
            add_long_term_backups(self, props, props.long_term, self._group, data_key)
        if props.backup_vault:
            # Geo-redundant backups survive the region only with a key outside of it.
            backups = self._vault("backup-vault", *props.backup_vault)
            self._key(backups, "databases", identity="backups")
        if props.registry:
            add_image_mirror(self, props, props.registry, self._group, vault)
        container = self._state(*self._key(vault, "tf-state"))
        add_deployer(self, props, self._group, vault, container)
        self._import(container)

    def _network(self) -> None:
        props = self._props
        body: tf.AzurermVirtualNetwork = {
            "name": props.network,
            "location": props.location,
            "resource_group_name": self._group["name"],
            "address_space": [props.nodes, props.databases],
        }
        network = tf.block(self, "network", "azurerm_virtual_network", body, keep=True)
        nodes: tf.AzurermSubnet = {
            "name": "nodes",
            "resource_group_name": self._group["name"],
            "virtual_network_name": network["name"],
            "address_prefixes": [props.nodes],
        }
        tf.block(self, "nodes", "azurerm_subnet", nodes, keep=True)

    def _dns(self) -> None:
        body: tf.AzurermDnsZone = {
            "name": self._props.dns_zone,
            "resource_group_name": self._group["name"],
        }
        tf.block(self, "dns", "azurerm_dns_zone", body, keep=True)

    def _workspace(self) -> tf.AzurermLogAnalyticsWorkspaceBlock:
        body: tf.AzurermLogAnalyticsWorkspace = {
            "name": self._props.log_workspace,
            "location": self._props.location,
            "resource_group_name": self._group["name"],
            "sku": "PerGB2018",
            "retention_in_days": 365,
            "local_authentication_enabled": False,
        }
        return tf.block(self, "logs", "azurerm_log_analytics_workspace", body, keep=True)

    def _audit(self, name: str, target: str) -> None:
        """Log every read and write of what ``target`` holds."""
        body: tf.AzurermMonitorDiagnosticSetting = {
            "name": "audit",
            "target_resource_id": target,
            "log_analytics_workspace_id": self._logs["id"],
            "enabled_log": [{"category_group": "audit"}],
        }
        tf.block(self, f"audit-{name}", "azurerm_monitor_diagnostic_setting", body)

    def _vault(self, place: str, name: str, location: str) -> tf.AzurermKeyVaultBlock:
        props = self._props
        body: tf.AzurermKeyVault = {
            "name": name,
            "location": location,
            "resource_group_name": self._group["name"],
            "tenant_id": props.tenant_id,
            "sku_name": "premium",
            "rbac_authorization_enabled": True,
            "purge_protection_enabled": True,
            "soft_delete_retention_days": RETENTION_DAYS,
            "network_acls": {
                "bypass": "AzureServices",
                "default_action": "Deny",
                "ip_rules": list(props.trusted_cidrs),
            },
        }
        vault = tf.block(self, place, "azurerm_key_vault", body, keep=True)
        self._audit(place, vault["id"])
        return vault

    def _key(
        self, vault: tf.AzurermKeyVaultBlock, name: str, identity: str = ""
    ) -> tuple[tf.AzurermKeyVaultKeyBlock, tf.AzurermUserAssignedIdentityBlock]:
        """Add a key and the identity that encrypts with it; return both."""
        location = vault.body["location"]
        user_name = identity or name
        place = Construct(self, f"key-{user_name}")
        body: tf.AzurermKeyVaultKey = {
            "name": name,
            "key_vault_id": vault["id"],
            "key_type": "RSA-HSM",
            "key_size": 3072,
            "key_opts": ["unwrapKey", "wrapKey"],
            "rotation_policy": {
                "expire_after": "P2Y",
                "notify_before_expiry": "P30D",
                "automatic": {"time_after_creation": "P90D"},
            },
        }
        key = tf.block(place, "key", "azurerm_key_vault_key", body, keep=True)
        user: tf.AzurermUserAssignedIdentity = {
            "name": f"{self._props.environment}-{user_name}",
            "location": location,
            "resource_group_name": self._group["name"],
        }
        holder = tf.block(place, "identity", "azurerm_user_assigned_identity", user)
        grant: tf.AzurermRoleAssignment = {
            "scope": key["resource_versionless_id"],
            "role_definition_name": KEY_ROLE,
            "principal_id": holder["principal_id"],
            "principal_type": "ServicePrincipal",
        }
        self._grants.append(tf.block(place, "grant", "azurerm_role_assignment", grant))
        return key, holder

    def _state(
        self, key: tf.AzurermKeyVaultKeyBlock, identity: tf.AzurermUserAssignedIdentityBlock
    ) -> tf.AzurermStorageContainerBlock:
        props = self._props
        body: tf.AzurermStorageAccount = {
            "name": props.state_account,
            "location": props.location,
            "resource_group_name": self._group["name"],
            "account_tier": "Standard",
            "account_replication_type": "GZRS",
            "min_tls_version": "TLS1_2",
            "allow_nested_items_to_be_public": False,
            "cross_tenant_replication_enabled": False,
            "shared_access_key_enabled": False,
            "default_to_oauth_authentication": True,
            "identity": {"type": "UserAssigned", "identity_ids": [identity["id"]]},
            "customer_managed_key": {
                "key_vault_key_id": key["versionless_id"],
                "user_assigned_identity_id": identity["id"],
            },
            "blob_properties": {
                "versioning_enabled": True,
                "delete_retention_policy": {"days": RETENTION_DAYS},
                "container_delete_retention_policy": {"days": RETENTION_DAYS},
            },
            "network_rules": {
                "default_action": "Deny",
                "bypass": ["AzureServices"],
                "ip_rules": list(props.trusted_cidrs),
            },
        }
        account = tf.block(
            self, "state", "azurerm_storage_account", body, keep=True, depends_on=self._grants
        )
        self._audit("state", f"{account['id']}/blobServices/default")
        container: tf.AzurermStorageContainer = {
            "name": props.state_container,
            "storage_account_id": account["id"],
        }
        return tf.block(self, "container", "azurerm_storage_container", container, keep=True)

    def _import(self, container: tf.AzurermStorageContainerBlock) -> None:
        """Import what exists before the first apply; later ones find it in the state."""
        props = self._props
        account = (
            f"{props.group_id}/providers/Microsoft.Storage/storageAccounts/{props.state_account}"
        )
        imported = (
            (self._group.address, props.group_id),
            (f"azurerm_storage_account.{self.node.id}_state", account),
            (
                container.address,
                f"{account}/blobServices/default/containers/{props.state_container}",
            ),
        )
        blocks = [{"to": address, "id": identity} for address, identity in imported]
        TerraformStack.of(self).add_override("import", blocks)
