"""Programs from package registries: the stacks' Python, the CDK Terrain CLI, the provider."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.toolchain import BuildFailed, Toolchain
from tests.platform_fixture import ROOT, toolchain

PACKAGE = "typing-extensions"


def lock_of_one() -> str:
    """The repository's own pin of one small package, with its hashes."""
    text = (ROOT / "requirements.lock").read_text()
    found = re.search(rf"^{PACKAGE}==\S+(?: \\\n    --hash=\S+)+", text, re.MULTILINE)
    assert found, f"{PACKAGE} is in requirements.lock"
    return found[0] + "\n"


def tree_with(tmp_path: Path, lock: str) -> Toolchain:
    (tmp_path / "stacks").mkdir(exist_ok=True)
    (tmp_path / "stacks" / "requirements.lock").write_text(lock)
    return Toolchain(tmp_path, cache=tmp_path / "cache")


def test_the_stacks_python_has_the_locked_packages(tmp_path: Path) -> None:
    tree = tree_with(tmp_path, lock_of_one())
    python = tree.stacks_python()
    where = "import sys, typing_extensions; print(sys.prefix, typing_extensions.__file__)"
    result = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)
    prefix, file = result.stdout.split()
    assert Path(prefix) == python.parent.parent
    assert Path(file).is_relative_to(tmp_path / "cache")
    assert tree.stacks_python() == python
    assert tree_with(tmp_path, "").stacks_python() != python


def test_a_package_with_another_hash_is_refused(tmp_path: Path) -> None:
    forged = re.sub(r"sha256:\w+", f"sha256:{'0' * 64}", lock_of_one())
    with pytest.raises(
        BuildFailed, match=r"(?s)^install .*requirements\.lock: exit code .*Hash mismatch"
    ):
        tree_with(tmp_path, forged).stacks_python()
    assert not (tmp_path / "cache" / "python/stacks").exists()


def test_a_tree_without_locks_is_named(tmp_path: Path) -> None:
    tree = Toolchain(tmp_path, cache=tmp_path / "cache")
    with pytest.raises(InvalidFile, match=r"stacks/requirements\.lock"):
        tree.stacks_python()
    with pytest.raises(InvalidFile, match=r"package\.json"):
        tree.cdktn()


def test_the_cdk_terrain_cli_is_the_locked_one() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    version = lock["node_modules/cdktn-cli"]["version"]
    result = subprocess.run(
        [*toolchain().cdktn(), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **toolchain().terraform_environment()},
    )
    assert result.stdout.splitlines()[0] == version


def test_a_lock_that_npm_cannot_install_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"cdktn-cli": "0.24.0"}}')
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion"')
    tree = Toolchain(tmp_path, cache=tmp_path / "cache")
    with pytest.raises(BuildFailed, match="install cdktn-cli: exit code 1") as error:
        tree.cdktn()
    assert "package-lock.json" in error.value.next_step
    assert not (tmp_path / "cache" / "node_modules").exists()


def test_the_provider_comes_from_the_mirror_and_nowhere_else(tmp_path: Path) -> None:
    chosen = toolchain().terraform()
    providers = {"helm": {"source": "hashicorp/helm", "version": "~> 3.1"}}
    stack = {"terraform": {"required_providers": providers}}
    (tmp_path / "main.tf.json").write_text(json.dumps(stack))
    environment = {**os.environ, **toolchain().terraform_environment()}
    # A proxy where nothing listens: whatever would go out fails at once.
    environment |= {"HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    init = [chosen, "init", "-no-color"]
    done = subprocess.run(
        init, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    version = toolchain().pin("terraform-provider-helm").release
    assert f"Installed hashicorp/helm v{version}" in done.stdout
    assert Path(environment["TERRAFORM_BINARY_NAME"]).name == "tofu"
    lock = (tmp_path / ".terraform.lock.hcl").read_text()
    assert 'provider "registry.opentofu.org/hashicorp/helm"' in lock
