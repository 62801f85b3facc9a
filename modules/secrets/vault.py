"""What a vault is to the secrets of an environment, and the two that there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from constructs import Construct

from modules.secrets.names import LENGTHS, Generator
from modules.terraform import block


class Vault(Protocol):
    """Where secrets live."""

    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate the secret ``name`` for each ``version``; give the expression of its value."""

    def read(self, scope: Construct, name: str) -> str:
        """Give the expression of the value of a secret that somebody put there."""


def fresh(scope: Construct, kind: Generator) -> str:
    """Give the expression of a random value, another one in each run."""
    if kind == "key":
        body = {"length": LENGTHS[kind]}
        return block(scope, "fresh", "random_bytes", body, block_type="ephemeral")["hex"]
    letters = {"length": LENGTHS[kind], "special": False}
    return block(scope, "fresh", "random_password", letters, block_type="ephemeral")["result"]


@dataclass(frozen=True)
class SecretManager:
    """Google's Secret Manager in ``project``; names get ``prefix`` and a dash before them."""

    project: str
    region: str
    prefix: str
    kms_key: str | None = None

    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate a secret that stays in the environment's region."""
        place = Construct(scope, name)
        secret = block(place, "secret", "google_secret_manager_secret", self._body(name), keep=True)
        body = {
            "secret": secret["id"],
            "secret_data_wo": fresh(place, kind),
            "secret_data_wo_version": version,
            "deletion_policy": "DISABLE",
        }
        stored = block(place, "version", "google_secret_manager_secret_version", body)
        wanted = {
            "secret": secret["secret_id"],
            "project": self.project,
            "version": stored["version"],
        }
        return _value(place, wanted)

    def read(self, scope: Construct, name: str) -> str:
        """Read the newest version of ``<prefix>-<name>``."""
        wanted = {"secret": f"{self.prefix}-{name}", "project": self.project}
        return _value(Construct(scope, name), wanted)

    def _body(self, name: str) -> dict[str, object]:
        encryption = {"customer_managed_encryption": {"kms_key_name": self.kms_key}}
        replica = {"location": self.region, **(encryption if self.kms_key else {})}
        return {
            "project": self.project,
            "secret_id": f"{self.prefix}-{name}",
            "replication": {"user_managed": {"replicas": [replica]}},
            "deletion_protection": True,
        }


def _value(place: Construct, wanted: Mapping[str, str]) -> str:
    kind = "google_secret_manager_secret_version"
    return block(place, "value", kind, wanted, block_type="ephemeral")["secret_data"]


@dataclass(frozen=True)
class KeyVault:
    """An Azure Key Vault, by its id (an expression or the id itself)."""

    key_vault_id: str
    prefix: str

    def generate(self, scope: Construct, name: str, kind: Generator, version: int) -> str:
        """Generate a secret; a rotation adds a version to it."""
        place = Construct(scope, name)
        body = {
            "name": f"{self.prefix}-{name}",
            "key_vault_id": self.key_vault_id,
            "content_type": "text/plain",
            "value_wo": fresh(place, kind),
            "value_wo_version": version,
        }
        stored = block(place, "secret", "azurerm_key_vault_secret", body, keep=True)
        wanted = {
            "name": stored["name"],
            "key_vault_id": self.key_vault_id,
            "version": stored["version"],
        }
        return self._value(place, wanted)

    def read(self, scope: Construct, name: str) -> str:
        """Read the newest version of ``<prefix>-<name>``."""
        wanted = {"name": f"{self.prefix}-{name}", "key_vault_id": self.key_vault_id}
        return self._value(Construct(scope, name), wanted)

    def _value(self, place: Construct, wanted: dict[str, str]) -> str:
        kind = "azurerm_key_vault_secret"
        return block(place, "value", kind, wanted, block_type="ephemeral")["value"]
