"""Google Cloud on loopback: Secret Manager, Cloud SQL, and where the cluster is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.providers.cloud_sql import PATH, CloudSql
from tests.providers.loopback import Answer, Request, served
from tests.providers.secret_manager import NUMBER, SecretManager

_PROJECT = re.compile(r"/v1/projects/(?P<name>[^/]+)")
_PEERINGS = re.compile(r"/v1/services/servicenetworking\.googleapis\.com/connections")
_CLUSTER = re.compile(r"/v1/projects/[^/]+/locations/[^/]+/clusters/(?P<name>[^/]+)")


@dataclass(frozen=True)
class Cluster:
    """A Kubernetes cluster: ``host:port``, its authority (base64), a token that it takes."""

    endpoint: str
    authority: str
    token: str
    kubeconfig: Path

    def answer(self, name: str) -> Answer:
        """As the API of Kubernetes Engine describes it; what is empty there is never left out."""
        described = {
            "name": name,
            "endpoint": self.endpoint,
            "masterAuth": {"clusterCaCertificate": self.authority},
            "status": "RUNNING",
            "legacyAbac": {},
            "networkConfig": {},
            "shieldedNodes": {},
        }
        return Answer(200, described)


@contextmanager
def google_cloud(cluster: Cluster) -> Iterator[tuple[SecretManager, CloudSql, dict[str, str]]]:
    """Its services, and variables by which the google provider goes to them.

    One token opens all of it and the cluster, as on Google Cloud.
    """
    vault, sql = SecretManager(token=cluster.token), CloudSql()

    def answer(request: Request) -> Answer:
        if request.token == cluster.token:
            if found := _CLUSTER.fullmatch(request.path):
                return cluster.answer(found["name"])
            if found := PATH.fullmatch(request.path):
                return sql.answer(request, found)
            if found := _PROJECT.fullmatch(request.path):
                return Answer(200, {"projectId": found["name"], "projectNumber": NUMBER})
            if _PEERINGS.fullmatch(request.path):
                # Without one, no instance has a private address.
                return Answer(200, {"connections": [{"peering": "for-cloud-sql"}]})
        return vault.answer(request)

    with served(answer) as port:
        address = f"http://127.0.0.1:{port}"
        yield (
            vault,
            sql,
            {
                "GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT": f"{address}/v1/",
                "GOOGLE_CONTAINER_CUSTOM_ENDPOINT": f"{address}/v1/",
                "GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT": f"{address}/v1/",
                "GOOGLE_SERVICE_NETWORKING_CUSTOM_ENDPOINT": f"{address}/v1/",
                "GOOGLE_SQL_CUSTOM_ENDPOINT": f"{address}/sql/v1beta4/",
                "GOOGLE_OAUTH_ACCESS_TOKEN": cluster.token,
            },
        )
