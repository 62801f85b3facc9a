"""The construct: APIs, network, keys, state, vault, deployer and nodes of a project."""

from __future__ import annotations

import ipaddress

from cdktn import TerraformStack
from constructs import Construct

from modules import terraform as tf
from modules.gcp_foundation.backups import add_backup_alert
from modules.gcp_foundation.deployer import add_deployer
from modules.gcp_foundation.props import AUDITED, NODE_ROLE, SERVICES, GcpFoundationProps

ENCRYPT = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


class GcpFoundation(Construct):
    """A project that a first ``tofu apply`` of Lana Bank works in.

    Its APIs are enabled already. Key ring, state key and state bucket exist, because the state of
    this stack is in them: they are imported. What data depends on has ``prevent_destroy``.
    """

    def __init__(self, scope: Construct, name: str, props: GcpFoundationProps) -> None:
        super().__init__(scope, name)
        self._props = props
        self._grants: list[tf.GoogleKmsCryptoKeyIamMemberBlock] = []
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
        agents = {props.state_key: self._agents(state=True)}
        if props.data_key:
            agents.setdefault(props.data_key, {}).update(self._agents(state=False))
        return {path: self._key(ring, path, users) for path, users in agents.items()}

    def _key(
        self, ring: tf.GoogleKmsKeyRingBlock, path: str, users: dict[str, str]
    ) -> tf.GoogleKmsCryptoKeyBlock:
        name = path.rpartition("/")[2]
        body: tf.GoogleKmsCryptoKey = {
            "key_ring": ring["id"],
            "name": name,
            "rotation_period": "7776000s",  # 90 days
            "destroy_scheduled_duration": "2592000s",  # 30 days, fixed when the key is created
        }
        place = Construct(self, f"key-{name}")
        key = tf.block(place, "key", "google_kms_crypto_key", body, keep=True)
        for user, member in users.items():
            grant: tf.GoogleKmsCryptoKeyIamMember = {
                "crypto_key_id": key["id"],
                "role": ENCRYPT,
                "member": member,
            }
            self._grants.append(tf.block(place, user, "google_kms_crypto_key_iam_member", grant))
        return key

    def _agents(self, *, state: bool) -> dict[str, str]:
        """Return the members of the service agents that encrypt the state, or all other data."""
        project: tf.DataGoogleStorageProjectServiceAccount = {"project": self._props.project}
        if state:
            storage = tf.block(
                self,
                "storage",
                "google_storage_project_service_account",
                project,
                block_type="data",
            )
            return {"storage": storage["member"]}
        number = self._project_number()
        owner: tf.DataGoogleBigqueryDefaultServiceAccount = {"project": self._props.project}
        warehouse = tf.block(
            self, "warehouse", "google_bigquery_default_service_account", owner, block_type="data"
        )
        agents = {"sql": "cloud-sql", "secrets": "secretmanager"}
        return {"bigquery": warehouse["member"]} | {
            name: f"serviceAccount:service-{number}@gcp-sa-{agent}.iam.gserviceaccount.com"
            for name, agent in agents.items()
        }

    def _project_number(self) -> str:
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
