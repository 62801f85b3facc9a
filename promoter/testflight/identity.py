"""The identity that installs the chart under test: everything in its namespace, nothing elsewhere.

A rendered chart does not show what its templates do with the answers of a cluster (`lookup`), so
the API server itself must refuse what is outside of the namespace.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.files import write_atomically
from promoter.programs.kubectl import Kubectl

INSTALLER = "testflight-installer"
_GROUP = "rbac.authorization.k8s.io"
_LEAST_SECONDS = 600
"""The API server issues no token for a shorter time."""

_SPARE_SECONDS = 300


@contextmanager
def namespace_identity(kubectl: Kubectl, seconds: int) -> Iterator[Kubectl]:
    """Yield kubectl as an account with every right on what is in its namespace, and no other.

    The account goes with the namespace; its token is valid a little longer than ``seconds``, and
    its kubeconfig (0600) is removed when the block ends. Raises `ClusterError`.
    """
    kubectl.apply(_account(_rules(kubectl)))
    duration = max(_LEAST_SECONDS, seconds + _SPARE_SECONDS)
    token = kubectl.run("create", "token", INSTALLER, f"--duration={duration}s").strip()
    current = json.loads(kubectl.run("config", "view", "--raw", "--minify", "--output=json"))
    with TemporaryDirectory(prefix="promoter-testflight-") as folder:
        file = Path(folder) / "kubeconfig"
        content = _kubeconfig(current["clusters"][0], kubectl.namespace, token)
        write_atomically(file, json.dumps(content).encode(), 0o600)
        yield replace(kubectl, kubeconfig=file)


def _rules(kubectl: Kubectl) -> list[dict[str, Any]]:
    """Return every right on what lies in a namespace.

    Not on ``*``: that includes the namespace itself, and so the Pod Security level in its labels.
    """
    groups: dict[str, list[str]] = {}
    for name in kubectl.run("api-resources", "--namespaced=true", "--output=name").split():
        resource, _, group = name.partition(".")
        groups.setdefault(group, []).append(resource)
    # An account grants only what it has, and a chart's Role may name these.
    groups.setdefault("", []).extend(("pods/exec", "pods/log", "pods/portforward"))
    return [
        {"apiGroups": [group], "resources": resources, "verbs": ["*"]}
        for group, resources in groups.items()
    ]


def _account(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    metadata = {"name": INSTALLER}
    role = {"apiGroup": _GROUP, "kind": "Role", "name": INSTALLER}
    subject = {"kind": "ServiceAccount", "name": INSTALLER}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "Role",
            "metadata": metadata,
            "rules": rules,
        },
        {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": role,
            "subjects": [subject],
        },
    ]


def _kubeconfig(cluster: dict[str, Any], namespace: str, token: str) -> dict[str, Any]:
    context = {"cluster": cluster["name"], "user": INSTALLER, "namespace": namespace}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster],
        "users": [{"name": INSTALLER, "user": {"token": token}}],
        "contexts": [{"name": INSTALLER, "context": context}],
        "current-context": INSTALLER,
    }
