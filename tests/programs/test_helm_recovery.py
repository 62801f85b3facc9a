"""A chart that does not go back is upgraded, on a real API server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.platform import Platform
from promoter.programs.helm import Helm, HelmError
from promoter.programs.kubectl import Kubectl

HOOK = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: back
  annotations: {helm.sh/hook: pre-rollback, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: 1
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {there: is-no-such-node}
      containers: [{name: back, image: example.com/back}]
"""
PART = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: part}
spec:
  selector: {matchLabels: {app: part}}
  template:
    metadata: {labels: {app: part}}
    spec:
      {{- if not .Values.runs }}
      nodeSelector: {there: is-no-such-node}
      {{- end }}
      containers: [{name: part, image: example.com/part}]
"""


@dataclass(frozen=True)
class Release:
    """The release "app" of a chart whose rollback is refused by its hook."""

    helm: Helm
    kubectl: Kubectl
    namespace: str
    chart: Path

    def upgrade(self, *, runs: bool, seconds: int) -> None:
        values = ("--set", f"runs={str(runs).lower()}")
        options = ("--install", "--atomic", "--wait", f"--timeout={seconds}s")
        arguments = ("upgrade", "app", str(self.chart), *options, *values)
        self.helm._run(*arguments, namespace=self.namespace, seconds=None)

    def states(self) -> list[str]:
        return [each.status for each in self.helm.history("app", self.namespace)]

    def recover(self) -> str | None:
        history = self.helm.history("app", self.namespace)
        return self.helm.recover("app", self.namespace, history, self.kubectl)


@pytest.fixture
def release(platform: Platform, namespace: str, tmp_path: Path) -> Release:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: app\nversion: 0.1.0\n")
    (tmp_path / "templates/hook.yaml").write_text(HOOK)
    (tmp_path / "templates/part.yaml").write_text(PART)
    config, toolchain = platform.require().kubeconfig, platform.toolchain
    return Release(
        Helm(toolchain.program("helm"), config),
        Kubectl(toolchain.program("kubectl"), config),
        namespace,
        tmp_path,
    )


@pytest.mark.slow
def test_what_does_not_go_back_is_upgraded(release: Release) -> None:
    release.upgrade(runs=True, seconds=300)
    with pytest.raises(HelmError, match="an error occurred while rolling back"):
        release.upgrade(runs=False, seconds=15)
    assert release.states() == ["deployed", "failed", "pending-rollback"]
    with pytest.raises(HelmError, match="another operation"):
        release.upgrade(runs=True, seconds=300)

    assert "the chart does not go back" in (release.recover() or "")

    assert release.states() == ["superseded", "failed"]
    assert release.recover() is None
    # What the failed revision added is taken away: its pods would not become ready.
    release.upgrade(runs=True, seconds=300)
    assert release.states()[-1] == "deployed"
