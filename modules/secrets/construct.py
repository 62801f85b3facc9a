"""The construct: every secret that the chart requires, from the vault into its namespace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from constructs import Construct

from modules import terraform as tf
from modules.errors import ModuleError
from modules.kubernetes import write_only_secret
from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED, JWKS, VERSIONED, login
from modules.secrets.vault import Vault


@dataclass(frozen=True)
class DatabaseAccess:
    """The access to one database: ``host`` and PEM ``authorities`` are expressions.

    ``server`` is the name of the server, which is another one after a restore.
    """

    host: str
    authorities: str
    server: str


@dataclass(frozen=True)
class _Content:
    """The data of a Secret, and everything that it depends on."""

    data: Mapping[str, str]
    depends_on: Mapping[str, object]

    @property
    def revision(self) -> int:
        return revision({"keys": sorted(self.data), **self.depends_on})


def revision(content: Mapping[str, object]) -> int:
    """Return a number that is another one for other ``content``."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return 1 + int(digest, 16) % (2**31 - 1)


class Secrets(Construct):
    """Secrets in the vault; ``write`` puts them into a namespace.

    ``passwords`` has each database user's password (expression) and its version. Raises
    ``ModuleError`` for an unknown name.

    vault      the vault that they live in
    databases  the databases with users
    versions   raise a number to rotate a generated secret, or to write a third party's new value
               (default 1). Names are those of ``GENERATED`` and ``EXTERNAL``, and ``db-<user>``
    external   names of the third-party secrets to read (``EXTERNAL``)
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        vault: Vault,
        databases: Collection[str],
        versions: Mapping[str, int] = MappingProxyType({}),
        external: Iterable[str] = (),
    ) -> None:
        super().__init__(scope, name)
        for unknown in sorted(versions.keys() - VERSIONED):
            raise ModuleError(
                f"rotate secret {unknown!r}: unknown secret; known: {sorted(VERSIONED)}"
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
        for user, database in DATABASE_USERS.items():
            if database in databases:
                version = self._version(f"db-{user}")
                password = vault.generate(self, f"db-{user}", "password", version)
                self.passwords[user] = password, version
        self._external = {key: vault.read(self, key) for key in sorted({*external})}

    def write(
        self, namespace: tf.KubernetesNamespaceV1Block, databases: Mapping[str, DatabaseAccess]
    ) -> tuple[list[tf.TerraformBlock[Any]], int]:
        """Write all Secrets of the chart; ``databases`` has the access to each database.

        Return them, and a number that is another one when any of them is.
        """
        versions = {key: self._version(key) for key in self._external}
        contents = {
            "lana-bank": _Content(self._generated, {k: self._version(k) for k in GENERATED})
        }
        for user in self.passwords:
            access = databases[DATABASE_USERS[user]]
            contents[f"lana-bank-db-{user}"] = self._database(user, access)
        plain = {key: value for key, value in self._external.items() if key != JWKS}
        jwks = {"jwks.json": self._external[JWKS]} if JWKS in self._external else {}
        contents["lana-bank-external"] = _Content(plain, versions)
        contents["lana-bank-oathkeeper"] = _Content(jwks, versions)
        written = {name: content for name, content in contents.items() if content.data}
        return [
            write_only_secret(self, name, namespace, content.data, content.revision)
            for name, content in written.items()
        ], revision({name: content.revision for name, content in written.items()})

    def _database(self, user: str, access: DatabaseAccess) -> _Content:
        password, version = self.passwords[user]
        name = DATABASE_USERS[user]
        data = {
            "host": access.host,
            "name": name,
            "username": login(user, version),
            "password": password,
            "sslmode": "verify-full",
            "ca.pem": access.authorities,
        }
        return _Content(data, {"server": access.server, "version": version})

    def _version(self, key: str) -> int:
        return self._versions.get(key, 1)
