"""The construct: every secret that the chart asks for, from the vault into its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs import Construct

from modules.errors import ModuleError
from modules.kubernetes.construct import write_only_secret
from modules.secrets.names import DATABASE_USERS, EXTERNAL, GENERATED, ROTATED
from modules.secrets.vault import Vault
from modules.terraform import Reference


class SecretsError(ModuleError):
    """A secret is asked for that there is none of."""


@dataclass(frozen=True, kw_only=True)
class SecretsProps:
    """What the secrets are made from.

    vault      where they live
    versions   how often each was rotated: raise a number to rotate that secret (default 1).
               Names are those of ``GENERATED`` and ``db-<user>`` of ``DATABASE_USERS``
    external   which secrets of others are read (``EXTERNAL``)
    """

    vault: Vault
    versions: Mapping[str, int] = field(default_factory=dict)
    external: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DatabaseSecret:
    """The password of a database user: its expression, and the number of its rotation."""

    password: str
    version: int


class Secrets(Construct):
    """Secrets in the vault; ``write`` puts them into a namespace.

    ``databases`` has the password of each database user. Raises ``SecretsError`` for a name
    that nothing asks for.
    """

    def __init__(self, scope: Construct, name: str, props: SecretsProps) -> None:
        super().__init__(scope, name)
        self._props = props
        _refuse_unknown(props)
        self._generated = {
            key: props.vault.generate(self, key, kind, self._version(key))
            for key, kind in GENERATED.items()
        }
        self.databases = {user: self._database(user) for user in DATABASE_USERS}
        self._external = {key: props.vault.read(self, key) for key in sorted(props.external)}

    @property
    def version(self) -> int:
        """A number that grows with every rotation, for pods to start again with new secrets."""
        return 1 + sum(self._version(name) - 1 for name in ROTATED)

    def write(
        self, namespace: Reference, hosts: Mapping[str, str], sslmode: str
    ) -> list[Reference]:
        """Write all Secrets of the chart; ``hosts`` has the address of each database."""
        own = sum(map(self._version, GENERATED))
        written = [write_only_secret(self, "lana-bank", namespace, self._generated, own)]
        for user, database in DATABASE_USERS.items():
            data = {
                "host": hosts[database],
                "name": database,
                "username": user,
                "password": self.databases[user].password,
                "sslmode": sslmode,
            }
            version = self.databases[user].version
            written.append(
                write_only_secret(self, f"lana-bank-db-{user}", namespace, data, version)
            )
        return [*written, *self._write_external(namespace)]

    def _write_external(self, namespace: Reference) -> list[Reference]:
        """Others' secrets; a new one in the vault is taken when any version here is raised."""
        written = []
        plain = {key: value for key, value in self._external.items() if key != "oathkeeper-jwks"}
        for name, data in (
            ("lana-bank-external", plain),
            ("lana-bank-oathkeeper", self._keys()),
        ):
            if data:
                written.append(write_only_secret(self, name, namespace, data, self.version))
        return written

    def _keys(self) -> dict[str, str]:
        found = self._external.get("oathkeeper-jwks")
        return {"jwks.json": found} if found else {}

    def _database(self, user: str) -> DatabaseSecret:
        version = self._version(f"db-{user}")
        password = self._props.vault.generate(self, f"db-{user}", "password", version)
        return DatabaseSecret(password, version)

    def _version(self, key: str) -> int:
        return self._props.versions.get(key, 1)


def _refuse_unknown(props: SecretsProps) -> None:
    for name in sorted({*props.versions} - ROTATED):
        raise SecretsError(f"rotate secret {name!r}: there is none; there are {sorted(ROTATED)}")
    for name in sorted(props.external - EXTERNAL):
        raise SecretsError(f"read secret {name!r}: nothing asks for it; known: {sorted(EXTERNAL)}")
