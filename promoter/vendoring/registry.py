"""Whether an image is in its registry, by the OCI distribution API.

HEAD of a manifest (distribution-spec v1.1, "Checking if content exists in the registry"),
with the token flow that registries answer 401 with. Loopback registries are asked over
plain HTTP, every other over TLS.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from promoter.common.errors import UsageError
from promoter.vendoring.errors import VendorError
from promoter.vendoring.images import MIRROR_VARIABLE

__all__ = ["MIRROR_VARIABLE", "OciImages", "mirrors"]

_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_REFERENCE = re.compile(r"(?P<host>[^/@]+)/(?P<repository>[^@]+)@(?P<digest>sha256:[0-9a-f]{64})")
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_SECONDS = 30.0


def mirrors(said: str) -> dict[str, str]:
    """``gcr.io=127.0.0.1:5000,ghcr.io=...`` as a map; raises `UsageError`."""
    pairs = [pair.strip() for pair in said.split(",") if pair.strip()]
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(key and value for key, value in found.items()):
        raise UsageError(
            f"read {MIRROR_VARIABLE} {said!r}: it is not registry=mirror[,registry=mirror]"
        )
    return found


@dataclass(frozen=True)
class OciImages:
    """Looks images up in the registry that their reference names, or in its mirror.

    ``mirror`` says by registry which other address has its images. Credentials come from
    Docker's ``config.json`` (``DOCKER_CONFIG``) where it holds them itself.
    """

    mirror: Mapping[str, str] = field(default_factory=dict)

    def exists(self, reference: str) -> bool:
        """Whether ``reference`` is there; raises `VendorError` when that cannot be found out."""
        found = _REFERENCE.fullmatch(reference)
        if not found:
            raise VendorError(
                f"look up image {reference!r}: it is not registry/repository@sha256:...",
                next_step="name the image's repository beside its digest in values.yaml",
            )
        host = self.mirror.get(found["host"], found["host"])
        url = f"{_scheme(host)}://{host}/v2/{found['repository']}/manifests/{found['digest']}"
        try:
            with httpx.Client(timeout=_SECONDS, follow_redirects=True) as client:
                answer = self._head(client, url, host)
        except httpx.HTTPError as error:
            raise VendorError(
                f"look up image {reference}: {error or type(error).__name__}",
                next_step=f"is {host} reachable? {MIRROR_VARIABLE}={found['host']}=<address> "
                "asks another, --no-digest-check asks none",
            ) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        if answer.status_code != httpx.codes.OK:
            raise VendorError(
                f"look up image {reference}: {host} answered {answer.status_code}",
                next_step=f"docker login {host}, or --no-digest-check",
            )
        return True

    def _head(self, client: httpx.Client, url: str, host: str) -> httpx.Response:
        answer = client.head(url, headers={"Accept": _ACCEPT})
        challenge = answer.headers.get("WWW-Authenticate", "")
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            return answer
        authorization = _authorize(client, challenge, _basic(host))
        if not authorization:
            return answer
        return client.head(url, headers={"Accept": _ACCEPT, "Authorization": authorization})


def _authorize(client: httpx.Client, challenge: str, basic: str) -> str:
    """The Authorization header that a 401's challenge asks for; empty where there is none."""
    kind, _, rest = challenge.partition(" ")
    if kind.lower() == "basic":
        return basic
    wanted = dict(_CHALLENGE.findall(rest))
    realm = wanted.pop("realm", "")
    if kind.lower() != "bearer" or not realm.startswith(("https://", "http://")):
        return ""
    if not realm.startswith("https://") and not _is_loopback(httpx.URL(realm).host):
        return ""
    answer = client.get(realm, params=wanted, headers={"Authorization": basic} if basic else {})
    if answer.status_code != httpx.codes.OK:
        return ""
    said = answer.json()
    token = said.get("token") or said.get("access_token") or ""
    return f"Bearer {token}" if token else ""


def _basic(host: str) -> str:
    folder = os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    try:
        auths = json.loads((Path(folder) / "config.json").read_bytes()).get("auths", {})
    except (OSError, ValueError):
        return ""
    entry = auths.get(host) or auths.get(f"https://{host}") or {}
    if entry.get("auth"):
        return f"Basic {entry['auth']}"
    if entry.get("username"):
        pair = f"{entry['username']}:{entry.get('password', '')}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"
    return ""


def _scheme(host: str) -> str:
    return "http" if _is_loopback(httpx.URL(f"http://{host}").host) else "https"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
