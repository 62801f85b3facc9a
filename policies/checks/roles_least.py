"""Workloads have the listed roles only, and no grant reaches the public."""

import re

from policies.stack import CheckedStack, Violations, kind_of

_ROLES = {
    "google_bigquery_dataset_iam_member": ("roles/bigquery.dataOwner",),
    "google_project_iam_member": ("roles/bigquery.jobUser", "roles/cloudsql.client"),
    "google_service_account_iam_member": ("roles/iam.workloadIdentityUser",),
}
_MEMBER = re.compile(
    r"\$\{google_service_account\.\w+\.member\}|user:\$\{each\.value\}"
    r"|serviceAccount:[a-z0-9-]+\.svc\.id\.goog\[[a-z0-9-]+/[a-z0-9-]+\]"
)
"""A service account of the stack, a Kubernetes account, or a further owner of the warehouse."""


def check(stack: CheckedStack) -> Violations:
    """Return grants of roles that are not listed, and to other members."""
    for place, body in stack.resources():
        if "_iam_" not in place:
            continue
        kind = kind_of(place)
        if body.get("role") not in _ROLES.get(kind, ()):
            yield place, f"the role {body.get('role')} is not listed for {kind}"
        for member in body.get("members", [body.get("member", "")]):
            if not _MEMBER.fullmatch(member):
                yield place, f"the member {member} is not listed"
