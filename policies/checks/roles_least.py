"""Workloads have the listed roles only, and no grant reaches the public."""

import re

from policies.stack import Body, CheckedStack, Violations, kind_of

_ROLES = {
    "google_bigquery_dataset_iam_member": ("roles/bigquery.dataOwner",),
    "google_project_iam_member": ("roles/bigquery.jobUser", "roles/cloudsql.client"),
    "google_service_account_iam_member": (
        "roles/iam.serviceAccountTokenCreator",
        "roles/iam.workloadIdentityUser",
    ),
    "google_storage_bucket_iam_member": ("roles/storage.objectCreator", "roles/storage.objectUser"),
}
_FOUNDATION = {
    "google_artifact_registry_repository_iam_member": ("roles/artifactregistry.reader",),
    "google_kms_crypto_key_iam_member": ("roles/cloudkms.cryptoKeyEncrypterDecrypter",),
    "google_project_iam_member": (
        "roles/bigquery.dataOwner",
        "roles/cloudsql.admin",
        "roles/compute.networkViewer",
        "roles/container.defaultNodeServiceAccount",
        "roles/container.developer",
        "roles/dns.admin",
        "roles/iam.serviceAccountAdmin",
        "roles/logging.logWriter",
        "roles/monitoring.alertPolicyEditor",
        "roles/monitoring.notificationChannelEditor",
        "roles/monitoring.uptimeCheckConfigEditor",
        "roles/resourcemanager.projectIamAdmin",
        "roles/secretmanager.admin",
        "roles/workflows.invoker",
    ),
    "google_service_account_iam_member": ("roles/iam.workloadIdentityUser",),
    "google_storage_bucket_iam_member": ("roles/storage.objectUser",),
}
"""Roles that a foundation grants to deployer, nodes and service agents, by kind."""
_BUILT_IN = {
    "AcrPull",
    "Key Vault Crypto Service Encryption User",
    "Key Vault Secrets Officer",
    "Key Vault Secrets User",
    "PostgreSQL Flexible Server Long Term Retention Backup Role",
    "Reader",
    "Storage Blob Data Contributor",
}
_PERMISSIONS = {
    "cloudsql.databases.list",
    "cloudsql.instances.export",
    "cloudsql.instances.get",
    "cloudsql.instances.list",
    "storage.buckets.getIamPolicy",
    "storage.buckets.setIamPolicy",
}
"""What roles of our own permit on Google Cloud."""
_OWN_ROLE = re.compile(r"\$\{google_project_iam_custom_role\.\w+\.name\}")
_TOO_MUCH = re.compile(r"\*|Microsoft\.Authorization/(?!locks/(read|write)$).*")
_GRANTED = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(["
_MEMBER = re.compile(
    r"\$\{google_service_account\.\w+\.member\}|user:\$\{each\.value\}"
    r"|serviceAccount:[a-z0-9-]+\.svc\.id\.goog\[[a-z0-9-]+/[a-z0-9-]+\]"
    r"|serviceAccount:\$\{google_sql_database_instance\.\w+\.service_account_email_address\}"
)
"""An account of the stack, of Kubernetes or of an instance, or another owner of the warehouse."""
_AGENT = re.compile(
    r"\$\{data\.google_(?:bigquery_default|storage_project)_service_account\.\w+\.member\}"
    r"|serviceAccount:service-\$\{data\.google_project\.\w+\.number\}"
    r"@gcp-sa-(?:cloud-sql|secretmanager)\.iam\.gserviceaccount\.com"
    r"|principal://iam\.googleapis\.com/\$\{google_iam_workload_identity_pool\.\w+\.name\}"
    r"/subject/[-\w./:]+"
)
"""A service agent of the project, or one subject of a federation: members in a foundation."""


def check(stack: CheckedStack) -> Violations:
    """Return grants of roles that are not listed, and to other members."""
    roles = _FOUNDATION if stack.is_foundation else _ROLES
    for place, body in stack.resources():
        if (
            "_iam_member" not in place
            and "_iam_binding" not in place
            and "_iam_policy" not in place
        ):
            continue
        kind = kind_of(place)
        role = body.get("role", "")
        own = stack.is_foundation and _OWN_ROLE.fullmatch(role)
        if not own and role not in roles.get(kind, ()):
            yield place, f"the role {role} is not listed for {kind}"
        if role.endswith("TokenCreator") and not _is_itself(body):
            yield place, "it signs as another account than itself"
        for member in body.get("members", [body.get("member", "")]):
            agent = stack.is_foundation and _AGENT.fullmatch(member)
            if not agent and not _MEMBER.fullmatch(member):
                yield place, f"the member {member} is not listed"
        granted = body.get("condition", {}).get("expression", "")
        if role.endswith("projectIamAdmin") and not _limited(granted):
            yield place, "it may grant any role (condition)"
    for place, body in stack.resources("google_project_iam_custom_role"):
        for permission in set(body["permissions"]) - _PERMISSIONS:
            yield place, f"the permission {permission} is not listed"
    yield from _azure(stack)


def _is_itself(body: Body) -> bool:
    """Return whether an account alone is let act as that account."""
    account = str(body["service_account_id"]).removesuffix(".name}")
    return bool(body.get("member") == f"{account}.member}}")


def _limited(expression: str) -> bool:
    """Return whether an administrator of grants may grant the workloads' roles alone."""
    listed = set(re.findall(r"roles/[\w.]+", expression))
    return expression.startswith(_GRANTED) and listed == set(_ROLES["google_project_iam_member"])


def _azure(stack: CheckedStack) -> Violations:
    for place, body in stack.resources("azurerm_role_assignment"):
        name = body.get("role_definition_name")
        own = str(body.get("role_definition_id")).startswith("${azurerm_role_definition.")
        if name not in _BUILT_IN and not own:
            yield place, f"the role {name} is not listed"
        if not str(body["scope"]).startswith("${azurerm_"):
            yield place, "its scope is not a resource of the stack"
    for place, body in stack.resources("azurerm_role_definition"):
        for action in body["permissions"].get("actions", []):
            if _TOO_MUCH.fullmatch(action):
                yield place, f"the operation {action} grants rights"
