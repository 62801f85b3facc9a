"""Production survives the loss of a zone, and of an hour's data."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return production databases without a standby or recovery, and single pods."""
    if not stack.is_production or stack.is_local:
        return
    for place, body in stack.resources("google_sql_database_instance"):
        if "master_instance_name" in body:
            continue
        settings = body["settings"]
        if settings.get("availability_type") != "REGIONAL":
            yield place, "it has no standby (availability_type)"
        if not settings.get("backup_configuration", {}).get("point_in_time_recovery_enabled"):
            yield place, "it cannot be recovered to a point in time"
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if "source_server_id" in body:
            continue
        if body.get("high_availability", {}).get("mode") != "ZoneRedundant":
            yield place, "it has no standby (high_availability)"
        if not body.get("geo_redundant_backup_enabled"):
            yield place, "its backups are in one region"
    for place, workload in stack.objects_of("Deployment"):
        labels = workload["metadata"].get("labels", {})
        component = labels.get("app.kubernetes.io/component", "")
        # Dagster's daemon and code location may run only once.
        if workload["spec"].get("replicas", 1) < 2 and not component.startswith("dagster-"):
            yield place, "it has a single pod"
        pod = workload["spec"]["template"]["spec"]
        if not pod.get("priorityClassName") and not component.startswith("dagster"):
            yield place, "anything else may take its place on a node (priorityClassName)"
