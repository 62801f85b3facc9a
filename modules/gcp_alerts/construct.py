"""The construct: alerts on databases, and on the hosts as they are seen from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from modules import terraform as tf
from modules.gcp_alerts import notification_channels
from modules.gcp_postgres.props import WatchedInstance

PERIOD = "300s"
FULL = 0.85
"""Share of a limit (disk, connections) at which it is time to act."""
LAG_SECONDS = 300
CERTIFICATE_DAYS = 14
"""cert-manager renews 30 days before the end, so two weeks are left for a failed renewal."""

_SQL, _CHECK = "cloudsql.googleapis.com/database", "monitoring.googleapis.com/uptime_check"
_INSTANCE = "resource.label.database_id"


class GcpAlerts(Construct):
    """Alerts on ``instances`` and ``hosts`` (path by host) of a ``project``, sent to ``emails``."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        project: str,
        emails: Sequence[str],
        instances: Sequence[WatchedInstance],
        hosts: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self._project = project
        self._channels = notification_channels(self, project, emails)
        for instance in instances:
            self._instance(instance)
        for host, path in hosts.items():
            self._host(host, path)

    def _instance(self, instance: WatchedInstance) -> None:
        place = Construct(self, instance.name)
        disk, connections = FULL * instance.disk_gb * 2**30, FULL * instance.connections
        full = self._database(instance.name, "disk/bytes_used", disk)
        self._policy(place, "disk", f"{instance.name}: the disk nears its limit", full)
        busy = self._database(instance.name, "postgresql/num_backends", connections)
        self._policy(place, "connections", f"{instance.name}: connections near the limit", busy)
        for replica in instance.replicas:
            late = self._database(replica, "replication/replica_lag", LAG_SECONDS)
            name = replica.removeprefix(f"{instance.name}-")
            self._policy(place, f"lag-{name}", f"{replica}: behind its primary", late)

    def _database(
        self, instance: str, metric: str, limit: float
    ) -> tf.GoogleMonitoringAlertPolicyConditionsConditionThreshold:
        """Return the condition that a metric, summed over an instance, is above a limit."""
        return {
            "filter": (
                f'metric.type="{_SQL}/{metric}" AND resource.type="cloudsql_database" '
                f'AND {_INSTANCE}="{self._project}:{instance}"'
            ),
            "comparison": "COMPARISON_GT",
            "threshold_value": limit,
            "duration": PERIOD,
            "aggregations": [
                {
                    "alignment_period": PERIOD,
                    "per_series_aligner": "ALIGN_MAX",
                    "cross_series_reducer": "REDUCE_SUM",
                    "group_by_fields": [_INSTANCE],
                }
            ],
        }

    def _host(self, host: str, path: str) -> None:
        """Check ``host`` from outside: that it answers, and how long its certificate is valid."""
        place = Construct(self, host.partition(".")[0])
        body: tf.GoogleMonitoringUptimeCheckConfig = {
            "project": self._project,
            "display_name": host,
            "timeout": "10s",
            "period": PERIOD,
            "http_check": {"path": path, "port": 443, "use_ssl": True, "validate_ssl": True},
            "monitored_resource": {
                "type": "uptime_url",
                "labels": {"project_id": self._project, "host": host},
            },
        }
        check = tf.block(place, "check", "google_monitoring_uptime_check_config", body)
        failed: tf.GoogleMonitoringAlertPolicyConditionsConditionThreshold = {
            **self._measured(check, "check_passed", PERIOD, "REDUCE_COUNT_FALSE"),
            "comparison": "COMPARISON_GT",
            # A failure that one region alone sees is its own.
            "threshold_value": 1,
        }
        self._policy(place, "reach", f"{host} does not answer", failed)
        expires: tf.GoogleMonitoringAlertPolicyConditionsConditionThreshold = {
            **self._measured(check, "time_until_ssl_cert_expires", "1200s", "REDUCE_MEAN"),
            "comparison": "COMPARISON_LT",
            "threshold_value": CERTIFICATE_DAYS,
        }
        title = f"{host}: the certificate expires within {CERTIFICATE_DAYS} days"
        self._policy(place, "certificate", title, expires)

    def _measured(
        self,
        check: tf.GoogleMonitoringUptimeCheckConfigBlock,
        metric: str,
        period: str,
        reducer: str,
    ) -> tf.GoogleMonitoringAlertPolicyConditionsConditionThreshold:
        """Return a condition on a metric of a check, without its limit."""
        return {
            "filter": (
                f'metric.type="{_CHECK}/{metric}" AND resource.type="uptime_url" '
                f'AND metric.label.check_id="{check["uptime_check_id"]}"'
            ),
            "comparison": "COMPARISON_GT",
            "duration": PERIOD,
            "aggregations": [
                {
                    "alignment_period": period,
                    "per_series_aligner": "ALIGN_NEXT_OLDER",
                    "cross_series_reducer": reducer,
                    "group_by_fields": ["resource.label.host"],
                }
            ],
        }

    def _policy(
        self,
        place: Construct,
        name: str,
        title: str,
        condition: tf.GoogleMonitoringAlertPolicyConditionsConditionThreshold,
    ) -> None:
        body: tf.GoogleMonitoringAlertPolicy = {
            "project": self._project,
            "display_name": title,
            "combiner": "OR",
            "conditions": [{"display_name": title, "condition_threshold": condition}],
            "notification_channels": self._channels,
        }
        tf.block(place, name, "google_monitoring_alert_policy", body)
