"""The vaults that secrets live in: Google's Secret Manager and Azure's Key Vault."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from constructs import Construct

from modules import terraform as tf
from modules.secrets.names import LENGTHS, Generator


class Vault(ABC):
    """A store of secrets; names are prefixed with ``prefix`` and a dash."""

    prefix: str

    @abstractmethod
    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate the secret ``name`` for each ``version``; return the expression of its value."""

    def read(self, scope: Construct, name: str) -> str:
        """Return the expression of the newest value of a secret that was stored by hand."""
        return self._value(Construct(scope, name), f"{self.prefix}-{name}")

    @abstractmethod
    def _value(self, place: Construct, secret: str, version: str | None = None) -> str: ...


def random_value(scope: Construct, kind: Generator) -> str:
    """Return the expression of a random value, a different one in each run."""
    length = LENGTHS[kind]
    if kind == "key":
        key: tf.EphemeralRandomBytes = {"length": length}
        return tf.block(scope, "fresh", "random_bytes", key, block_type="ephemeral")["hex"]
    password: tf.EphemeralRandomPassword = {"length": length, "special": False}
    return tf.block(scope, "fresh", "random_password", password, block_type="ephemeral")["result"]


@dataclass(frozen=True)
class SecretManager(Vault):
    """Google's Secret Manager in ``project``."""

    project: str
    region: str
    prefix: str
    kms_key: str | None = None

    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate a secret that stays in the environment's region."""
        place = Construct(scope, name)
        replica: tf.GoogleSecretManagerSecretReplicationUserManagedReplicas = {
            "location": self.region
        }
        if self.kms_key:
            replica["customer_managed_encryption"] = {"kms_key_name": self.kms_key}
        body: tf.GoogleSecretManagerSecret = {
            "project": self.project,
            "secret_id": f"{self.prefix}-{name}",
            "replication": {"user_managed": {"replicas": [replica]}},
            "deletion_protection": True,
        }
        secret = tf.block(place, "secret", "google_secret_manager_secret", body, keep=True)
        content: tf.GoogleSecretManagerSecretVersion = {
            "secret": secret["id"],
            "secret_data_wo": random_value(place, kind),
            "secret_data_wo_version": str(version),
            "deletion_policy": "DISABLE",
        }
        stored = tf.block(place, "version", "google_secret_manager_secret_version", content)
        return self._value(place, secret["secret_id"], stored["version"])

    def _value(self, place: Construct, secret: str, version: str | None = None) -> str:
        body: tf.EphemeralGoogleSecretManagerSecretVersion = {
            "secret": secret,
            "project": self.project,
            "version": version,
        }
        return tf.block(
            place, "value", "google_secret_manager_secret_version", body, block_type="ephemeral"
        )["secret_data"]


@dataclass(frozen=True)
class KeyVault(Vault):
    """An Azure Key Vault."""

    key_vault_id: str
    prefix: str

    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate a secret; a rotation adds a version to it."""
        place = Construct(scope, name)
        body: tf.AzurermKeyVaultSecret = {
            "name": f"{self.prefix}-{name}",
            "key_vault_id": self.key_vault_id,
            "content_type": "text/plain",
            "value_wo": random_value(place, kind),
            "value_wo_version": version,
        }
        stored = tf.block(place, "secret", "azurerm_key_vault_secret", body, keep=True)
        return self._value(place, stored["name"], stored["version"])

    def _value(self, place: Construct, secret: str, version: str | None = None) -> str:
        body: tf.EphemeralAzurermKeyVaultSecret = {
            "name": secret,
            "key_vault_id": self.key_vault_id,
            "version": version,
        }
        return tf.block(place, "value", "azurerm_key_vault_secret", body, block_type="ephemeral")[
            "value"
        ]
