"""The construct: alerts on databases, and on the hosts as they are seen from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs import Construct

from modules import terraform as tf
from modules.azure_postgres.props import WatchedServer

FULL_PERCENT = 85
"""Share of a limit (disk, connections) at which it is time to act."""
LAG_SECONDS = 300
CERTIFICATE_DAYS = 14
"""cert-manager renews 30 days before the end, so two weeks are left for a failed renewal."""

LOCATIONS = ("emea-nl-ams-azr", "us-ca-sjc-azr", "us-tx-sn1-azr", "us-va-ash-azr")
"""Places that hosts are checked from."""
_SERVERS = "Microsoft.DBforPostgreSQL/flexibleServers"


@dataclass(frozen=True, kw_only=True)
class AzureAlertsProps:
    """Properties of the alerts of an environment.

    environment    start of every name
    workspace_id   Log Analytics workspace of the checks' results
    emails         addresses that are notified
    hosts          path that is checked, by host
    vault_id       vault of the databases' weekly copies (default: none)
    """

    environment: str
    location: str
    resource_group: str
    workspace_id: str
    emails: Sequence[str]
    servers: Sequence[WatchedServer]
    hosts: Mapping[str, str]
    vault_id: str | None = None


class AzureAlerts(Construct):
    """Alerts on servers and hosts, with the group of those who are notified."""

    def __init__(self, scope: Construct, name: str, props: AzureAlertsProps) -> None:
        super().__init__(scope, name)
        self._props = props
        group: tf.AzurermMonitorActionGroup = {
            "name": f"{props.environment}-alerts",
            "resource_group_name": props.resource_group,
            "short_name": "lana-bank",
            "email_receiver": [
                {"name": each, "email_address": each, "use_common_alert_schema": True}
                for each in props.emails
            ],
        }
        self._group = tf.block(self, "group", "azurerm_monitor_action_group", group)
        for server in props.servers:
            self._server(server)
        if props.vault_id:
            self._backups(props.vault_id)
        insights: tf.AzurermApplicationInsights = {
            "name": f"{props.environment}-reach",
            "location": props.location,
            "resource_group_name": props.resource_group,
            "application_type": "web",
            "workspace_id": props.workspace_id,
        }
        self._insights = tf.block(self, "reach", "azurerm_application_insights", insights)
        for host, path in props.hosts.items():
            self._host(host, path)

    def _server(self, server: WatchedServer) -> None:
        place = Construct(self, server.name)
        most = server.connections * FULL_PERCENT // 100
        self._above(place, "disk", server.name, server.id, "storage_percent", FULL_PERCENT)
        self._above(place, "connections", server.name, server.id, "active_connections", most)
        for name, replica in server.replicas.items():
            lag = "physical_replication_delay_in_seconds"
            self._above(place, f"lag-{name}", server.name, replica, lag, LAG_SECONDS)

    def _above(
        self, place: Construct, name: str, server: str, scope: str, metric: str, limit: int
    ) -> None:
        """Add an alert on a ``metric`` of a server that is above its ``limit``."""
        criteria: tf.AzurermMonitorMetricAlertCriteria = {
            "metric_namespace": _SERVERS,
            "metric_name": metric,
            "aggregation": "Maximum",
            "operator": "GreaterThan",
            "threshold": limit,
        }
        title = f"{server}: {metric} above {limit}"
        body: tf.AzurermMonitorMetricAlert = {
            **self._alert(f"{place.node.id}-{name}", title, [scope]),
            "criteria": criteria,
        }
        tf.block(place, name, "azurerm_monitor_metric_alert", body)

    def _backups(self, vault_id: str) -> None:
        """Notify of the alerts that a backup vault raises by itself: each job that failed."""
        body: tf.AzurermMonitorAlertProcessingRuleActionGroup = {
            "name": f"{self._props.environment}-backups",
            "resource_group_name": self._props.resource_group,
            "description": "A backup of a database failed.",
            "scopes": [vault_id],
            "add_action_group_ids": [self._group["id"]],
            "enabled": True,
            "condition": {"monitor_service": {"operator": "Equals", "values": ["Azure Backup"]}},
        }
        tf.block(self, "backups", "azurerm_monitor_alert_processing_rule_action_group", body)

    def _host(self, host: str, path: str) -> None:
        """Check ``host`` from outside: that it answers, and how long its certificate is valid."""
        props, place = self._props, Construct(self, host.partition(".")[0])
        name = f"reach-{place.node.id}"
        body: tf.AzurermApplicationInsightsStandardWebTest = {
            "name": f"{props.environment}-{name}",
            "location": props.location,
            "resource_group_name": props.resource_group,
            "application_insights_id": self._insights["id"],
            "geo_locations": list(LOCATIONS),
            "enabled": True,
            "retry_enabled": True,
            "request": {"url": f"https://{host}{path}"},
            "validation_rules": {
                "ssl_check_enabled": True,
                "ssl_cert_remaining_lifetime": CERTIFICATE_DAYS,
            },
        }
        check = tf.block(place, "check", "azurerm_application_insights_standard_web_test", body)
        title = f"{host} does not answer, or its certificate expires within {CERTIFICATE_DAYS} days"
        scopes = [check["id"], self._insights["id"]]
        alert: tf.AzurermMonitorMetricAlert = {
            **self._alert(name, title, scopes),
            "application_insights_web_test_location_availability_criteria": {
                "web_test_id": scopes[0],
                "component_id": scopes[1],
                # A failure that one place alone sees is its own.
                "failed_location_count": 2,
            },
        }
        tf.block(place, "alert", "azurerm_monitor_metric_alert", alert)

    def _alert(self, name: str, title: str, scopes: list[str]) -> tf.AzurermMonitorMetricAlert:
        """Return what every alert has: a name, and the group that is notified."""
        return {
            "name": f"{self._props.environment}-{name}",
            "resource_group_name": self._props.resource_group,
            "scopes": scopes,
            "description": title,
            "severity": 1,
            "frequency": "PT5M",
            "window_size": "PT5M",
            "action": [{"action_group_id": self._group["id"]}],
        }
