"""Google's Secret Manager on loopback: the part of its REST API v1 that the provider speaks."""

from __future__ import annotations

import base64
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.providers.loopback import Answer, Request, served

NUMBER = "123456789012"
"""The API returns the number of a project, also for a request by name."""
_PATH = re.compile(
    r"/v1/projects/[^/]+/secrets(?:/(?P<name>[^/:]+))?(?:/versions/(?P<version>[^/:]+))?"
    r"(?::(?P<verb>\w+))?"
)
_TIME = "2026-01-02T03:04:05.000000Z"


@dataclass
class SecretManager:
    """A fake Secret Manager; ``before`` is called with each request."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, list[bytes]] = field(default_factory=dict)
    disabled: set[tuple[str, int]] = field(default_factory=set)
    before: Callable[[Request], None] = lambda request: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, name: str, value: str) -> None:
        """Add a version, as somebody does by hand."""
        self.secrets.setdefault(name, {"replication": {"automatic": {}}})
        self.versions.setdefault(name, []).append(value.encode())

    def newest(self, name: str) -> str:
        """The value of a secret's newest version."""
        return self.versions[name][-1].decode()

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.before(request)
        if request.token != self.token:
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        found = _PATH.fullmatch(request.path)
        if not found:
            return _error(404, "NOT_FOUND", f"no such path: {request.path}")
        with self.lock:
            return self._of_secret(request, found["name"], found["version"], found["verb"])

    def _of_secret(
        self, request: Request, name: str | None, version: str | None, verb: str | None
    ) -> Answer:
        if name is None:
            return self._create(request)
        if name not in self.secrets:
            return _error(404, "NOT_FOUND", f"Secret [projects/{NUMBER}/secrets/{name}] not found")
        if verb == "addVersion":
            data = base64.b64decode(request.json()["payload"]["data"])
            self.versions.setdefault(name, []).append(data)
            return self._version(name, "latest", None)
        if version:
            return self._version(name, version, verb)
        if request.method == "PATCH":
            self.secrets[name].update(request.json())
        return self._secret(name)

    def _create(self, request: Request) -> Answer:
        (name,) = parse_qs(request.query)["secretId"]
        if name in self.secrets:
            return _error(409, "ALREADY_EXISTS", f"Secret [{name}] already exists.")
        self.secrets[name] = request.json()
        return self._secret(name)

    def _secret(self, name: str) -> Answer:
        own = {"name": f"projects/{NUMBER}/secrets/{name}", "createTime": _TIME, "etag": '"1"'}
        return Answer(200, {**self.secrets[name], **own})

    def _version(self, name: str, version: str, verb: str | None) -> Answer:
        values = self.versions.get(name, [])
        number = len(values) if version == "latest" else int(version)
        if not 0 < number <= len(values):
            return _error(404, "NOT_FOUND", f"Secret Version [{name}/versions/{version}] not found")
        address = f"projects/{NUMBER}/secrets/{name}/versions/{number}"
        if verb == "access":
            data = base64.b64encode(values[number - 1]).decode()
            return Answer(200, {"name": address, "payload": {"data": data}})
        if verb == "disable":
            self.disabled.add((name, number))
        state = "DISABLED" if (name, number) in self.disabled else "ENABLED"
        return Answer(200, {"name": address, "createTime": _TIME, "state": state, "etag": '"1"'})


def _error(code: int, status: str, message: str) -> Answer:
    return Answer(code, {"error": {"code": code, "message": message, "status": status}})


@contextmanager
def secret_manager() -> Iterator[tuple[SecretManager, dict[str, str]]]:
    """One that is empty, and the variables by which the google provider goes to it."""
    vault = SecretManager()
    with served(vault.answer) as port:
        yield (
            vault,
            {
                "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT": f"http://127.0.0.1:{port}/v1/",
                "GOOGLE_OAUTH_ACCESS_TOKEN": vault.token,
            },
        )
