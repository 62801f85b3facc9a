"""A Google service account that one Kubernetes account, and nobody with a key, may act as."""

from __future__ import annotations

from constructs import Construct

from modules.terraform import Reference, block

ANNOTATION = "iam.gke.io/gcp-service-account"
"""What a Kubernetes account says it acts as."""


def workload_identity(
    scope: Construct,
    name: str,
    *,
    project: str,
    account: str,
    namespace: str,
    roles: tuple[str, ...],
) -> Reference:
    """Add a service account with project ``roles`` for the Kubernetes account of that name.

    ``account`` is both the Kubernetes account and what the service account's id ends with;
    no key of it is made. Its e-mail address is the reference's ``email``.
    """
    place = Construct(scope, name)
    body = {"project": project, "account_id": name, "display_name": f"{account} in {namespace}"}
    acting = block(place, "account", "google_service_account", body)
    member = f"serviceAccount:{project}.svc.id.goog[{namespace}/{account}]"
    binding = {
        "service_account_id": acting["name"],
        "role": "roles/iam.workloadIdentityUser",
        "member": member,
    }
    block(place, "binding", "google_service_account_iam_member", binding)
    for role in roles:
        grant = {"project": project, "role": role, "member": acting["member"]}
        block(place, role.rpartition("/")[2].replace(".", "-"), "google_project_iam_member", grant)
    return acting
