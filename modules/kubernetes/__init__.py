"""Namespaces that accept restricted pods only, and Secrets whose values are in no state."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from modules import terraform as tf

RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
}
"""Labels that set the restricted Pod Security level of a namespace."""


def restricted_namespace(
    scope: Construct, name: str, labels: Mapping[str, str]
) -> tf.KubernetesNamespaceV1Block:
    """Add a restricted namespace with ``prevent_destroy``: everything in it would go with it."""
    body: tf.KubernetesNamespaceV1 = {
        "metadata": [{"name": name, "labels": {**labels, **RESTRICTED}}]
    }
    return tf.block(scope, "namespace", "kubernetes_namespace_v1", body, keep=True)


def write_only_secret(
    scope: Construct,
    name: str,
    namespace: tf.KubernetesNamespaceV1Block,
    data: Mapping[str, str],
    revision: int,
) -> tf.KubernetesSecretV1Block:
    """Add the Secret ``name``, whose ``data`` (expressions) is written to the cluster only.

    It is written again when ``revision`` is raised; never lower it.
    """
    body: tf.KubernetesSecretV1 = {
        "metadata": [{"name": name, "namespace": namespace["metadata[0].name"]}],
        "type": "Opaque",
        "data_wo": dict(data),
        "data_wo_revision": revision,
    }
    return tf.block(scope, name, "kubernetes_secret_v1", body)
