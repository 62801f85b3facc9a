"""The account that deploys Lana Bank, used with a token of Concourse or GitHub, without a key."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf
from modules.federation import FederatedSubject
from modules.gcp_foundation.props import (
    BUCKET_PERMISSIONS,
    DEPLOYER_ROLES,
    GRANTABLE_ROLES,
    GcpFoundationProps,
)

GRANTED = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', [])"


def add_deployer(
    scope: Construct, props: GcpFoundationProps, bucket: tf.GoogleStorageBucketBlock
) -> None:
    """Add the account, its roles, and the subjects that may act as it."""
    place = Construct(scope, "deployer")
    body: tf.GoogleServiceAccount = {
        "project": props.project,
        "account_id": f"{props.network[:21].rstrip('-')}-deployer",
        "display_name": f"Deploys {props.environment}",
    }
    account = tf.block(place, "account", "google_service_account", body)
    for role in DEPLOYER_ROLES:
        _grant(place, props.project, account["member"], role)
    _grant_roles_of_workloads(place, props.project, account["member"])
    _grant_buckets(place, props.project, account["member"])
    state: tf.GoogleStorageBucketIamMember = {
        "bucket": bucket["name"],
        "role": "roles/storage.objectUser",
        "member": account["member"],
    }
    tf.block(place, "state", "google_storage_bucket_iam_member", state)
    pool_body: tf.GoogleIamWorkloadIdentityPool = {
        "project": props.project,
        "workload_identity_pool_id": "deployers",
    }
    pool = tf.block(place, "pool", "google_iam_workload_identity_pool", pool_body)
    for subject in props.subjects:
        _federate(place, props.project, pool, account, subject)


def _grant(place: Construct, project: str, member: str, role: str) -> None:
    body: tf.GoogleProjectIamMember = {"project": project, "role": role, "member": member}
    name = role.rpartition("/")[2].replace(".", "-")
    tf.block(place, name, "google_project_iam_member", body)


def _grant_roles_of_workloads(place: Construct, project: str, member: str) -> None:
    """Let the deployer grant the workloads' roles, and no other."""
    roles = ", ".join(f"'{role}'" for role in GRANTABLE_ROLES)
    body: tf.GoogleProjectIamMember = {
        "project": project,
        "role": "roles/resourcemanager.projectIamAdmin",
        "member": member,
        "condition": {
            "title": "roles of workloads",
            "expression": f"{GRANTED}.hasOnly([{roles}])",
        },
    }
    tf.block(place, "grants", "google_project_iam_member", body)


def _grant_buckets(place: Construct, project: str, member: str) -> None:
    """Let the deployer grant the workloads what they need in buckets that exist.

    No bucket is ever public, and nobody can empty one whose retention is locked.
    """
    body: tf.GoogleProjectIamCustomRole = {
        "project": project,
        "role_id": "bucketGrants",
        "title": "Grants on buckets",
        "permissions": list(BUCKET_PERMISSIONS),
    }
    role = tf.block(place, "bucket-role", "google_project_iam_custom_role", body)
    grant: tf.GoogleProjectIamMember = {
        "project": project,
        "role": role["name"],
        "member": member,
    }
    tf.block(place, "buckets", "google_project_iam_member", grant)


def _federate(
    place: Construct,
    project: str,
    pool: tf.GoogleIamWorkloadIdentityPoolBlock,
    account: tf.GoogleServiceAccountBlock,
    subject: FederatedSubject,
) -> None:
    """Let one subject of one issuer act as the account."""
    conditions = (f"assertion.{name} == '{value}'" for name, value in subject.claims.items())
    body: tf.GoogleIamWorkloadIdentityPoolProvider = {
        "project": project,
        "workload_identity_pool_id": pool["workload_identity_pool_id"],
        "workload_identity_pool_provider_id": subject.provider,
        "attribute_mapping": {"google.subject": "assertion.sub"},
        "attribute_condition": " && ".join(conditions),
        "oidc": {"issuer_uri": subject.issuer},
    }
    tf.block(place, subject.provider, "google_iam_workload_identity_pool_provider", body)
    binding: tf.GoogleServiceAccountIamMember = {
        "service_account_id": account["name"],
        "role": "roles/iam.workloadIdentityUser",
        "member": f"principal://iam.googleapis.com/{pool['name']}/subject/{subject.name}",
    }
    name = f"{subject.provider}-user"
    tf.block(place, name, "google_service_account_iam_member", binding)
