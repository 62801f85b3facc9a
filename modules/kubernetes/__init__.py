"""Namespaces that accept restricted pods only, and Secrets whose values are in no state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs import Construct

from modules.terraform import TerraformBlock, block

if TYPE_CHECKING:
    from modules.terraform import (
        KubernetesNamespaceV1,
        KubernetesNamespaceV1Attribute,
        KubernetesSecretV1,
        KubernetesSecretV1Attribute,
    )

RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
}
"""Labels that set the restricted Pod Security level of a namespace."""


def restricted_namespace(
    scope: Construct, name: str, labels: Mapping[str, str]
) -> TerraformBlock[KubernetesNamespaceV1Attribute]:
    """Add the namespace ``name`` with the restricted Pod Security level.

    It has ``prevent_destroy``: everything in it would be destroyed with it.
    """
    body: KubernetesNamespaceV1 = {"metadata": [{"name": name, "labels": {**labels, **RESTRICTED}}]}
    return block(scope, "namespace", "kubernetes_namespace_v1", body, keep=True)


def write_only_secret(
    scope: Construct,
    name: str,
    namespace: TerraformBlock[KubernetesNamespaceV1Attribute],
    data: Mapping[str, str],
    revision: int,
) -> TerraformBlock[KubernetesSecretV1Attribute]:
    """Add the Secret ``name``, whose ``data`` (expressions) is written to the cluster only.

    It is written again when ``revision`` is raised; never lower it.
    """
    body: KubernetesSecretV1 = {
        "metadata": [{"name": name, "namespace": namespace["metadata[0].name"]}],
        "type": "Opaque",
        "data_wo": dict(data),
        "data_wo_revision": revision,
    }
    return block(scope, name, "kubernetes_secret_v1", body)
