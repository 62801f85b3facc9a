"""A local environment's release by the newest helm provider that can be had.

`make test` deploys with the one that the Go module proxy has, 1.3.2, whose configuration and
state differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.scene import PINS, SOURCE
from promoter.platform import Platform
from promoter.toolchain import Toolchain
from promoter.vendoring.pins import Pin, set_pins
from tests.platform_fixture import kubectl
from tests.providers.azurerm_stack import Tofu
from tests.providers.obtained import Obtained
from tests.providers.whole import beside, changes, succeed, without_backend
from tests.stacks.stack_tree import Tree, copy_tree

pytestmark = pytest.mark.providers

STACK, NAMESPACE, RELEASE = "local-staging", "lana-bank-staging", "helm_release.lana-bank"


def pin(tree: Tree, digit: str) -> None:
    """Pin images that nobody pulls: on the embedded platform pods are simulated."""
    values, digest = tree.root / "charts/lana-bank/values.yaml", "sha256:" + digit * 64
    pins = [Pin(path, name, digest, SOURCE, digit * 40, name) for path, name in PINS.items()]
    values.write_text(set_pins(values.read_text(), pins))
    tree.synthesize(STACK)


@pytest.fixture
def release(
    platform: Platform, toolchain: Toolchain, obtained: Obtained, tmp_path: Path
) -> Iterator[tuple[Tree, Tofu]]:
    tree = copy_tree(tmp_path / "tree")
    pin(tree, "a")
    if reason := obtained.missing(tree.json(STACK)):
        pytest.skip(f"no registry or mirror has a provider of this stack: {reason}")
    environment = {
        **obtained.environment,
        "KUBE_CONFIG_PATH": str(platform.require().kubeconfig),
    }
    folder = tree.root / "cdktf.out/stacks" / STACK
    tofu = beside(Tofu(toolchain.program("tofu"), folder, environment), "real")
    yield tree, tofu
    kubectl(platform, "delete", "namespace", NAMESPACE, "--ignore-not-found")


def images(platform: Platform) -> set[str]:
    """The images of the release's deployments."""
    found = json.loads(kubectl(platform, "-n", NAMESPACE, "get", "deployments", "-o=json"))
    templates = [each["spec"]["template"]["spec"] for each in found["items"]]
    return {container["image"] for spec in templates for container in spec["containers"]}


def test_it_is_installed_upgraded_and_not_touched_without_a_change(
    release: tuple[Tree, Tofu], platform: Platform
) -> None:
    tree, tofu = release
    tofu.initialized(without_backend(tree.json(STACK)))
    assert changes(tofu) == {RELEASE: ["create"]}
    succeed(tofu, "apply", "plan")
    assert changes(tofu) == {}
    assert all(image.endswith("a" * 64) for image in images(platform))
    pin(tree, "b")
    tofu.write(without_backend(tree.json(STACK)))
    assert changes(tofu) == {RELEASE: ["update"]}
    succeed(tofu, "apply", "plan")
    assert changes(tofu) == {}
    assert all(image.endswith("b" * 64) for image in images(platform))
    assert len(images(platform)) == 3
