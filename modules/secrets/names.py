"""Names of the secrets, as the chart knows them; imports no CDK Terrain."""

from collections.abc import Mapping
from typing import Literal

Generator = Literal["password", "cookie", "key"]
"""password: 48 letters and digits, which need no escaping in a URL. cookie: 32 of them, which
OAuth2 Proxy uses directly as an AES key. key: 32 bytes in hexadecimal."""

LENGTHS: Mapping[Generator, int] = {"password": 48, "cookie": 32, "key": 32}

GENERATED: Mapping[str, Generator] = {
    "encryption-key": "key",
    "keycloak-internal-client-secret": "password",
    "keycloak-customer-client-secret": "password",
    "customer-portal-client-secret": "password",
    "customer-portal-auth-secret": "password",
    "oauth2-proxy-client-secret": "password",
    "oauth2-proxy-cookie-secret": "cookie",
    "storage-signing-secret": "password",
}
"""Keys of the Secret lana-bank with the generator of each."""

JWKS = "oathkeeper-jwks"
EXTERNAL = frozenset(
    {
        "deprecated-encryption-key",
        "honeycomb-api-key",
        JWKS,
        "smtp-password",
        "smtp-username",
        "sumsub-key",
        "sumsub-secret",
    }
)
"""Secrets issued by third parties and put into the vault by hand: the Secret lana-bank-external."""

DATABASE_USERS: Mapping[str, str] = {
    "server": "server",
    "server-admin": "server",
    "reader": "server",
    "dagster": "dagster",
    "dagster-admin": "dagster",
    "keycloak": "keycloak",
    "keycloak-admin": "keycloak",
}
"""Database users with their databases; each has a Secret lana-bank-db-<user>."""


def login(user: str, version: int) -> str:
    """Return the role that ``user`` logs in as.

    A rotation is another role, so that pods with the previous one work until they are replaced.
    An administrator keeps its name: nothing but the chart's job logs in as one.
    """
    if user.endswith("-admin"):
        return user.replace("-", "")
    return f"{user}_{version}"


def administrator(database: str) -> str:
    """Return the user that administers ``database``."""
    return f"{database}-admin"


ROTATED = frozenset({*GENERATED, *(f"db-{user}" for user in DATABASE_USERS)})
"""Generated secrets, which are rotated by raising a number."""

VERSIONED = ROTATED | EXTERNAL
"""Secrets with a version: a third party's is raised when the vault has a new value."""
