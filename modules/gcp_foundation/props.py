"""The input of the construct, and what every project has; imports no CDK Terrain."""

from __future__ import annotations

from dataclasses import dataclass

from modules.federation import FederatedSubject

SERVICES = (
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "dns.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "serviceusage.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
    "workflowexecutions.googleapis.com",
    "workflows.googleapis.com",
)
"""APIs of the project."""

AUDITED = ("cloudkms", "cloudsql", "secretmanager", "storage")
"""APIs whose reads and writes of data are logged, besides the administration that always is."""

DEPLOYER_ROLES = (
    "roles/bigquery.dataOwner",
    "roles/cloudsql.admin",
    "roles/compute.networkViewer",
    # No RBAC: the chart has no Role, so the deployer needs none either.
    "roles/container.developer",
    # Clients verify a server by its name, which a private zone resolves.
    "roles/dns.admin",
    "roles/iam.serviceAccountAdmin",
    "roles/monitoring.alertPolicyEditor",
    "roles/monitoring.notificationChannelEditor",
    "roles/monitoring.uptimeCheckConfigEditor",
    "roles/secretmanager.admin",
)
"""Roles in the project of whoever deploys Lana Bank."""

GRANTABLE_ROLES = ("roles/bigquery.jobUser", "roles/cloudsql.client")
"""Roles that the deployer may grant in the project: those of the environment's workloads."""

BUCKET_PERMISSIONS = ("storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy")
"""What the deployer may do with buckets: let the environment's accounts write to them."""

EXPORT_PERMISSIONS = (
    "cloudsql.databases.list",
    "cloudsql.instances.export",
    "cloudsql.instances.get",
    "cloudsql.instances.list",
)
"""What the account of the weekly exports may do with databases: neither read nor change them."""

EXPORT_ROLES = ("roles/logging.logWriter", "roles/workflows.invoker")
"""Further roles of that account."""

NODE_ROLE = "roles/container.defaultNodeServiceAccount"


@dataclass(frozen=True, kw_only=True)
class ImageRepository:
    """A repository in Artifact Registry that nodes pull from."""

    project: str
    location: str
    repository: str


@dataclass(frozen=True)
class LongTermExports:
    """Weekly exports of the databases: their bucket, its location, and the years they are kept.

    In a ``locked`` bucket nobody can delete them or shorten that time, which cannot be undone.
    """

    bucket: str
    location: str
    years: int
    locked: bool


@dataclass(frozen=True, kw_only=True)
class GcpFoundationProps:
    """Properties of a project.

    environment    the stack that is deployed on it: prefix of its secrets, name of its job
    network        name of the VPC; nodes, pods, services and databases are ranges in CIDR notation
    dns_zone       the public zone, which the parent zone delegates to its name servers
    state_bucket   bucket of the states; exists already, like state_key
    state_key      path of its encryption key; the ring has data_key too (None: Google's own)
    replica_key    path of the key of replicas in another region (default: none)
    subjects       who may deploy, by a token of an issuer
    secrets        names of the secrets that are stored by hand
    repositories   where the nodes pull our images
    emails         who is notified of a backup that failed
    long_term      weekly exports of the databases (default: none)
    """

    environment: str
    project: str
    region: str
    network: str
    nodes: str
    pods: str
    services: str
    databases: str
    dns_zone: str
    state_bucket: str
    state_key: str
    data_key: str | None
    subjects: tuple[FederatedSubject, ...]
    secrets: tuple[str, ...]
    repositories: tuple[ImageRepository, ...]
    emails: tuple[str, ...]
    long_term: LongTermExports | None = None
    replica_key: str | None = None
