"""Production's data is encrypted with the bank's own keys."""

from policies.stack import CheckedStack, Violations


def check(stack: CheckedStack) -> Violations:
    """Return production databases, secrets and datasets under a key of the cloud's."""
    if not stack.is_production:
        return
    for place, body in stack.resources("google_sql_database_instance"):
        if not body.get("encryption_key_name"):
            yield place, "encryption_key_name is not set"
    for place, body in stack.resources("google_secret_manager_secret"):
        replicas = body["replication"].get("user_managed", {}).get("replicas", [])
        if not replicas or not all(each.get("customer_managed_encryption") for each in replicas):
            yield place, "customer_managed_encryption is not set"
    for place, body in stack.resources("google_bigquery_dataset"):
        module = place.partition("/")[0].removeprefix("module.")
        key = stack.content["module"][module].get("kms_key")
        if not (key and "default_encryption_configuration" in body.get("dynamic", {})):
            yield place, "default_encryption_configuration is not set"
    for place, body in stack.resources("azurerm_postgresql_flexible_server"):
        if not body.get("customer_managed_key"):
            yield place, "customer_managed_key is not set"
