"""A registry that fetches the images from theirs and keeps them.

AKS signs in to a registry of Azure by the identity of its nodes; to Google's it could only with
a key that lasts.
"""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.azure_foundation.props import PULL_ROLE, SECRET_ROLE, AzureFoundationProps
from modules.lana_bank.mirrors import MIRRORED

_ANONYMOUS = ("quay.io",)
"""Registries that Azure pulls from without signing in; Docker Hub it may not."""


def add_image_mirror(
    scope: Construct,
    props: AzureFoundationProps,
    name: str,
    group: tf.AzurermResourceGroupBlock,
    vault: tf.AzurermKeyVaultBlock,
) -> None:
    """Add the registry ``name``, what it fetches, and the nodes' identity, which pulls from it."""
    place = Construct(scope, "images")
    body: tf.AzurermContainerRegistry = {
        "name": name,
        "location": props.location,
        "resource_group_name": group["name"],
        "sku": "Premium",
        "zone_redundancy_enabled": True,
        "admin_enabled": False,
        "anonymous_pull_enabled": False,
    }
    registry = tf.block(place, "registry", "azurerm_container_registry", body)
    for upstream in MIRRORED:
        rule: tf.AzurermContainerRegistryCacheRule = {
            "name": upstream.replace(".", "-"),
            "container_registry_id": registry["id"],
            "source_repo": f"{upstream}/*",
            "target_repo": f"{upstream}/*",
        }
        if upstream not in _ANONYMOUS:
            rule["credential_set_id"] = _credentials(place, props, registry, vault, upstream)["id"]
        tf.block(place, str(rule["name"]), "azurerm_container_registry_cache_rule", rule)
    nodes: tf.AzurermUserAssignedIdentity = {
        "name": f"{props.environment}-nodes",
        "location": props.location,
        "resource_group_name": group["name"],
    }
    identity = tf.block(place, "nodes", "azurerm_user_assigned_identity", nodes)
    _grant(place, "pull", registry["id"], PULL_ROLE, identity["principal_id"])


def _credentials(
    place: Construct,
    props: AzureFoundationProps,
    registry: tf.AzurermContainerRegistryBlock,
    vault: tf.AzurermKeyVaultBlock,
    upstream: str,
) -> tf.AzurermContainerRegistryCredentialSetBlock:
    """Add the credentials for ``upstream``, which are stored in the vault by hand."""
    name = upstream.replace(".", "-")
    secret = f"https://{props.key_vault}.vault.azure.net/secrets/{props.environment}-{name}"
    body: tf.AzurermContainerRegistryCredentialSet = {
        "name": name,
        "container_registry_id": registry["id"],
        "login_server": upstream,
        "identity": {"type": "SystemAssigned"},
        "authentication_credentials": {
            "username_secret_id": f"{secret}-username",
            "password_secret_id": f"{secret}-password",
        },
    }
    inside = Construct(place, f"credentials-{name}")
    found = tf.block(inside, "set", "azurerm_container_registry_credential_set", body)
    _grant(inside, "read", vault["id"], SECRET_ROLE, found["identity[0].principal_id"])
    return found


def _grant(place: Construct, name: str, scope: str, role: str, principal: str) -> None:
    body: tf.AzurermRoleAssignment = {
        "scope": scope,
        "role_definition_name": role,
        "principal_id": principal,
        "principal_type": "ServicePrincipal",
    }
    tf.block(place, name, "azurerm_role_assignment", body)
