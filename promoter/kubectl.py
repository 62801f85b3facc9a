"""The questions that a smoketest asks of a cluster, through kubectl.

As a deploy does, and for its reason: importing the Python client takes longer than all of
them together.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.deploy.evidence import redact
from promoter.deploy.stack import kubeconfig_variables
from promoter.testflight.errors import TestflightError

_SECONDS = 30


@dataclass(frozen=True)
class Kubectl:
    """``program`` on one namespace of the cluster that ``kubeconfig`` names.

    None is the cluster that kubectl would use by itself. Raises `TestflightError`.
    """

    program: Path
    kubeconfig: Path | None
    namespace: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which the cluster is found."""
        return {**os.environ, **kubeconfig_variables(self.kubeconfig)}

    def items(self, kind: str, selector: str = "") -> tuple[Mapping[str, Any], ...]:
        """Every object of ``kind`` that the label ``selector`` chooses."""
        chosen = [f"--selector={selector}"] if selector else []
        return tuple(json.loads(self.run("get", kind, *chosen, "--output=json"))["items"])

    def secret_value(self, name: str, key: str) -> str:
        """One value of a Secret, empty where there is none; for use, never to be shown."""
        told = self.run("get", "secret", name, "--ignore-not-found", "--output=json")
        data = (json.loads(told) if told.strip() else {}).get("data") or {}
        return base64.b64decode(data.get(key, "")).decode()

    def apply(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Make ``objects``, or make them so where they are there."""
        listed = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.run("apply", "--filename=-", stdin=json.dumps(listed))

    def delete(self, kind: str, *names: str) -> None:
        """Delete objects, those that are gone already aside; does not wait."""
        self.run("delete", kind, *names, "--ignore-not-found", "--wait=false")

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Standard output of ``kubectl <arguments>``."""
        try:
            done = subprocess.run(
                [self.program, "--namespace", self.namespace, *arguments],
                env=self.environment,
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise self._failure(arguments, f"no answer within {_SECONDS} s") from error
        if done.returncode != 0:
            raise self._failure(arguments, redact(done.stderr).strip()[-300:])
        return done.stdout

    def _failure(self, arguments: Sequence[str], cause: str) -> TestflightError:
        return TestflightError(
            f"{arguments[0]} {arguments[1]} in {self.namespace}: {cause}",
            next_step="promoter platform status, or kubectl get nodes for a cluster of your own",
        )
