"""The construct: APIs, network, keys, state, vault, deployer and nodes of a project."""

from __future__ import annotations

import ipaddress
from functools import cached_property

from cdktn import TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.gcp_foundation.backups import add_backup_alert
from modules.gcp_foundation.deployer import add_deployer
from modules.gcp_foundation.exports import add_long_term_backups
from modules.gcp_foundation.keys import add_key
from modules.gcp_foundation.props import AUDITED, NODE_ROLE, SERVICES, GcpFoundationProps


class GcpFoundation(Construct):
    """A project that a first ``tofu apply`` of Lana Bank works in.

    Its APIs are enabled already. Key ring, state key and state bucket exist, because the state of
    this stack is in them: they are imported. What data depends on has ``prevent_destroy``.
    """

    def __init__(self, scope: Construct, name: str, props: GcpFoundationProps) -> None:
        super().__init__(scope, name)
        self._props = props
        self._grants: list[tf.GoogleKmsCryptoKeyIamMemberBlock] = []
        owner: tf.DataGoogleStorageProjectServiceAccount = {"project": props.project}
        storage = tf.block(
            self, "storage", "google_storage_project_service_account", owner, block_type="data"
        )
        self._storage = storage["member"]
        self._services()
        self._audit()
        self._network()
        self._dns()
        keys = self._keys()
        bucket = self._state(keys)
        self._secrets(keys)
        self._nodes()
        add_backup_alert(self, props)
        add_deployer(self, props, bucket)
        if props.long_term:
            add_long_term_backups(self, props, props.long_term, self._storage)
        self._import(bucket)

    def _services(self) -> None:
        """Keep the APIs enabled, which everything else here needs from the start."""
        place = Construct(self, "api")
        for service in SERVICES:
            body: tf.GoogleProjectService = {
                "project": self._props.project,
                "service": service,
                "disable_on_destroy": False,
            }
            tf.block(place, service.partition(".")[0], "google_project_service", body)

    def _audit(self) -> None:
        for service in AUDITED:
            body: tf.GoogleProjectIamAuditConfig = {
                "project": self._props.project,
                "service": f"{service}.googleapis.com",
                "audit_log_config": [{"log_type": "DATA_READ"}, {"log_type": "DATA_WRITE"}],
            }
            tf.block(self, f"audit-{service}", "google_project_iam_audit_config", body)

    def _network(self) -> None:
        props = self._props
        body: tf.GoogleComputeNetwork = {
            "project": props.project,
            "name": props.network,
            "auto_create_subnetworks": False,
        }
        network = tf.block(self, "network", "google_compute_network", body, keep=True)
        self._subnet(network)
        self._outbound(network)
        databases = ipaddress.ip_network(props.databases)
        reserved: tf.GoogleComputeGlobalAddress = {
            "project": props.project,
            "name": f"{props.network}-databases",
            "purpose": "VPC_PEERING",
            "address_type": "INTERNAL",
            "address": str(databases.network_address),
            "prefix_length": databases.prefixlen,
            "network": network["id"],
        }
        address = tf.block(self, "databases", "google_compute_global_address", reserved, keep=True)
        connection: tf.GoogleServiceNetworkingConnection = {
            "network": network["id"],
            "service": "servicenetworking.googleapis.com",
            "reserved_peering_ranges": [address["name"]],
        }
        tf.block(self, "peering", "google_service_networking_connection", connection, keep=True)

    def _subnet(self, network: tf.GoogleComputeNetworkBlock) -> None:
        props = self._props
        body: tf.GoogleComputeSubnetwork = {
            "project": props.project,
            "region": props.region,
            "name": f"{props.network}-nodes",
            "network": network["id"],
            "ip_cidr_range": props.nodes,
            "private_ip_google_access": True,
            "secondary_ip_range": [
                {"range_name": "pods", "ip_cidr_range": props.pods},
                {"range_name": "services", "ip_cidr_range": props.services},
            ],
            "log_config": {"aggregation_interval": "INTERVAL_10_MIN", "flow_sampling": 0.5},
        }
        tf.block(self, "nodes", "google_compute_subnetwork", body, keep=True)

    def _outbound(self, network: tf.GoogleComputeNetworkBlock) -> None:
        """Add the way out of nodes that have no public address."""
        props = self._props
        router_body: tf.GoogleComputeRouter = {
            "project": props.project,
            "region": props.region,
            "name": props.network,
            "network": network["id"],
        }
        router = tf.block(self, "router", "google_compute_router", router_body)
        body: tf.GoogleComputeRouterNat = {
            "project": props.project,
            "region": props.region,
            "name": props.network,
            "router": router["name"],
            "nat_ip_allocate_option": "AUTO_ONLY",
            "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
            "log_config": {"enable": True, "filter": "ERRORS_ONLY"},
        }
        tf.block(self, "nat", "google_compute_router_nat", body)

    def _dns(self) -> None:
        zone = self._props.dns_zone
        body: tf.GoogleDnsManagedZone = {
            "project": self._props.project,
            "name": zone.replace(".", "-"),
            "dns_name": f"{zone}.",
            "dnssec_config": {"state": "on"},
            "cloud_logging_config": {"enable_logging": True},
        }
        tf.block(self, "dns", "google_dns_managed_zone", body, keep=True)

    def _keys(self) -> dict[str, tf.GoogleKmsCryptoKeyBlock]:
        """Return the keys by path, each usable by the services that encrypt with it."""
        props, ring_path = self._props, self._props.state_key.partition("/cryptoKeys/")[0]
        ring_body: tf.GoogleKmsKeyRing = {
            "project": props.project,
            "location": props.region,
            "name": ring_path.rpartition("/")[2],
        }
        ring = tf.block(self, "ring", "google_kms_key_ring", ring_body, keep=True)
        agents = {props.state_key: {"storage": self._storage}}
        if props.data_key:
            agents.setdefault(props.data_key, {}).update(self._agents())
        keys = {}
        for path, users in agents.items():
            keys[path], grants = add_key(self, ring, path.rpartition("/")[2], users)
            self._grants += grants
        if props.replica_key:
            self._replica_key(props.replica_key)
        return keys

    def _replica_key(self, path: str) -> None:
        """Add the key of the databases' replicas, in the region that these are in."""
        _, _, _, location, _, ring, _, name = path.split("/")
        body: tf.GoogleKmsKeyRing = {
            "project": self._props.project,
            "location": location,
            "name": ring,
        }
        place = Construct(self, "replicas")
        block = tf.block(place, "ring", "google_kms_key_ring", body, keep=True)
        add_key(place, block, name, {"sql": self._agent("cloud-sql")})

    def _agents(self) -> dict[str, str]:
        """Return the members of the service agents that encrypt data other than the state."""
        owner: tf.DataGoogleBigqueryDefaultServiceAccount = {"project": self._props.project}
        warehouse = tf.block(
            self, "warehouse", "google_bigquery_default_service_account", owner, block_type="data"
        )
        agents = {"sql": "cloud-sql", "secrets": "secretmanager"}
        return {"bigquery": warehouse["member"]} | {
            name: self._agent(agent) for name, agent in agents.items()
        }

    def _agent(self, name: str) -> str:
        """Return the member of a service agent of the project."""
        return f"serviceAccount:service-{self._number}@gcp-sa-{name}.iam.gserviceaccount.com"

    @cached_property
    def _number(self) -> str:
        body: tf.DataGoogleProject = {"project_id": self._props.project}
        return tf.block(self, "project", "google_project", body, block_type="data")["number"]

    def _state(self, keys: dict[str, tf.GoogleKmsCryptoKeyBlock]) -> tf.GoogleStorageBucketBlock:
        props = self._props
        body: tf.GoogleStorageBucket = {
            "project": props.project,
            "name": props.state_bucket,
            "location": props.region.upper(),
            "uniform_bucket_level_access": True,
            "public_access_prevention": "enforced",
            "versioning": {"enabled": True},
            "encryption": {"default_kms_key_name": keys[props.state_key]["id"]},
            "soft_delete_policy": {"retention_duration_seconds": 30 * 86400},
            "lifecycle_rule": [
                {
                    "action": {"type": "Delete"},
                    "condition": {"days_since_noncurrent_time": 365, "num_newer_versions": 100},
                }
            ],
        }
        return tf.block(
            self, "state", "google_storage_bucket", body, keep=True, depends_on=self._grants
        )

    def _secrets(self, keys: dict[str, tf.GoogleKmsCryptoKeyBlock]) -> None:
        """Add the secrets that are stored by hand, without any value."""
        props = self._props
        replica: tf.GoogleSecretManagerSecretReplicationUserManagedReplicas = {
            "location": props.region
        }
        if props.data_key:
            key = keys[props.data_key]
            replica["customer_managed_encryption"] = {"kms_key_name": key["id"]}
        for name in props.secrets:
            body: tf.GoogleSecretManagerSecret = {
                "project": props.project,
                "secret_id": f"{props.environment}-{name}",
                "replication": {"user_managed": {"replicas": [replica]}},
                "deletion_protection": True,
            }
            tf.block(
                Construct(self, f"secret-{name}"),
                "secret",
                "google_secret_manager_secret",
                body,
                keep=True,
                depends_on=self._grants,
            )

    def _nodes(self) -> None:
        """Add the nodes' account, which pulls our images."""
        props = self._props
        body: tf.GoogleServiceAccount = {
            "project": props.project,
            "account_id": f"{props.network[:24].rstrip('-')}-nodes",
            "display_name": f"Nodes of {props.environment}",
        }
        place = Construct(self, "node")
        account = tf.block(place, "account", "google_service_account", body)
        grant: tf.GoogleProjectIamMember = {
            "project": props.project,
            "role": NODE_ROLE,
            "member": account["member"],
        }
        tf.block(place, "role", "google_project_iam_member", grant)
        for each in props.repositories:
            pull: tf.GoogleArtifactRegistryRepositoryIamMember = {
                "project": each.project,
                "location": each.location,
                "repository": each.repository,
                "role": "roles/artifactregistry.reader",
                "member": account["member"],
            }
            name = f"pull-{each.project}-{each.repository.replace('.', '-')}"
            tf.block(place, name, "google_artifact_registry_repository_iam_member", pull)

    def _import(self, bucket: tf.GoogleStorageBucketBlock) -> None:
        """Import what exists before the first apply; later ones find it in the state."""
        props, ring = self._props, self._props.state_key.partition("/cryptoKeys/")[0]
        name = f"{self.node.id}_key_{props.state_key.rpartition('/')[2]}_key".replace("-", "_")
        imported = (
            (f"google_kms_key_ring.{self.node.id}_ring", ring),
            (f"google_kms_crypto_key.{name}", props.state_key),
            (bucket.address, props.state_bucket),
        )
        blocks = [{"to": address, "id": identity} for address, identity in imported]
        TerraformStack.of(self).add_override("import", blocks)
