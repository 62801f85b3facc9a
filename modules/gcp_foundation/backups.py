"""The alert on backups of databases.

It is in the foundation, because an alert on logs needs rights on all of them.
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
    place, title = Construct(scope, "backups"), "a backup of a database failed"
    matched: tf.GoogleMonitoringAlertPolicyConditionsConditionMatchedLog = {
        "filter": " AND ".join(terms)
    }
    body: tf.GoogleMonitoringAlertPolicy = {
        "project": props.project,
        "display_name": title,
        "combiner": "OR",
        "conditions": [{"display_name": title, "condition_matched_log": matched}],
        "alert_strategy": {"notification_rate_limit": {"period": "3600s"}},
        "notification_channels": notification_channels(place, props.project, props.emails),
    }
    tf.block(place, "failed", "google_monitoring_alert_policy", body)
