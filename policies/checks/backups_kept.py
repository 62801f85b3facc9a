"""Backups exist, and are kept as long as recovery may need them."""

from policies.stack import CheckedStack, Violations

_BACKUPS, _LOG_DAYS, _DAYS = 14, 7, 14
"""The least number of daily backups, days of recovery logs (Cloud SQL), and days (Azure)."""


def check(stack: CheckedStack) -> Violations:
    """Return database servers whose backups are off or below the floor."""
    for place, body in stack.resources("google_sql_database_instance"):
        if "master_instance_name" in body:
            continue
        backup = body["settings"].get("backup_configuration", {})
        kept = backup.get("backup_retention_settings", {}).get("retained_backups", 0)
        if not backup.get("enabled"):
            yield place, "backups are off"
        if kept < _BACKUPS:
            yield place, f"{kept} backups are kept; at least {_BACKUPS}"
        if (days := backup.get("transaction_log_retention_days", 0)) < _LOG_DAYS:
            yield place, f"recovery logs are kept for {days} days; at least {_LOG_DAYS}"
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if "source_server_id" not in body and body.get("backup_retention_days", 7) < _DAYS:
            yield place, f"backups are kept for fewer than {_DAYS} days"
