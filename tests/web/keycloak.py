"""A real Keycloak with the staff of a bank: their roles, and the client that the page is."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.charts.keycloak_server import Keycloak, running

PASSWORD, SECRET = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
PEOPLE = {"ann": ["approver"], "bob": ["approver", "operator"], "cy": ["approver"], "mallory": []}


@contextmanager
def staff(folder: Path, address: str) -> Iterator[Keycloak]:
    """Keycloak with `PEOPLE`, who sign in to the page at ``address``, stopped at the end."""
    realm = {
        "realm": "staff",
        "enabled": True,
        "roles": {"realm": [{"name": name} for name in ("viewer", "approver", "operator")]},
        "users": list(map(_person, PEOPLE)),
        "clients": [_client(name, address) for name in ("promoter", "another")],
    }
    with running(folder, {"staff.json": json.dumps(realm)}) as server:
        yield server


def _person(name: str) -> dict[str, object]:
    return {
        "id": f"0198-{name}",
        "username": name,
        "email": f"{name}@bank.example",
        "emailVerified": True,
        "firstName": name,
        "lastName": "Bank",
        "enabled": True,
        "realmRoles": PEOPLE[name],
        "credentials": [{"type": "password", "value": PASSWORD}],
    }


def _client(name: str, address: str) -> dict[str, object]:
    """Return a client as docs/web.md describes it."""
    mapper = {
        "name": "roles",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-usermodel-realm-role-mapper",
        "config": {"claim.name": "roles", "multivalued": "true", "id.token.claim": "true"},
    }
    return {
        "clientId": name,
        "secret": SECRET,
        "redirectUris": [f"{address}/sign-in/callback"],
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "attributes": {"pkce.code.challenge.method": "S256"},
        "protocolMappers": [mapper],
    }
