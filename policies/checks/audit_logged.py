"""Databases log who did what."""

from policies.stack import CheckedStack, Violations

_REQUIRED = {
    "cloudsql.enable_pgaudit": ("on",),
    "log_connections": ("on",),
    "log_disconnections": ("on",),
    "log_statement": ("ddl", "mod", "all"),
}

_DATA_ACCESS = {"DATA_READ", "DATA_WRITE"}
"""The logs that Cloud SQL writes the entries of pgaudit to."""


def check(stack: CheckedStack) -> Violations:
    """Return servers without audit, connection and schema logs, and Azure's that nobody keeps."""
    for place, body in stack.resources("google_sql_database_instance"):
        flags = {flag["name"]: flag["value"] for flag in body["settings"].get("database_flags", [])}
        for name, accepted in _REQUIRED.items():
            if flags.get(name) not in accepted:
                yield place, f"{name} is {flags.get(name, 'not set')}"
        if not {"ddl", "role"} <= set(flags.get("pgaudit.log", "").split(",")):
            yield place, "pgaudit.log does not have ddl and role"
    services = [body for _, body in stack.resources("google_project_iam_audit_config")]
    logged = {
        each["log_type"]
        for body in services
        if body["service"] == "cloudsql.googleapis.com"
        for each in body["audit_log_config"]
        if not each.get("exempted_members")
    }
    if stack.is_foundation and stack.platform == "gcp" and not logged >= _DATA_ACCESS:
        yield "google_project_iam_audit_config", "it does not log the access to data"
    kept = [body for _, body in stack.resources("azurerm_monitor_diagnostic_setting")]
    targets = " ".join(body["target_resource_id"] for body in kept)
    for place, _ in stack.resources("azurerm_postgresql_flexible_server"):
        if f"{place}." not in targets:
            yield place, "no diagnostic setting keeps its logs"
