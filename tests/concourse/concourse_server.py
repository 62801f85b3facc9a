"""A server on loopback with the part of Concourse's API that a task uses, and its logins."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.http_server import listening

JOB = "/api/v1/teams/main/pipelines/nix-cache/jobs/populate-nix-cache-pr"
USER = {"username": "operator", "password": "a password"}


@dataclass
class Concourse:
    """The builds of the job: the pull request of each, the oldest first, and those run again."""

    builds: list[int] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


@contextmanager
def serving(state: Concourse) -> Iterator[str]:
    """Yield the server's address."""
    handler = type("Bound", (_Handler,), {"state": state})
    with listening(handler) as address:
        yield f"http://{address}"


class _Handler(BaseHTTPRequestHandler):
    state: Concourse

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/sky/issuer/token":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            client = f"Basic {b64encode(b'fly:Zmx5').decode()}"
            known = form.items() >= {"grant_type": "password", **USER}.items()
            if self.headers.get("Authorization") != client or not known:
                return self._send(401, {"error": "access_denied"})
            return self._send(200, {"access_token": "issued", "token_type": "bearer"})
        name = self.path.removeprefix(f"{JOB}/builds/")
        if not self._authorized() or not name.isdigit():
            return self._send(401 if not self._authorized() else 404, {})
        self.state.again.append(name)
        return self._send(200, {"id": 900 + int(name), "name": f"{name}.1"})

    def do_GET(self) -> None:
        path, numbers = urlsplit(self.path), range(len(self.state.builds), 0, -1)
        if not self._authorized():
            return self._send(401, {})
        if path.path == f"{JOB}/builds":
            limit = int(parse_qs(path.query)["limit"][0])
            listed = [{"id": 100 + number, "name": str(number)} for number in numbers][:limit]
            return self._send(200, listed)
        for number in numbers:
            if path.path == f"/api/v1/builds/{100 + number}/resources":
                version = {"pr": str(self.state.builds[number - 1]), "commit": "c" * 40}
                tasks = {"name": "pipeline-tasks", "version": {"ref": "d" * 40}}
                inputs = [tasks, {"name": "prs", "version": version}]
                return self._send(200, {"inputs": inputs, "outputs": []})
        return self._send(404, {})

    def _authorized(self) -> bool:
        return self.headers.get("Authorization") == "Bearer issued"

    def _send(self, status: int, body: Any) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
