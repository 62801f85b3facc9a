"""Alerts on backups of databases.

They are in the foundation, because an alert on logs needs rights on all of them.
"""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.gcp_alerts import notification_channels
from modules.gcp_foundation.props import GcpFoundationProps


def add_backup_alert(scope: Construct, props: GcpFoundationProps) -> None:
    """Notify of each automated backup of a database that does not succeed."""
    log = f"projects/{props.project}/logs/cloudaudit.googleapis.com%2Fsystem_event"
    terms = (
        'resource.type="cloudsql_database"',
        f'logName="{log}"',
        'protoPayload.methodName="cloudsql.instances.automatedBackup"',
        'NOT protoPayload.metadata.windowStatus=~"SUCC"',
    )
    place = Construct(scope, "backups")
    add_log_alert(place, props, "a backup of a database failed", " AND ".join(terms))


def add_log_alert(place: Construct, props: GcpFoundationProps, title: str, matched: str) -> None:
    """Notify of entries that ``matched`` selects, once an hour at most."""
    condition: tf.GoogleMonitoringAlertPolicyConditionsConditionMatchedLog = {"filter": matched}
    body: tf.GoogleMonitoringAlertPolicy = {
        "project": props.project,
        "display_name": title,
        "combiner": "OR",
        "conditions": [{"display_name": title, "condition_matched_log": condition}],
        "alert_strategy": {"notification_rate_limit": {"period": "3600s"}},
        "notification_channels": notification_channels(place, props.project, props.emails),
    }
    tf.block(place, "failed", "google_monitoring_alert_policy", body)
