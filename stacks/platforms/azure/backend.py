"""The backend of every stack on Azure."""

from cdktn import AzurermBackend, TerraformStack

from stacks.platforms.azure import AzureBackend


def add_backend(stack: TerraformStack, state: AzureBackend, name: str) -> None:
    """Keep the state of ``stack`` under its ``name`` in the environment's container."""
    AzurermBackend(
        stack,
        resource_group_name=state.resource_group,
        storage_account_name=state.storage_account,
        container_name=state.container,
        key=f"{name}.tfstate",
    )
    # Entra instead of a key of the storage account, which would work for anyone who has it.
    stack.add_override("terraform.backend.azurerm.use_azuread_auth", True)
