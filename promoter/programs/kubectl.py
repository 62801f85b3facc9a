"""Questions to a cluster and changes of it, through kubectl: the one way that there is.

Not through the Python client: importing it takes longer than all the questions of a deploy or
a testflight together.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.text import redact

_REQUEST_SECONDS = 20
_SECONDS = 30
_LONGEST = 300
_REASON = re.compile(r"^Error from server \((\w+)\): ", re.MULTILINE)
_KLOG = re.compile(r"^[IWEF]\d{4} .*\n?", re.MULTILINE)
_UNREACHABLE = ("The connection to the server", "Unable to connect to the server")


@dataclass(frozen=True)
class Kubectl:
    """``program`` on one namespace of the cluster that ``kubeconfig`` names.

    None is the cluster that kubectl would use by itself, an empty namespace that of its
    context. Raises `ClusterError`, whose ``reason`` is the API server's word for it.
    """

    program: Path
    kubeconfig: Path | None
    namespace: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which the cluster is found."""
        return {**os.environ, **kubeconfig_variables(self.kubeconfig)}

    def within(self, namespace: str) -> Kubectl:
        """The same in another namespace."""
        return replace(self, namespace=namespace)

    def items(self, kind: str, selector: str = "") -> tuple[Mapping[str, Any], ...]:
        """Every object of ``kind`` that the label ``selector`` chooses."""
        chosen = [f"--selector={selector}"] if selector else []
        return tuple(json.loads(self.run("get", kind, *chosen, "--output=json"))["items"])

    def object(self, kind: str, name: str) -> Mapping[str, Any] | None:
        """One object, None where there is none."""
        told = self.run("get", kind, name, "--ignore-not-found", "--output=json")
        return dict(json.loads(told)) if told.strip() else None

    def secret_value(self, name: str, key: str) -> str:
        """One value of a Secret, empty where there is none; for use, never to be shown."""
        data = (self.object("secret", name) or {}).get("data") or {}
        return base64.b64decode(data.get(key, "")).decode()

    def create(self, content: Mapping[str, Any]) -> None:
        """Make one object; the reason of the error is AlreadyExists where it is there."""
        self.run("create", "--filename=-", "--validate=false", stdin=json.dumps(content))

    def apply(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Make ``objects``, or make them so where they are there."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.run("apply", "--filename=-", stdin=json.dumps(listed))

    def delete(self, kind: str, *names: str) -> None:
        """Delete objects, those that are gone already aside; does not wait."""
        self.run("delete", kind, *names, "--ignore-not-found", "--wait=false")

    def run(self, *arguments: str, stdin: str = "", seconds: float = _SECONDS) -> str:
        """Standard output of ``kubectl <arguments>``, which may take ``seconds``."""
        named = ["--namespace", self.namespace] if self.namespace else []
        patience = f"--request-timeout={max(_REQUEST_SECONDS, int(seconds) - 10)}s"
        try:
            done = subprocess.run(
                [self.program, *named, patience, *arguments],
                env=self.environment,
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            cause = f"no answer within {seconds:.0f} s"
            raise self._failure(arguments, cause, "Unreachable") from error
        if done.returncode != 0:
            said = redact(_KLOG.sub("", done.stderr)).strip() or redact(done.stderr).strip()
            raise self._failure(arguments, said[-_LONGEST:], _reason(done.stderr))
        return done.stdout

    def _failure(self, arguments: Sequence[str], cause: str, reason: str) -> ClusterError:
        where = f" in {self.namespace}" if self.namespace else ""
        what = " ".join(each for each in arguments[:2] if not each.startswith("-"))
        return ClusterError(
            f"ask the cluster to {what}{where}: {cause}",
            reason,
            next_step="promoter platform status, or kubectl get nodes for a cluster of your own",
        )


def kubeconfig_variables(kubeconfig: Path | None) -> dict[str, str]:
    """The variables by which kubectl and both generations of the helm provider find a cluster."""
    if kubeconfig is None:
        return {}
    names = ("KUBECONFIG", "KUBE_CONFIG", "KUBE_CONFIG_PATH")
    return dict.fromkeys(names, str(kubeconfig))


def _reason(said: str) -> str:
    found = _REASON.search(said)
    if found:
        return found[1]
    return "Unreachable" if any(text in said for text in _UNREACHABLE) else ""
