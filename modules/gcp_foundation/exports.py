"""Weekly exports of the databases to a bucket that keeps them for years.

A vault of Backup and DR would replace Cloud SQL's own backups, knows no key of the bank's and
restores in one region only (docs/decisions/0093), so databases are exported as SQL. A workflow
finds the instances of the environment by their label: no deploy can leave one out.
"""

from __future__ import annotations

import json
from typing import Any

from constructs import Construct

from modules import terraform as tf
from modules.gcp_foundation.backups import add_log_alert
from modules.gcp_foundation.keys import add_key
from modules.gcp_foundation.props import (
    EXPORT_PERMISSIONS,
    EXPORT_ROLES,
    GcpFoundationProps,
    LongTermExports,
)

DAY = 86400
_SATURDAYS = "0 12 * * 6"
"""Neither in the window of the backups nor in that of the maintenance: an instance does one thing
at a time, and refuses an export meanwhile."""
_SQL = "googleapis.sqladmin.v1"
_EXECUTIONS = "https://workflowexecutions.googleapis.com/v1"


def add_long_term_backups(
    scope: Construct, props: GcpFoundationProps, backups: LongTermExports, storage: str
) -> None:
    """Add bucket, key, workflow, schedule and alert; a release lets its instances write.

    ``storage`` is the service agent of Cloud Storage.
    """
    place = Construct(scope, "long-term")
    bucket = _bucket(place, props, backups, storage)
    account = _account(place, props)
    body: tf.GoogleWorkflowsWorkflow = {
        "project": props.project,
        "region": props.region,
        "name": f"{props.environment}-exports",
        "service_account": account["id"],
        "call_log_level": "LOG_ERRORS_ONLY",
        "source_contents": json.dumps(_steps(props, bucket["name"]), indent=2),
    }
    workflow = tf.block(place, "workflow", "google_workflows_workflow", body)
    schedule: tf.GoogleCloudSchedulerJob = {
        "project": props.project,
        "region": props.region,
        "name": body["name"] or "",
        "schedule": _SATURDAYS,
        "time_zone": "Etc/UTC",
        "retry_config": {"retry_count": 3},
        "http_target": {
            "http_method": "POST",
            "uri": f"{_EXECUTIONS}/{workflow['id']}/executions",
            "oauth_token": {"service_account_email": account["email"]},
        },
    }
    tf.block(place, "schedule", "google_cloud_scheduler_job", schedule)
    failed = (
        f'severity>=ERROR AND (resource.labels.workflow_id="{body["name"]}"'
        f' OR resource.labels.job_id="{body["name"]}")'
    )
    add_log_alert(place, props, "an export of a database failed", failed)


def _bucket(
    place: Construct, props: GcpFoundationProps, backups: LongTermExports, storage: str
) -> tf.GoogleStorageBucketBlock:
    """Add the bucket, under a key that is where the bucket is: both outlive the region."""
    ring_body: tf.GoogleKmsKeyRing = {
        "project": props.project,
        "location": backups.location,
        "name": backups.bucket,
    }
    ring = tf.block(place, "ring", "google_kms_key_ring", ring_body, keep=True)
    key, grants = add_key(place, ring, "exports", {"storage": storage})
    kept = backups.years * 366 * DAY
    body: tf.GoogleStorageBucket = {
        "project": props.project,
        "name": backups.bucket,
        "location": backups.location.upper(),
        "storage_class": "ARCHIVE",
        "uniform_bucket_level_access": True,
        "public_access_prevention": "enforced",
        "encryption": {"default_kms_key_name": key["id"]},
        "retention_policy": {"retention_period": str(kept), "is_locked": backups.locked},
        "lifecycle_rule": [
            {"action": {"type": "Delete"}, "condition": {"age": kept // DAY + 1}},
        ],
    }
    return tf.block(place, "bucket", "google_storage_bucket", body, keep=True, depends_on=grants)


def _account(place: Construct, props: GcpFoundationProps) -> tf.GoogleServiceAccountBlock:
    """Add the account that exports, which can neither read nor change a database."""
    body: tf.GoogleServiceAccount = {
        "project": props.project,
        "account_id": f"{props.network[:22].rstrip('-')}-exports",
        "display_name": f"Exports the databases of {props.environment}",
    }
    account = tf.block(place, "account", "google_service_account", body)
    role: tf.GoogleProjectIamCustomRole = {
        "project": props.project,
        "role_id": "databaseExporter",
        "title": "Exports databases",
        "permissions": list(EXPORT_PERMISSIONS),
    }
    exporter = tf.block(place, "role", "google_project_iam_custom_role", role)
    for granted in (exporter["name"], *EXPORT_ROLES):
        grant: tf.GoogleProjectIamMember = {
            "project": props.project,
            "role": granted,
            "member": account["member"],
        }
        name = "exporter" if granted == exporter["name"] else granted.rpartition("/")[2]
        tf.block(place, name.replace(".", "-"), "google_project_iam_member", grant)
    return account


def _steps(props: GcpFoundationProps, bucket: str) -> dict[str, Any]:
    """Return the workflow: one file for each database of each instance, instances in parallel.

    Where one fails, the others are still exported before the workflow fails.
    """
    listed = _call(
        "instances.list",
        "found",
        project=props.project,
        filter=f"settings.userLabels.environment:{props.environment} "
        "AND instanceType:CLOUD_SQL_INSTANCE",
    )
    databases = _call(
        "databases.list", "listed", project=props.project, instance=_expression("instance.name")
    )
    each_database = {
        "for": {
            "value": "database",
            "in": _expression("listed.items"),
            "steps": [{"own": _unless_own()}, {"export": _export(props, bucket)}],
        }
    }
    each_instance = {
        "value": "instance",
        "in": _expression("found.items"),
        "steps": [{"databases": databases}, {"eachDatabase": each_database}],
    }
    parallel = {"parallel": {"exception_policy": "continueAll", "for": each_instance}}
    return {"main": {"steps": [{"instances": listed}, {"eachInstance": parallel}]}}


def _unless_own() -> dict[str, Any]:
    """Return the step that leaves PostgreSQL's own database out, which holds nothing."""
    condition = _expression('database.name == "postgres"')
    return {"switch": [{"condition": condition, "next": "continue"}]}


def _export(props: GcpFoundationProps, bucket: str) -> dict[str, Any]:
    # A file that exists is never written again, so its name has the time.
    name = 'instance.name + "/" + database.name + "-" + time.format(sys.now()) + ".sql.gz"'
    context = {
        "fileType": "SQL",
        "uri": _expression(f'"gs://{bucket}/" + {name}'),
        "databases": [_expression("database.name")],
        # By a temporary instance, so that the primary has no load.
        "offload": True,
    }
    return _call(
        "instances.export",
        "exported",
        project=props.project,
        instance=_expression("instance.name"),
        body={"exportContext": context},
        connector_params={"timeout": DAY},
    )


def _call(method: str, result: str, **arguments: Any) -> dict[str, Any]:
    return {"call": f"{_SQL}.{method}", "args": arguments, "result": result}


def _expression(text: str) -> str:
    """Return an expression of the workflow, which Terraform leaves as it is."""
    return f"$${{{text}}}"
