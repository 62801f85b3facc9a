"""A synthesized stack, applied with the real provider to a real API server."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.platform import Platform
from tests.charts.chart_rendering import COMPONENTS, DIGEST
from tests.stacks.stack_tree import Tree

SETTINGS = """\
namespace: {namespace}
lana_domain: staging.lana.localhost
enable_artificial_time: true
timeout: 120
components: [{components}]
"""


@dataclass(frozen=True)
class Deployment:
    """The stack local-staging of a tree, in a namespace of the test's own."""

    tree: Tree
    platform: Platform
    namespace: str

    def deploy(self) -> None:
        """Synthesize and apply, with a working folder that an earlier run has not touched."""
        self.tree.synthesize("local-staging")
        folder = self.tree.root / "cdktf.out/stacks/local-staging"
        state = self.tree.root / "elsewhere.tfstate"
        self._tofu(folder, "init", "-reconfigure", f"-backend-config=path={state}")
        self._tofu(folder, "apply", "-auto-approve")

    def revisions(self) -> list[str]:
        """The status of each Helm revision, oldest first."""
        helm = self.platform.toolchain.program("helm")
        kubeconfig = str(self.platform.require().kubeconfig)
        options = ("--namespace", self.namespace, "--output", "json")
        shown = subprocess.run(
            [helm, "--kubeconfig", kubeconfig, "history", "lana-bank", *options],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [revision["status"] for revision in json.loads(shown.stdout)]

    def _tofu(self, folder: Path, *arguments: str) -> None:
        toolchain = self.platform.toolchain
        kubeconfig = str(self.platform.require().kubeconfig)
        done = subprocess.run(
            [str(toolchain.terraform()), *arguments, "-input=false", "-no-color"],
            cwd=folder,
            env={
                **os.environ,
                **toolchain.terraform_environment(),
                "KUBECONFIG": kubeconfig,
                "KUBE_CONFIG_PATH": kubeconfig,
            },
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def deployment(tree: Tree, platform: Platform, namespace: str, *components: str) -> Deployment:
    settings = SETTINGS.format(namespace=namespace, components=", ".join(components))
    (tree.root / "stacks/local/staging/lana-bank.yml").write_text(settings)
    for values in (tree.root / "charts/lana-bank").rglob("values.yaml"):
        values.write_text(values.read_text().replace('digest: ""', f'digest: "{DIGEST}"'))
    return Deployment(tree, platform, namespace)


@pytest.mark.slow
def test_a_changed_byte_in_a_template_is_a_new_revision(
    tree: Tree, platform: Platform, namespace: str
) -> None:
    stack = deployment(tree, platform, namespace)
    stack.deploy()
    assert stack.revisions() == ["deployed"]
    stack.deploy()
    assert stack.revisions() == ["deployed"], "nothing changed"

    template = tree.root / "charts/lana-bank/templates/server.yaml"
    before = (tree.root / "charts/lana-bank/Chart.yaml").read_bytes()
    template.write_bytes(template.read_bytes() + b" ")
    stack.deploy()
    assert stack.revisions() == ["superseded", "deployed"]
    assert (tree.root / "charts/lana-bank/Chart.yaml").read_bytes() == before


@pytest.mark.slow
def test_a_local_stack_installs_every_part(tree: Tree, platform: Platform, namespace: str) -> None:
    stack = deployment(tree, platform, namespace, *COMPONENTS)
    stack.deploy()
    assert stack.revisions() == ["deployed"]
    kubectl = [str(platform.toolchain.program("kubectl"))]
    kubectl += ["--kubeconfig", str(platform.require().kubeconfig), "--namespace", namespace]
    shown = subprocess.run(
        [*kubectl, "get", "deployments,statefulsets", "--output", "json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    available = {
        found["metadata"]["name"]: found["status"].get("availableReplicas")
        for found in json.loads(shown.stdout)["items"]
    }
    assert len(available) == 12
    assert set(available.values()) == {1}
