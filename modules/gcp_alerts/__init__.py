"""Alerts in Cloud Monitoring, and who is notified."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from modules import terraform as tf


def notification_channels(scope: Construct, project: str, emails: Sequence[str]) -> list[str]:
    """Add a channel for each address; return the expressions of their names."""
    names = []
    for number, address in enumerate(emails, 1):
        body: tf.GoogleMonitoringNotificationChannel = {
            "project": project,
            "display_name": address,
            "type": "email",
            "labels": {"email_address": address},
        }
        block = tf.block(scope, f"channel-{number}", "google_monitoring_notification_channel", body)
        names.append(block["name"])
    return names
