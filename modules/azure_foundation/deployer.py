"""The identity that deploys Lana Bank, used with a token of Concourse or GitHub, without a key."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.azure_foundation.props import (
    DEPLOYER_ACTIONS,
    DEPLOYER_DATA_ACTIONS,
    DEPLOYER_ROLES,
    AzureFoundationProps,
)


def add_deployer(
    scope: Construct,
    props: AzureFoundationProps,
    group: tf.AzurermResourceGroupBlock,
    vault: tf.AzurermKeyVaultBlock,
    container: tf.AzurermStorageContainerBlock,
) -> None:
    """Add the identity, its rights in the group, and the subjects that may act as it."""
    place = Construct(scope, "deployer")
    body: tf.AzurermUserAssignedIdentity = {
        "name": f"{props.environment}-deployer",
        "location": props.location,
        "resource_group_name": group["name"],
    }
    identity = tf.block(place, "identity", "azurerm_user_assigned_identity", body)
    role_body: tf.AzurermRoleDefinition = {
        "name": f"{props.environment} deployer",
        "scope": group["id"],
        "assignable_scopes": [group["id"]],
        "permissions": {
            "actions": list(DEPLOYER_ACTIONS),
            "data_actions": list(DEPLOYER_DATA_ACTIONS),
        },
    }
    role = tf.block(place, "role", "azurerm_role_definition", role_body)
    grant: tf.AzurermRoleAssignment = {
        "scope": group["id"],
        "role_definition_id": role["role_definition_resource_id"],
        "principal_id": identity["principal_id"],
        "principal_type": "ServicePrincipal",
    }
    tf.block(place, "grant", "azurerm_role_assignment", grant)
    for scope_id, name in zip((vault["id"], container["id"]), DEPLOYER_ROLES, strict=True):
        content: tf.AzurermRoleAssignment = {
            "scope": scope_id,
            "role_definition_name": name,
            "principal_id": identity["principal_id"],
            "principal_type": "ServicePrincipal",
        }
        tf.block(place, name.lower().replace(" ", "-"), "azurerm_role_assignment", content)
    for subject in props.subjects:
        credential: tf.AzurermFederatedIdentityCredential = {
            "name": subject.provider,
            "user_assigned_identity_id": identity["id"],
            "issuer": subject.issuer,
            "subject": subject.name,
            "audience": ["api://AzureADTokenExchange"],
        }
        tf.block(place, subject.provider, "azurerm_federated_identity_credential", credential)
