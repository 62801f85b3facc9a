"""Workload Identity: a Google service account for one Kubernetes account, without any key."""

from __future__ import annotations

from constructs import Construct

from modules import terraform as tf

ANNOTATION = "iam.gke.io/gcp-service-account"
"""Annotation of a Kubernetes account with the e-mail address of its Google service account."""


def workload_identity(
    scope: Construct,
    name: str,
    *,
    project: str,
    account: str,
    namespace: str,
    roles: tuple[str, ...],
) -> tf.GoogleServiceAccountBlock:
    """Add the service account ``name`` with project ``roles`` for a Kubernetes ``account``."""
    place = Construct(scope, name)
    body: tf.GoogleServiceAccount = {
        "project": project,
        "account_id": name,
        "display_name": f"{account} in {namespace}",
    }
    service_account = tf.block(place, "account", "google_service_account", body)
    binding: tf.GoogleServiceAccountIamMember = {
        "service_account_id": service_account["name"],
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:{project}.svc.id.goog[{namespace}/{account}]",
    }
    tf.block(place, "binding", "google_service_account_iam_member", binding)
    for role in roles:
        grant: tf.GoogleProjectIamMember = {
            "project": project,
            "role": role,
            "member": service_account["member"],
        }
        tf.block(
            place, role.rpartition("/")[2].replace(".", "-"), "google_project_iam_member", grant
        )
    return service_account
