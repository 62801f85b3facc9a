"""The Helm adapter: real Helm for rendering, a scripted one for the states of a release."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from promoter.programs.helm import Helm, HelmError, HelmRevision
from promoter.programs.kubectl import Kubectl
from promoter.toolchain import Toolchain

ROOT = Path(__file__).parents[2]
NO_CLUSTER = Kubectl(Path("/nonexistent"), None)
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data: {color: {{ required "color is missing" .Values.color }}}
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    (folder / "templates" / "map.yaml").write_text(TEMPLATE)
    return folder


@pytest.fixture(scope="module")
def helm() -> Helm:
    return Helm(Toolchain(ROOT).program("helm"))


def test_later_values_win_in_a_rendered_chart(helm: Helm, chart: Path) -> None:
    rendered = helm.template("app", chart, "space", ["color: red", "color: blue"])
    (found,) = yaml.safe_load_all(rendered)
    assert found["data"] == {"color": "blue"}
    assert found["metadata"] == {"name": "app", "namespace": "space"}


def test_a_chart_that_fails_names_the_cause_on_one_line(helm: Helm, chart: Path) -> None:
    with pytest.raises(HelmError, match=r"^helm template app in space: .*color is missing") as got:
        helm.template("app", chart, "space")
    assert "\n" not in got.value.cause
    assert not got.value.cause.startswith("Error: ")


def scripted(tmp_path: Path, history: str, code: int = 0) -> tuple[Helm, Path]:
    """A program that answers ``history`` and writes down every other command."""
    log = tmp_path / "log"
    program = tmp_path / "helm"
    out = "" if code == 0 else ">&2"
    program.write_text(
        f"#!/bin/sh\n[ $1 = history ] && {{ echo '{history}' {out}; exit {code}; }}\n"
        f'echo "$@" >> {log}\n'
    )
    program.chmod(0o755)
    return Helm(program), log


def revisions(*states: str) -> str:
    return json.dumps([{"revision": n, "status": each} for n, each in enumerate(states, 1)])


def test_a_release_that_is_not_installed_has_no_history(tmp_path: Path) -> None:
    helm, _ = scripted(tmp_path, "Error: release: not found", 1)
    assert helm.history("app", "space") == ()
    assert helm.recover("app", "space", helm.history("app", "space"), NO_CLUSTER) is None


def test_another_failure_is_raised_without_secrets(tmp_path: Path) -> None:
    helm, _ = scripted(tmp_path, "Error: Kubernetes cluster unreachable: password=hunter22", 1)
    with pytest.raises(HelmError, match=r"unreachable: password=\[redacted\]$"):
        helm.history("app", "space")


def test_the_newest_revision_is_last(tmp_path: Path) -> None:
    helm, _ = scripted(tmp_path, revisions("superseded", "deployed"))
    assert helm.history("app", "space") == (
        HelmRevision(1, "superseded"),
        HelmRevision(2, "deployed"),
    )


@pytest.mark.parametrize(
    ("states", "command", "message"),
    [
        (("deployed", "pending-upgrade"), "rollback app 1", "rolled back to revision 1"),
        (("superseded", "failed", "pending-upgrade"), "rollback app 1", "rolled back"),
        (("pending-install",), "uninstall app", "revision 1 was left pending-install; uninstalled"),
    ],
)
def test_a_pending_revision_is_undone(
    tmp_path: Path, states: tuple[str, ...], command: str, message: str
) -> None:
    helm, log = scripted(tmp_path, revisions(*states))
    found = helm.recover("app", "space", helm.history("app", "space"), NO_CLUSTER)
    assert message in (found or "")
    assert log.read_text().split(os.linesep)[0] == f"{command} --namespace space"


def test_a_finished_release_is_left_alone(tmp_path: Path) -> None:
    helm, log = scripted(tmp_path, revisions("failed", "deployed"))
    assert helm.recover("app", "space", helm.history("app", "space"), NO_CLUSTER) is None
    assert not log.exists()
