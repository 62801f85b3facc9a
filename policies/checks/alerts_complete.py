"""Somebody is notified before production fails, or when it does."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from policies.stack import Body, CheckedStack, Violations

_PRIMARY = {
    "google_sql_database_instance": ("disk/bytes_used", "postgresql/num_backends"),
    "azurerm_postgresql_flexible_server": ("storage_percent", "active_connections"),
}
_REPLICA = {
    "google_sql_database_instance": ("replication/replica_lag",),
    "azurerm_postgresql_flexible_server": ("physical_replication_delay_in_seconds",),
}
_OBJECTIVES = {"Deployment/lana-bank": "server", "Deployment/lana-bank-keycloak": "sign-in"}
_COPIES = "azurerm_data_protection_backup_instance_postgresql_flexible_server"
_BACKUPS = "cloudsql.instances.automatedBackup"
_EXPORTS = "google_workflows_workflow"


def check(stack: CheckedStack) -> Violations:
    """Return parts of a production, and copies of any database, that no alert covers."""
    yield from _copies(stack)
    if not stack.is_production or stack.is_local:
        return
    if stack.is_foundation:
        if stack.platform == "gcp" and not _covered(stack, _BACKUPS):
            yield "backups", "no alert on a backup that failed"
        return
    yield from _databases(stack)
    yield from _hosts(stack)
    yield from _objectives(stack)


def _databases(stack: CheckedStack) -> Violations:
    for kind in _PRIMARY:
        for place, body in stack.resources(kind):
            is_replica = "master_instance_name" in body or body.get("create_mode") == "Replica"
            # An alert names an instance of Cloud SQL by its name, a server by its address.
            named = (f':{body["name"]}"', f"${{{place}.id}}")
            for metric in (_REPLICA if is_replica else _PRIMARY)[kind]:
                if not any(_covered(stack, metric, json.dumps(each)[1:-1]) for each in named):
                    yield place, f"no alert on {metric}"


def _copies(stack: CheckedStack) -> Violations:
    """Return backup vaults whose own alerts, on jobs that failed, notify nobody."""
    kind = "azurerm_monitor_alert_processing_rule_action_group"
    notified = {
        scope
        for _, body in stack.resources(kind)
        if body.get("enabled", True) and body.get("add_action_group_ids")
        for scope in body["scopes"]
    }
    for place, body in stack.resources(_COPIES):
        if body["vault_id"] not in notified:
            yield place, "no alert on a backup that failed"
    for place, body in stack.resources(_EXPORTS):
        if not _covered(stack, f'workflow_id=\\"{body["name"]}\\"'):
            yield place, "no alert on an export that failed"


def _hosts(stack: CheckedStack) -> Violations:
    """Return hosts whose certificate could expire unnoticed."""
    watched = {
        host
        for place, host in _checks(stack)
        if _covered(stack, place, "ssl_cert") or _covered(stack, place, "web_test_id")
    }
    for host, route in {host: place for place, host, _, _ in stack.routes()}.items():
        if host not in watched:
            yield f"{route}/{host}", "no alert on its certificate"


def _checks(stack: CheckedStack) -> Iterator[tuple[str, str]]:
    """Yield place and host of each check from outside that verifies a certificate."""
    for place, body in stack.resources("google_monitoring_uptime_check_config"):
        request = body.get("http_check", {})
        if request.get("use_ssl") and request.get("validate_ssl"):
            yield place, body["monitored_resource"]["labels"]["host"]
    for place, body in stack.resources("azurerm_application_insights_standard_web_test"):
        url = urlsplit(body.get("request", {}).get("url", ""))
        rules = body.get("validation_rules", {})
        verified = rules.get("ssl_check_enabled") and rules.get("ssl_cert_remaining_lifetime")
        if body.get("enabled") and url.scheme == "https" and verified:
            yield place, url.hostname or ""


def _objectives(stack: CheckedStack) -> Violations:
    objectives = {body["name"]: place for place, body in stack.resources("honeycombio_slo")}
    burns = [json.dumps(body) for _, body in _received(stack, "honeycombio_burn_alert")]
    for workload, name in _OBJECTIVES.items():
        if workload in dict(stack.workloads()):
            address = f"${{{objectives.get(name)}.id}}"
            if not any(address in each for each in burns):
                yield workload, f"no service objective {name} with an alert on its error budget"
    if not any(_received(stack, "honeycombio_trigger")):
        yield "jobs", "no alert on failed jobs"


def _covered(stack: CheckedStack, *texts: str) -> bool:
    """Return whether an alert of the cloud that somebody receives has all of the ``texts``."""
    kinds = ("google_monitoring_alert_policy", "azurerm_monitor_metric_alert")
    return any(
        body.get("enabled", True)
        and (body.get("notification_channels") or body.get("action"))
        and all(text in json.dumps(body) for text in texts)
        for _, body in stack.resources(*kinds)
    )


def _received(stack: CheckedStack, kind: str) -> Iterator[tuple[str, Body]]:
    """Yield the alerts of a kind of Honeycomb's that have a recipient."""
    return ((place, body) for place, body in stack.resources(kind) if body.get("recipient"))
