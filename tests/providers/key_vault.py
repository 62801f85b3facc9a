"""An Azure Key Vault on loopback, with the sign-in and the Resource Manager that lead to it."""

from __future__ import annotations

import base64
import json
import re
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from promoter.platform.certificates import Authority
from tests.providers.loopback import Answer, Request, served, tunnel

_HOST = "127.0.0.1"
_VAULT = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.KeyVault/vaults/[^/]+"
)
_SECRET = re.compile(r"/secrets/(?P<name>[^/]+)(?:/(?P<version>[^/]*))?")
_LISTS = re.compile(r"/subscriptions/[^/]+/(resources|providers/Microsoft\.KeyVault/vaults)")
DOMAIN = "vault.localhost"


@dataclass
class KeyVault:
    """A fake Key Vault; ``before`` is called with each request.

    If it is ``proxied`` its name is below `DOMAIN`, which the provider requires for writes.
    """

    client: str = field(default_factory=lambda: str(uuid.uuid4()))
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    tenant: str = field(default_factory=lambda: str(uuid.uuid4()))
    versions: dict[str, list[str]] = field(default_factory=dict)
    before: Callable[[Request], None] = lambda request: None
    address: str = ""
    proxied: bool = False
    vaults: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, name: str, value: str) -> None:
        """Set a secret, as somebody does by hand."""
        self.versions.setdefault(name, []).append(value)

    def newest(self, name: str) -> str:
        """The value of a secret's newest version."""
        return self.versions[name][-1]

    def answer(self, request: Request) -> Answer:
        """Answer one request, to whichever of the servers it is."""
        self.before(request)
        if request.path == "/metadata/endpoints":
            return Answer(200, self._metadata())
        if request.path == f"/{self.tenant}/oauth2/v2.0/token":
            return self._sign_in(parse_qs(request.body.decode()))
        if request.token != self._token():
            challenge = f'Bearer authorization="{self.address}/{self.tenant}", resource="vault"'
            refused = {"error": {"code": "Unauthorized", "message": "AKV10000: no token"}}
            return Answer(401, refused, {"WWW-Authenticate": challenge})
        with self.lock:
            return self._authorized(request)

    def _authorized(self, request: Request) -> Answer:
        if found := _SECRET.fullmatch(request.path):
            if request.method == "PUT":
                self.put(found["name"], request.json()["value"])
            return self._secret(request, found["name"], found["version"])
        if _VAULT.fullmatch(request.path):
            return Answer(200, self._vault(request.path))
        if _LISTS.fullmatch(request.path):
            return Answer(200, {"value": list(self.vaults.values())})
        return Answer(404, {"error": {"code": "NotFound", "message": request.path}})

    def _secret(self, request: Request, name: str, version: str | None) -> Answer:
        values = self.versions.get(name, [])
        number = int(version, 16) if version else len(values)
        if not 0 < number <= len(values):
            message = f"A secret with (name/id) {name}/{version} was not found in this key vault."
            return Answer(404, {"error": {"code": "SecretNotFound", "message": message}})
        found = {
            "id": f"https://{request.host}/secrets/{name}/{number:032x}",
            "value": values[number - 1],
            "contentType": "text/plain",
            "attributes": {"enabled": True, "created": 1, "updated": 1},
        }
        return Answer(200, found)

    def _vault(self, path: str) -> dict[str, Any]:
        name = path.rpartition("/")[2]
        address = f"https://{name}.{DOMAIN}" if self.proxied else self.address
        sku = {"family": "A", "name": "standard"}
        properties = {"vaultUri": f"{address}/", "tenantId": self.tenant, "sku": sku}
        kind = "Microsoft.KeyVault/vaults"
        self.vaults[path] = {"id": path, "name": name, "type": kind, "properties": properties}
        return self.vaults[path]

    def _metadata(self) -> dict[str, Any]:
        """Azure's description of a cloud (version 2022-09-01), all of it here."""
        return {
            "name": "Loopback",
            "authentication": {
                "loginEndpoint": f"{self.address}/",
                "audiences": [f"{self.address}/"],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "resourceManager": f"{self.address}/",
            "microsoftGraphResourceId": f"{self.address}/",
            "suffixes": {"keyVaultDns": DOMAIN, "storage": "storage.localhost"},
        }

    def _sign_in(self, form: dict[str, list[str]]) -> Answer:
        if (form["client_id"], form["client_secret"]) != ([self.client], [self.password]):
            return Answer(401, {"error": "invalid_client"})
        given = {"token_type": "Bearer", "expires_in": 3600, "access_token": self._token()}
        return Answer(200, given)

    def _token(self) -> str:
        """Its claims are read by the provider; the signature is for the one who made it."""
        claims = {"appid": self.client, "oid": self.client, "tid": self.tenant, "aud": "loopback"}
        parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
        encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
        return ".".join((*encoded, self.password))


@contextmanager
def key_vault(folder: Path) -> Iterator[tuple[KeyVault, dict[str, str]]]:
    """One that is empty, and the variables by which azurerm goes to it; certificates in a folder.

    Its authority is added to those of the machine, whose registry stays in reach.
    """
    vault = KeyVault()
    authority = Authority(folder, "authority")
    pair = authority.issue("server", "loopback", hosts=(_HOST, f"*.{DOMAIN}"))
    trusted = folder / "trusted"
    trusted.mkdir()
    (trusted / "authority.pem").write_bytes(authority.pair.certificate.read_bytes())
    with served(vault.answer, pair) as port:
        vault.address = f"https://{_HOST}:{port}"
        yield (
            vault,
            {
                "ARM_METADATA_HOSTNAME": f"{_HOST}:{port}",
                "ARM_CLIENT_ID": vault.client,
                "ARM_CLIENT_SECRET": vault.password,
                "ARM_TENANT_ID": vault.tenant,
                "ARM_USE_CLI": "false",
                "SSL_CERT_DIR": str(trusted),
            },
        )


@contextmanager
def below_a_domain(vault: KeyVault) -> Iterator[dict[str, str]]:
    """``vault`` under a name of its own: the variables by which that name is found."""
    vault.proxied = True
    with tunnel(f".{DOMAIN}", int(vault.address.rpartition(":")[2])) as port:
        yield {"HTTPS_PROXY": f"http://{_HOST}:{port}"}
