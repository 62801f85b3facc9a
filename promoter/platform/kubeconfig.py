"""Kubeconfigs: how a user of the platform's API server reaches it and who it is."""

from __future__ import annotations

import base64
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.common.files import write_atomically

if TYPE_CHECKING:
    from promoter.platform.certificates import KeyPair

CONTEXT = "promoter-platform"


@dataclass(frozen=True)
class Access:
    """An address, the authority that vouches for it, and whom to be there."""

    server: str
    authority: Path
    client: KeyPair

    def write_kubeconfig(self, file: Path) -> None:
        """Write a kubeconfig with everything in it; only its owner may read it (0600)."""
        # JSON is YAML, and needs no quoting rules.
        write_atomically(file, json.dumps(self._kubeconfig(), indent=1).encode() + b"\n", 0o600)

    def ssl_context(self) -> ssl.SSLContext:
        """TLS that trusts only the authority, and presents the client's certificate."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.client.certificate, self.client.key)
        return context

    def _kubeconfig(self) -> dict[str, object]:
        cluster = {"server": self.server, "certificate-authority-data": _encoded(self.authority)}
        user = {
            "client-certificate-data": _encoded(self.client.certificate),
            "client-key-data": _encoded(self.client.key),
        }
        context = {"cluster": CONTEXT, "user": CONTEXT}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "clusters": [{"name": CONTEXT, "cluster": cluster}],
            "users": [{"name": CONTEXT, "user": user}],
            "contexts": [{"name": CONTEXT, "context": context}],
        }


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
