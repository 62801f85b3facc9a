"""Which secrets there are, by the names that the chart has for them; needs no CDK Terrain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Generator = Literal["password", "cookie", "key"]
"""password: 48 letters and digits, which need no escaping in a URL. cookie: 32 of them, as AES
wants its key (OAuth2 Proxy takes it as it is). key: 32 bytes in hex."""

LENGTHS: Mapping[Generator, int] = {"password": 48, "cookie": 32, "key": 32}

GENERATED: Mapping[str, Generator] = {
    "encryption-key": "key",
    "keycloak-internal-client-secret": "password",
    "keycloak-customer-client-secret": "password",
    "keycloak-admin-password": "password",
    "customer-portal-client-secret": "password",
    "customer-portal-auth-secret": "password",
    "oauth2-proxy-client-secret": "password",
    "oauth2-proxy-cookie-secret": "cookie",
}
"""The keys of the Secret lana-bank, as the chart knows them, and how each is made."""

EXTERNAL = frozenset(
    {
        "deprecated-encryption-key",
        "honeycomb-api-key",
        "oathkeeper-jwks",
        "smtp-password",
        "smtp-username",
        "sumsub-key",
        "sumsub-secret",
    }
)
"""What others issue, and is put into the vault by hand: the Secret lana-bank-external."""

DATABASE_USERS: Mapping[str, str] = {
    "server": "server",
    "reader": "server",
    "dagster": "dagster",
    "keycloak": "keycloak",
}
"""Who signs in to which database; each has a Secret lana-bank-db-<user>."""

ROTATED = frozenset({*GENERATED, *(f"db-{user}" for user in DATABASE_USERS)})
"""What is generated here, and so can be rotated by raising a number."""
