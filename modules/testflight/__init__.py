"""The environment of a testflight in Terraform: a namespace with third-party keys, no release."""

import re

from constructs import Construct

from modules import terraform as tf
from modules.errors import ModuleError
from modules.kubernetes import RESTRICTED, write_only_secret
from modules.secrets.vault import Vault

PREFIX = "lana-bank-testflight-"
LABELS = {"app.kubernetes.io/managed-by": "promoter-testflight"}
"""Labels that mark a namespace as a testflight's, which may be destroyed."""

KEYS = frozenset(
    {"honeycomb-api-key", "smtp-password", "smtp-username", "sumsub-key", "sumsub-secret"}
)
"""Third-party keys of staging. Never credentials of databases or of the warehouse: a test would
write to staging with them."""

_COMMIT = re.compile(r"[0-9a-f]{40}")


class TestflightNamespace(Construct):
    """A namespace that accepts restricted pods only, with the Secret lana-bank-external.

    Unlike an environment's namespace it may be destroyed. Databases and their credentials are
    created in it by the chart (``global.secrets.mode: generate``). No value is in the stack, a
    plan or a state. Raises ``ModuleError``.

    ref      the chart's commit, 40 hex digits
    digits   how many of them end the namespace's name (default: seven)
    created  creation time in seconds since 1970, for readers; cleanup uses the cluster's clock
    holder   the process that owns it, as JSON: cleanup removes it once that process has ended
    vault    staging's vault, from which the keys are read when they are written
    keys     the required subset of ``KEYS`` (default: all)
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        ref: str,
        digits: int = 7,
        created: int,
        holder: str = "",
        vault: Vault,
        keys: frozenset[str] = KEYS,
    ) -> None:
        super().__init__(scope, name)
        if not _COMMIT.fullmatch(ref):
            raise ModuleError(f"create testflight of {ref!r}: not a full commit id")
        if unknown := sorted(keys - KEYS):
            raise ModuleError(f"copy key {unknown[0]!r}: only these may be copied: {sorted(KEYS)}")
        labels = {
            **LABELS,
            **RESTRICTED,
            "lana.galoy.io/testflight-ref": ref,
            "lana.galoy.io/testflight-created": str(created),
        }
        # Escaped, because Terraform evaluates ${ and %{.
        holder = holder.replace("${", "$${").replace("%{", "%%{")
        annotations = {"lana.galoy.io/testflight-holder": holder} if holder else {}
        body: tf.KubernetesNamespaceV1 = {
            "metadata": [
                {"name": f"{PREFIX}{ref[:digits]}", "labels": labels, "annotations": annotations}
            ]
        }
        namespace = tf.block(self, "namespace", "kubernetes_namespace_v1", body)
        values = {key: vault.read(self, key) for key in sorted(keys)}
        write_only_secret(self, "lana-bank-external", namespace, values, 1)
