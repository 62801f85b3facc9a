"""A command that runs several programs builds those that are missing by one `go build`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.release.upstream import export
from promoter.toolchain import Toolchain
from promoter.toolchain.recipes import RECIPES
from tests.command_line import promoter
from tests.toolchain.fake_programs import fake

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "platform up": ("registry", "crane"),
    "testflight smoketest lana-bank-staging --kubeconfig=none": ("kubectl", "helm"),
    "testflight run --chart=charts/lana-bank --kubeconfig=none": ("kubectl", "helm"),
    "testflight run --chart=charts/lana-bank --provisioner=terraform --kubeconfig=none": (
        *("kubectl", "helm", "tofu"),
    ),
    "trace local-staging --kubeconfig=none": ("crane", "kubectl"),
    "deploy local-staging --kubeconfig=none": ("kubectl", "helm", "crane", "tofu"),
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    export(ROOT, folder / "remote.git")
    Git(folder).text("clone", "--quiet", str(folder / "remote.git"), "clone")
    (folder / "clone" / "none").touch()
    return folder / "clone"


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_programs_are_built_together(
    clone: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first build has all of them; it fails, so there is no other."""
    builds = tmp_path / "builds"
    fake(tmp_path / "bin", "go", f'[ $1 = list ] && exit\necho "$@" >>{builds}\nexit 1')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(clone)
    missing = Toolchain(clone).unbuilt(COMMANDS[command])
    if not missing:
        pytest.skip("every program that it runs is on PATH")
    done = promoter(*command.split())
    assert done.code == 1
    assert builds.exists(), done.stderr
    packages = [word for word in builds.read_text().splitlines()[0].split() if "/" in word]
    assert {RECIPES[name].package for name in missing} <= set(packages)
