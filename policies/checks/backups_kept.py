"""Backups exist, and are kept as long as recovery may need them."""

from policies.stack import CheckedStack, Violations

_BACKUPS, _LOG_DAYS, _DAYS = 14, 7, 14
"""The least number of daily backups, days of recovery logs (Cloud SQL), and days (Azure)."""


_YEAR = 365 * 86400
_COPIES = "azurerm_data_protection_backup_instance_postgresql_flexible_server"
_VAULT = "azurerm_data_protection_backup_vault"


def check(stack: CheckedStack) -> Violations:
    """Return database servers whose backups are off or below the floor."""
    yield from _google(stack)
    yield from _azure(stack)
    if stack.platform == "azure":
        yield from _copies(stack)
    if stack.platform == "gcp":
        yield from _exports(stack)


def _google(stack: CheckedStack) -> Violations:
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


def _azure(stack: CheckedStack) -> Violations:
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if "source_server_id" not in body and body.get("backup_retention_days", 7) < _DAYS:
            yield place, f"backups are kept for fewer than {_DAYS} days"


def _copies(stack: CheckedStack) -> Violations:
    """Return servers without copies that outlive them, and vaults that somebody could empty."""
    copied = {body["server_id"] for _, body in stack.resources(_COPIES)}
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if body.get("create_mode") != "Replica" and f"${{{place}.id}}" not in copied:
            yield place, f"no copies for years ({_COPIES})"
    vaults = list(stack.resources(_VAULT))
    if stack.is_foundation and not vaults:
        yield _VAULT, "no vault for copies of the databases"
    for place, body in vaults:
        allowed = ("Locked",) if stack.is_production else ("Locked", "Unlocked")
        if body.get("immutability") not in allowed:
            yield place, f"copies can be deleted (immutability is not {' or '.join(allowed)})"
        if stack.is_production and body.get("soft_delete") != "AlwaysOn":
            yield place, "a deleted copy can be lost at once (soft_delete is not AlwaysOn)"
        if not body.get("lifecycle", {}).get("prevent_destroy"):
            yield place, "prevent_destroy is not set"


def _exports(stack: CheckedStack) -> Violations:
    """Return instances that cannot write exports, and a foundation that keeps none for a year."""
    writers = {
        body["member"]
        for _, body in stack.resources("google_storage_bucket_iam_member")
        if body.get("role") == "roles/storage.objectCreator"
    }
    for place, body in stack.resources("google_sql_database_instance"):
        account = f"serviceAccount:${{{place}.service_account_email_address}}"
        if "master_instance_name" not in body and account not in writers:
            yield place, "it may write no exports that are kept for years"
    if stack.is_foundation:
        yield from _schedules(stack)
        yield from _kept_exports(stack)


def _schedules(stack: CheckedStack) -> Violations:
    started = [
        body["http_target"]["uri"]
        for _, body in stack.resources("google_cloud_scheduler_job")
        if not body.get("paused")
    ]
    exporting = [
        place
        for place, body in stack.resources("google_workflows_workflow")
        if "sqladmin.v1.instances.export" in body["source_contents"]
    ]
    if not any(f"${{{place}.id}}" in uri for place in exporting for uri in started):
        yield "google_cloud_scheduler_job", "nothing exports the databases"


def _kept_exports(stack: CheckedStack) -> Violations:
    kept = [
        (place, body["retention_policy"])
        for place, body in stack.resources("google_storage_bucket")
        if body.get("retention_policy")
    ]
    if not kept:
        yield "google_storage_bucket", "no bucket keeps exports of the databases"
    for place, policy in kept:
        if int(policy.get("retention_period", 0)) < _YEAR:
            yield place, "exports are kept for less than a year (retention_period)"
        if stack.is_production and not policy.get("is_locked"):
            yield place, "exports can be deleted (is_locked)"
