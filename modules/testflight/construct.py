"""The construct: a throwaway namespace with the third-party keys that a testflight needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from constructs import Construct

from modules.errors import ModuleError
from modules.kubernetes.construct import SECURITY_MODES, write_only_secret
from modules.secrets.vault import Vault
from modules.terraform import Reference, block

PREFIX = "lana-bank-testflight-"
LABELS = {"app.kubernetes.io/managed-by": "promoter-testflight"}
"""By these the namespace is known as a testflight's, and may be destroyed."""

KEYS = frozenset(
    {"honeycomb-api-key", "smtp-password", "smtp-username", "sumsub-key", "sumsub-secret"}
)
"""Others' keys that staging has too. Never the databases' or the warehouse's credentials: with
those a test would write to staging."""

_REF = re.compile(r"[0-9a-f]{40}")


class TestflightError(ModuleError):
    """A testflight cannot be made of these properties."""

    __test__ = False


@dataclass(frozen=True, kw_only=True)
class TestflightProps:
    """What a testflight's ground is made from.

    ref      the chart's commit, 40 hex digits; the namespace has its first seven
    created  when it is made, in seconds since 1970; to read: a sweep goes by the cluster's clock
    holder   who makes it, as JSON: a sweep removes it at once when that process is gone
    vault    staging's vault, out of which the keys are read when they are written
    keys     which of ``KEYS`` are needed (default: all)
    """

    __test__ = False

    ref: str
    created: int
    holder: str = ""
    vault: Vault
    keys: frozenset[str] = KEYS


class TestflightNamespace(Construct):
    """A namespace that takes restricted pods only, and the Secret lana-bank-external in it.

    Unlike an environment's it is not kept: it is there to be destroyed. Databases and their
    credentials are the chart's own, made in the namespace (``global.secrets.mode: generate``).
    No value is in the stack, a plan or a state. Raises ``TestflightError``.
    """

    __test__ = False

    def __init__(self, scope: Construct, name: str, props: TestflightProps) -> None:
        super().__init__(scope, name)
        if not _REF.fullmatch(props.ref):
            raise TestflightError(f"make a testflight of {props.ref!r}: it is not a commit")
        unknown = sorted(props.keys - KEYS)
        if unknown:
            raise TestflightError(f"copy key {unknown[0]!r}: only {sorted(KEYS)} may be copied")
        self.namespace = self._namespace(props)
        values = {key: props.vault.read(self, key) for key in sorted(props.keys)}
        write_only_secret(self, "lana-bank-external", self.namespace, values, 1)

    def _namespace(self, props: TestflightProps) -> Reference:
        security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in SECURITY_MODES}
        labels = {
            **LABELS,
            **security,
            "lana.galoy.io/testflight-ref": props.ref,
            "lana.galoy.io/testflight-created": str(props.created),
        }
        # Terraform would take ${ and %{ of a name for its own.
        holder = props.holder.replace("${", "$${").replace("%{", "%%{")
        annotations = {"lana.galoy.io/testflight-holder": holder} if holder else {}
        metadata = {
            "name": f"{PREFIX}{props.ref[:7]}",
            "labels": labels,
            "annotations": annotations,
        }
        return block(self, "namespace", "kubernetes_namespace_v1", {"metadata": [metadata]})
