"""Problems of what a cloud has: which answer of its API is not what a block describes."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Document = Mapping[str, Any]
"""A synthesized stack, one of its blocks, or what a cloud answers."""

SOON = timedelta(days=30)
"""The time before the end of a secret or key from which on it is reported."""

NUMBER = "<number>"
"""The number of a project, in the address of a service agent: no block has it."""

COPIED = timedelta(days=8)
"""The age at which the newest of weekly copies is reported."""


def problem_of(kind: str, found: Document, body: Document, now: datetime) -> str:
    """Return what is wrong with ``found``, which a block ``body`` describes; empty if nothing."""
    judge = _JUDGES.get(kind)
    return judge(found, body, now) if judge else ""


def _kept_bucket(found: Document, body: Document, _: datetime) -> str:
    """Judge the bucket of the state by its versions, that of the exports by its retention."""
    if body.get("encryption") and not found.get("encryption", {}).get("defaultKmsKeyName"):
        return "it has no key of its own"
    if wanted := body.get("retention_policy"):
        kept = found.get("retentionPolicy", {})
        if int(kept.get("retentionPeriod", 0)) < int(wanted["retention_period"]):
            return "it keeps its objects for a shorter time"
        return "" if kept.get("isLocked") or not wanted["is_locked"] else "it is not locked"
    return "" if found.get("versioning", {}).get("enabled") else "it keeps no versions"


def _versioned_account(found: Document, _: Document, __: datetime) -> str:
    on = found.get("properties", {}).get("isVersioningEnabled")
    return "" if on else "it keeps no versions"


def _peered(found: Document, _: Document, __: datetime) -> str:
    states = {each.get("name"): each.get("state") for each in found.get("peerings", ())}
    peered = states.get("servicenetworking-googleapis-com") == "ACTIVE"
    return "" if peered else "it is not peered with the databases' network"


def _enabled(found: Document, _: Document, __: datetime) -> str:
    return "" if found.get("state") == "ENABLED" else "it is not enabled"


def _permitted(found: Document, body: Document, _: datetime) -> str:
    missing = sorted({*body["permissions"]} - {*found.get("includedPermissions", ())})
    return f"it does not permit {', '.join(missing)}" if missing else ""


def _usable(found: Document, _: Document, __: datetime) -> str:
    return "" if found.get("primary", {}).get("state") == "ENABLED" else "it is not enabled"


def _granted(found: Document, body: Document, _: datetime) -> str:
    held = {
        member
        for binding in found.get("bindings", ())
        if binding.get("role") == body["role"]
        for member in binding.get("members", ())
    }
    member = re.compile(re.escape(body["member"]).replace(re.escape(NUMBER), "[0-9]+"))
    return "" if any(map(member.fullmatch, held)) else "it is not granted"


def _audited(found: Document, body: Document, _: datetime) -> str:
    logged = {
        (each.get("service"), config.get("logType"))
        for each in found.get("auditConfigs", ())
        for config in each.get("auditLogConfigs", ())
    }
    wanted = [each["log_type"] for each in body["audit_log_config"]]
    missing = [each for each in wanted if (body["service"], each) not in logged]
    return f"it does not log {', '.join(missing)}" if missing else ""


def _trusts_job(found: Document, body: Document, _: datetime) -> str:
    """Judge what a deployer signs in with: the token of one job, of one issuer."""
    issuer = found.get("oidc", {}).get("issuerUri")
    wanted = (body["attribute_condition"], body["oidc"]["issuer_uri"])
    if found.get("state") != "ACTIVE" or found.get("disabled"):
        return "it is not active"
    return "" if (found.get("attributeCondition"), issuer) == wanted else "it trusts another token"


def _trusts_subject(found: Document, body: Document, _: datetime) -> str:
    properties = found.get("properties", {})
    trusted = (properties.get("issuer"), properties.get("subject"))
    return "" if trusted == (body["issuer"], body["subject"]) else "it trusts another token"


def _secret(found: Document, _: Document, now: datetime) -> str:
    """Judge a version of Secret Manager, or the secret that has it."""
    if found.get("state", "ENABLED") != "ENABLED":
        return "its latest version is not enabled"
    end = found.get("expireTime")
    return _ends(datetime.fromisoformat(end), now) if end else ""


def _attributes(attributes: Document, now: datetime) -> str:
    if not attributes.get("enabled"):
        return "it is not enabled"
    end = attributes.get("exp")
    return _ends(datetime.fromtimestamp(end, UTC), now) if end else ""


def _key(found: Document, _: Document, now: datetime) -> str:
    return _attributes(found.get("attributes", {}), now)


def _versions(found: Document, _: Document, now: datetime) -> str:
    """Judge the newest of a secret's versions in a Key Vault."""
    attributes = [each.get("attributes", {}) for each in found.get("value", ())]
    if not attributes:
        return "it has no value"
    return _attributes(max(attributes, key=lambda each: each.get("created", 0)), now)


def _ends(end: datetime, now: datetime) -> str:
    if end <= now:
        return f"it expired at {end.isoformat()}"
    return f"it expires at {end.isoformat()}" if end < now + SOON else ""


def _exported(found: Document, _: Document, now: datetime) -> str:
    """Judge the files of an instance in the bucket of the exports."""
    return _recent((each["timeCreated"] for each in found.get("items", ())), now)


def _copied(found: Document, _: Document, now: datetime) -> str:
    """Judge the recovery points of a server in a Backup vault, of which a partial one is none."""
    points = (each["properties"] for each in found.get("value", ()))
    whole = (each for each in points if each.get("recoveryPointState") != "Partial")
    return _recent((each["recoveryPointTime"] for each in whole), now)


def _recent(times: Iterable[str], now: datetime) -> str:
    newest = max(map(datetime.fromisoformat, times), default=None)
    if newest is None or newest < now - COPIED:
        return f"there is none of the last {COPIED.days} days"
    return ""


_JUDGES: Mapping[str, Callable[[Document, Document, datetime], str]] = {
    "azurerm_data_protection_backup_instance_postgresql_flexible_server": _copied,
    "azurerm_federated_identity_credential": _trusts_subject,
    "azurerm_key_vault_key": _key,
    "azurerm_key_vault_secret": _versions,
    "azurerm_storage_account": _versioned_account,
    "google_artifact_registry_repository_iam_member": _granted,
    "google_cloud_scheduler_job": _enabled,
    "google_compute_network": _peered,
    "google_iam_workload_identity_pool_provider": _trusts_job,
    "google_kms_crypto_key": _usable,
    "google_kms_crypto_key_iam_member": _granted,
    "google_project_iam_audit_config": _audited,
    "google_project_iam_custom_role": _permitted,
    "google_project_iam_member": _granted,
    "google_project_service": _enabled,
    "google_secret_manager_secret_version": _secret,
    "google_service_account_iam_member": _granted,
    "google_sql_database_instance": _exported,
    "google_storage_bucket": _kept_bucket,
    "google_storage_bucket_iam_member": _granted,
}
