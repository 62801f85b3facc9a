"""Cloud SQL on loopback: the part of its Admin API v1beta4 that the provider speaks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.providers.loopback import Answer, Request

PATH = re.compile(
    r"/sql/v1beta4/projects/(?P<project>[^/]+)/(?P<kind>instances|operations)"
    r"(?:/(?P<name>[^/]+))?(?:/(?P<part>users))?"
)
_CERTIFICATE = {"cert": "authority", "commonName": "server", "sha1Fingerprint": "0"}


@dataclass
class CloudSql:
    """The instances as they were asked for, and each user's password."""

    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def address(self, instance: str) -> str:
        """The private address of an instance."""
        return f"10.20.0.{1 + sorted(self.instances).index(instance)}"

    def name(self, instance: str) -> str:
        """The name in the certificate of an instance."""
        return f"{instance}.us-east1.sql.goog"

    def answer(self, request: Request, found: re.Match[str]) -> Answer:
        """Answer one request whose path is `PATH`."""
        with self.lock:
            if found["kind"] == "operations":
                return self._done(found)
            parts: dict[str | None, Callable[[Request, re.Match[str]], Answer]] = {
                "users": self._user,
            }
            return parts.get(found["part"], self._instance)(request, found)

    def _instance(self, request: Request, found: re.Match[str]) -> Answer:
        if request.method == "POST":
            asked = request.json()
            self.instances[asked["name"]] = asked
            return self._done(found)
        name = found["name"]
        if name not in self.instances:
            return _missing("The Cloud SQL instance does not exist.")
        if request.method in ("PATCH", "PUT"):
            self.instances[name].update(request.json())
            return self._done(found)
        return Answer(200, {**self.instances[name], **self._given(name, found["project"])})

    def _given(self, name: str, project: str) -> dict[str, Any]:
        """Return the defaults of an instance that no setting names."""
        return {
            "project": project,
            "state": "RUNNABLE",
            "instanceType": "CLOUD_SQL_INSTANCE",
            "connectionName": f"{project}:us-east1:{name}",
            "ipAddresses": [{"type": "PRIVATE", "ipAddress": self.address(name)}],
            "serviceAccountEmailAddress": f"{name}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
            "serverCaCert": _CERTIFICATE,
            "dnsName": f"{self.name(name)}.",
            "selfLink": f"https://sqladmin.googleapis.com/projects/{project}/instances/{name}",
        }

    def _user(self, request: Request, found: re.Match[str]) -> Answer:
        if request.method == "GET":
            about = {"instance": found["name"], "project": found["project"], "host": ""}
            names = [user for instance, user in self.users if instance == found["name"]]
            return Answer(200, {"items": [{"name": name, **about} for name in names]})
        (name,) = parse_qs(request.query).get("name") or [request.json()["name"]]
        self.users[found["name"], name] = request.json()["password"]
        return self._done(found)

    def _done(self, found: re.Match[str]) -> Answer:
        """An operation, over before it is asked after."""
        link = f"https://sqladmin.googleapis.com/sql/v1beta4/projects/{found['project']}"
        return Answer(
            200,
            {
                "kind": "sql#operation",
                "name": "done",
                "status": "DONE",
                "operationType": "UPDATE",
                "targetId": found["name"] or "",
                "selfLink": f"{link}/operations/done",
            },
        )


def _missing(message: str) -> Answer:
    return Answer(404, {"error": {"code": 404, "message": message, "status": "NOT_FOUND"}})
