"""Weekly copies of the databases in a vault that keeps them for years."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.azure_foundation.props import (
    BACKUP_ROLES,
    KEY_ROLE,
    AzureFoundationProps,
    LongTermBackups,
)
from modules.azure_postgres.props import BACKUP_POLICY

_SUNDAYS = "R/2026-01-04T02:00:00+00:00/P1W"


def add_long_term_backups(
    scope: Construct,
    props: AzureFoundationProps,
    backups: LongTermBackups,
    group: tf.AzurermResourceGroupBlock,
    key: tf.AzurermKeyVaultKeyBlock,
) -> None:
    """Add the vault, its policy, its rights and its key; a release adds the databases."""
    place = Construct(scope, "long-term")
    body: tf.AzurermDataProtectionBackupVault = {
        "name": backups.vault,
        "location": props.location,
        "resource_group_name": group["name"],
        "datastore_type": "VaultStore",
        "redundancy": "GeoRedundant",
        "cross_region_restore_enabled": True,
        "immutability": "Locked" if backups.locked else "Unlocked",
        "soft_delete": "AlwaysOn" if backups.locked else "On",
        "identity": {"type": "SystemAssigned"},
    }
    vault = tf.block(place, "vault", "azurerm_data_protection_backup_vault", body, keep=True)
    grants = _grants(place, vault, group, key)
    own_key: tf.AzurermDataProtectionBackupVaultCustomerManagedKey = {
        "data_protection_backup_vault_id": vault["id"],
        "key_vault_key_id": key["versionless_id"],
    }
    tf.block(
        place,
        "key",
        "azurerm_data_protection_backup_vault_customer_managed_key",
        own_key,
        depends_on=grants,
    )
    _policy(place, vault, backups.years)


def _grants(
    place: Construct,
    vault: tf.AzurermDataProtectionBackupVaultBlock,
    group: tf.AzurermResourceGroupBlock,
    key: tf.AzurermKeyVaultKeyBlock,
) -> list[tf.AzurermRoleAssignmentBlock]:
    """Let the vault use the key, and copy the databases of the group."""
    scopes = {KEY_ROLE: key["resource_versionless_id"], **dict.fromkeys(BACKUP_ROLES, group["id"])}
    grants = []
    for role, granted in scopes.items():
        grant: tf.AzurermRoleAssignment = {
            "scope": granted,
            "role_definition_name": role,
            "principal_id": vault["identity[0].principal_id"],
            "principal_type": "ServicePrincipal",
        }
        name = role.lower().replace(" ", "-")
        grants.append(tf.block(place, name, "azurerm_role_assignment", grant))
    return grants


def _policy(place: Construct, vault: tf.AzurermDataProtectionBackupVaultBlock, years: int) -> None:
    """Add the rule that each weekly copy is kept for ``years``."""
    policy: tf.AzurermDataProtectionBackupPolicyPostgresqlFlexibleServer = {
        "name": BACKUP_POLICY,
        "vault_id": vault["id"],
        "backup_repeating_time_intervals": [_SUNDAYS],
        "default_retention_rule": {
            "life_cycle": {"data_store_type": "VaultStore", "duration": f"P{years}Y"}
        },
    }
    tf.block(
        place,
        "policy",
        "azurerm_data_protection_backup_policy_postgresql_flexible_server",
        policy,
        keep=True,
    )
