"""kubectl as a subprocess: read and change the objects of a cluster.

Not the Python client: importing it takes longer than all queries of a deploy together.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.text import conceal, telling_lines
from promoter.programs.command import TIMED_OUT, cluster_environment, run_program

_REQUEST_SECONDS = 20
_SECONDS = 30
_REASON = re.compile(r"^Error from server \((\w+)\): ", re.MULTILINE)
_KLOG = re.compile(r"^[IWEF]\d{4} .*\n?", re.MULTILINE)
_UNREACHABLE = ("The connection to the server", "Unable to connect to the server")


@dataclass(frozen=True)
class Kubectl:
    """kubectl on one namespace of the cluster that ``kubeconfig`` names.

    None is the cluster that kubectl uses by default, an empty namespace that of its context.
    Raises `ClusterError`, whose ``reason`` is the API server's.
    """

    program: Path
    kubeconfig: Path | None
    namespace: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which the cluster is found."""
        return cluster_environment(self.kubeconfig)

    def within(self, namespace: str) -> Kubectl:
        """Return the same for another namespace."""
        return replace(self, namespace=namespace)

    def items(self, kind: str, selector: str = "") -> tuple[Mapping[str, Any], ...]:
        """Return every object of ``kind`` that the label ``selector`` selects."""
        selectors = [f"--selector={selector}"] if selector else []
        return tuple(json.loads(self.run("get", kind, *selectors, "--output=json"))["items"])

    def object(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """Return one object, None if it does not exist."""
        output = self.run("get", kind, name, "--ignore-not-found", "--output=json")
        return dict(json.loads(output)) if output.strip() else None

    def secret_value(self, name: str, key: str) -> str:
        """Return one value of a Secret, empty if it does not exist; to be used, never shown."""
        data = (self.object("secret", name) or {}).get("data") or {}
        value = base64.b64decode(data.get(key, "")).decode()
        conceal(value)
        return value

    def create(self, content: Mapping[str, Any]) -> None:
        """Create one object; the error's reason is AlreadyExists if it exists."""
        self.run("create", "--filename=-", "--validate=false", stdin=json.dumps(content))

    def apply(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Create ``objects``, or update those that exist (server-side apply)."""
        manifest = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        # kubectl's own validation reads the API server's whole description first.
        options = ("--server-side", "--force-conflicts", "--validate=false")
        self.run("apply", *options, "--filename=-", stdin=json.dumps(manifest))

    def delete(self, kind: str, *names: str) -> None:
        """Delete objects, if they exist, without waiting until they are gone."""
        self.run("delete", kind, *names, "--ignore-not-found", "--wait=false")

    def run(self, *arguments: str, stdin: str = "", seconds: float = _SECONDS) -> str:
        """Return the standard output of ``kubectl <arguments>``, which may take ``seconds``."""
        namespace = ["--namespace", self.namespace] if self.namespace else []
        timeout = f"--request-timeout={max(_REQUEST_SECONDS, int(seconds) - 10)}s"
        done = run_program(
            [self.program, *namespace, timeout, *arguments],
            environment=self.environment,
            stdin=stdin,
            seconds=seconds,
        )
        if done.returncode == 0:
            return done.stdout
        message = _KLOG.sub("", done.stderr).strip() or done.stderr.strip()
        command = " ".join(each for each in arguments[:2] if not each.startswith("-"))
        place = f" in {self.namespace}" if self.namespace else ""
        raise ClusterError(
            f"kubectl {command}{place}: {'; '.join(telling_lines(message.splitlines()))}",
            "Unreachable" if done.returncode == TIMED_OUT else _reason(done.stderr),
            next_step="promoter platform status, or kubectl get nodes for a cluster of your own",
        )


def _reason(message: str) -> str:
    found = _REASON.search(message)
    if found:
        return found[1]
    return "Unreachable" if any(text in message for text in _UNREACHABLE) else ""
