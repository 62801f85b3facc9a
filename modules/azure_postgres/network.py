"""The subnet that is delegated to the servers, and their private DNS zone."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.azure_postgres.props import AzurePostgresProps

DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers"
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"


class DelegatedNetwork:
    """The subnet that is delegated to the servers, and their private DNS zone."""

    def __init__(self, scope: Construct, props: AzurePostgresProps) -> None:
        subnet: tf.AzurermSubnet = {
            "name": f"{props.name}-postgres",
            "resource_group_name": props.resource_group,
            "virtual_network_name": props.virtual_network,
            "address_prefixes": [props.subnet_cidr],
            "default_outbound_access_enabled": False,
            "delegation": {
                "name": "postgres",
                "service_delegation": {"name": DELEGATION, "actions": [JOIN]},
            },
        }
        self.subnet = tf.block(scope, "subnet", "azurerm_subnet", subnet)
        zone: tf.AzurermPrivateDnsZone = {
            "name": f"{props.name}.postgres.database.azure.com",
            "resource_group_name": props.resource_group,
        }
        self.zone = tf.block(scope, "zone", "azurerm_private_dns_zone", zone)
        link: tf.AzurermPrivateDnsZoneVirtualNetworkLink = {
            "name": props.name,
            "private_dns_zone_id": self.zone["id"],
            "virtual_network_id": props.virtual_network_id,
        }
        self.link = tf.block(
            scope, "zone-link", "azurerm_private_dns_zone_virtual_network_link", link
        )
