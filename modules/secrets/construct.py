"""The construct: every secret that the chart requires, from the vault into its namespace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from constructs import Construct

from modules import terraform as tf
from modules.errors import ModuleError
from modules.kubernetes import write_only_secret
from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED, JWKS, ROTATED
from modules.secrets.vault import Vault


class Secrets(Construct):
    """Secrets in the vault; ``write`` puts them into a namespace.

    ``passwords`` has each database user's password (expression) and its version. Raises
    ``ModuleError`` for an unknown name.

    vault      the vault that they live in
    versions   rotations: raise a number to rotate that secret (default 1). Names are those of
               ``GENERATED`` and ``db-<user>`` of ``DATABASE_USERS``
    external   names of the third-party secrets to read (``EXTERNAL``)
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        vault: Vault,
        versions: Mapping[str, int] = MappingProxyType({}),
        external: Iterable[str] = (),
    ) -> None:
        super().__init__(scope, name)
        for unknown in sorted(versions.keys() - ROTATED):
            raise ModuleError(
                f"rotate secret {unknown!r}: unknown secret; known: {sorted(ROTATED)}"
            )
        for unknown in sorted({*external} - EXTERNAL):
            known = sorted(EXTERNAL)
            raise ModuleError(f"read secret {unknown!r}: unused by the chart; known: {known}")
        self._versions = versions
        self._generated = {
            key: vault.generate(self, key, kind, self._version(key))
            for key, kind in GENERATED.items()
        }
        self.passwords: dict[str, tuple[str, int]] = {}
        for user in DATABASE_USERS:
            version = self._version(f"db-{user}")
            password = vault.generate(self, f"db-{user}", "password", version)
            self.passwords[user] = password, version
        self._external = {key: vault.read(self, key) for key in sorted({*external})}

    @property
    def version(self) -> int:
        """A number that grows with every rotation, so that pods restart with new secrets."""
        return 1 + sum(self._version(name) - 1 for name in ROTATED)

    def write(
        self,
        namespace: tf.KubernetesNamespaceV1Block,
        hosts: Mapping[str, str],
        sslmode: str,
    ) -> list[tf.TerraformBlock[Any]]:
        """Write all Secrets of the chart; ``hosts`` has the address of each database.

        A new third-party value in the vault is used once any version is raised.
        """
        plain = {key: value for key, value in self._external.items() if key != JWKS}
        keys = {"jwks.json": self._external[JWKS]} if JWKS in self._external else {}
        contents: dict[str, tuple[Mapping[str, str], int]] = {
            "lana-bank": (self._generated, sum(map(self._version, GENERATED)))
        }
        for user, database in DATABASE_USERS.items():
            password, version = self.passwords[user]
            data = {
                "host": hosts[database],
                "name": database,
                "username": user,
                "password": password,
                "sslmode": sslmode,
            }
            contents[f"lana-bank-db-{user}"] = (data, version)
        contents["lana-bank-external"] = (plain, self.version)
        contents["lana-bank-oathkeeper"] = (keys, self.version)
        return [
            write_only_secret(self, name, namespace, data, version)
            for name, (data, version) in contents.items()
            if data
        ]

    def _version(self, key: str) -> int:
        return self._versions.get(key, 1)
