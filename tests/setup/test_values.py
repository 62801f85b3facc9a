"""The Helm values of an environment, installed by Helm as docs/environments.md says."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from promoter.platform import Platform
from promoter.programs.helm import Helm
from promoter.setup.values import helm_values
from promoter.synthesis.app import App, StackRelease
from tests.command_line import promoter
from tests.platform_fixture import kubectl

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs/environments.md").read_text()


def test_values_that_terraform_alone_knows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = promoter("environment", "values", "gcp-volcano-production")
    assert (done.code, done.stdout) == (1, "")
    assert "Terraform alone knows dagster.bigquery.dataset" in done.stderr
    assert promoter("environment", "values", "local-nowhere").code == 64


def test_documents_are_merged_as_helm_merges_values(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = ("a: {b: 1, c: [1]}\nd: 1\n", "a: {c: [2]}\nd: {e: 1}\n")
    release = StackRelease("local-qa", "lana-bank", "lana", documents)
    app = App(ROOT, Path(), Path())
    monkeypatch.setattr(App, "releases", lambda self, chart, stacks: (release,))
    merged = {"a": {"b": 1, "c": [2]}, "d": {"e": 1}}
    assert yaml.safe_load(helm_values(app, "local-qa")) == merged


@pytest.mark.slow
def test_helm_installs_an_environment_as_the_documentation_says(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    written, installed = re.findall(r"(?m)^\$ ((?:promoter environment values|helm ).+)$", DOCS)
    command, _, file = written.partition(" > ")
    done = promoter(*shlex.split(command)[1:])
    assert done.code == 0, done.stderr
    (tmp_path / file).write_text(done.stdout)
    assert yaml.safe_load(done.stdout)["global"]["environment"] == "local-production"
    helm, kubeconfig = platform.toolchain.program("helm"), platform.require().kubeconfig
    arguments = shlex.split(installed.replace("charts/lana-bank", f"'{ROOT}/charts/lana-bank'"))
    namespace = "helm-alone"
    arguments[arguments.index("--namespace") + 1] = namespace
    try:
        ran = subprocess.run(
            [helm, *arguments[1:], f"--kubeconfig={kubeconfig}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert Helm(helm, kubeconfig).history("lana", namespace)[-1].status == "deployed"
        made = kubectl(platform, "get", "deployments", f"--namespace={namespace}", "--output=name")
        assert "keycloak" in made
    finally:
        kubectl(platform, "delete", "namespace", namespace, "--ignore-not-found", "--wait=false")
