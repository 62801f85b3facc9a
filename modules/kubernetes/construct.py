"""A namespace that only takes restricted pods, and Secrets whose values no state has."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from modules.terraform import Reference, block

SECURITY_MODES = ("enforce", "audit", "warn")


def restricted_namespace(scope: Construct, name: str, labels: Mapping[str, str]) -> Reference:
    """Add the namespace ``name`` with the restricted Pod Security level.

    It is kept: what is in it (databases aside) goes with it when it is destroyed.
    """
    security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in SECURITY_MODES}
    metadata = {"name": name, "labels": {**labels, **security}}
    return block(scope, "namespace", "kubernetes_namespace_v1", {"metadata": [metadata]}, keep=True)


def write_only_secret(
    scope: Construct, name: str, namespace: Reference, data: Mapping[str, str], revision: int
) -> Reference:
    """Add the Secret ``name``, whose ``data`` (expressions) goes to the cluster and nowhere else.

    It is written again when ``revision`` is raised, never lowered.
    """
    body = {
        "metadata": [{"name": name, "namespace": namespace["metadata[0].name"]}],
        "type": "Opaque",
        "data_wo": dict(data),
        "data_wo_revision": revision,
    }
    return block(scope, name, "kubernetes_secret_v1", body)
