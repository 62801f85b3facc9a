"""Prebuilt programs: flake.nix evaluates, and mise.toml names accepted versions.

Neither nixpkgs nor mise's registries are used: the flake is evaluated against a stub of the
attributes that it names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from promoter.toolchain import NAMES, Toolchain
from promoter.toolchain.versions import Version

ROOT = Path(__file__).parents[2]
NIX = shutil.which("nix-instantiate")
# The programs of each nixpkgs attribute that the toolchain can use.
ATTRIBUTES = {
    "cosign": {"cosign"},
    "etcd": {"etcd"},
    "git": {"git"},
    "go-containerregistry": {"crane"},
    "kubectl": {"kubectl"},
    "kubernetes": {"kube-apiserver", "kube-controller-manager", "kube-scheduler"},
    "kubernetes-helm": {"helm"},
    "kwok": {"kwok"},
    "nodejs": {"node"},
    "opentofu": {"tofu"},
}
TOOLS = {"go", "openssh", "python3", "uv"}
# What is compiled in any case: our registry server, and the provider of the embedded platform.
COMPILED = {"registry", "terraform-provider-helm"}
STUB = """
let
  names = [ %s ];
  pair = value: name: { inherit name; value = value name; };
  set = names: value: builtins.listToAttrs (map (pair value) names);
  pkgs = set names (name: name) // { mkShell = given: given.packages; };
in (import %s).outputs {
  nixpkgs.lib.genAttrs = set;
  nixpkgs.legacyPackages = set [ "x86_64-linux" "aarch64-linux" ] (_: pkgs);
}
"""


@pytest.mark.skipif(NIX is None, reason="nix-instantiate (nix-bin) is not on PATH")
def test_the_flake_names_every_program_that_is_not_compiled() -> None:
    names = " ".join(f'"{name}"' for name in sorted({*ATTRIBUTES, *TOOLS}))
    done = subprocess.run(
        [NIX or "", "--eval", "--strict", "--json", "-E", STUB % (names, ROOT / "flake.nix")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    shells = json.loads(done.stdout)["devShells"]
    assert set(shells) == {"x86_64-linux", "aarch64-linux"}
    for shell in shells.values():
        assert set(shell["default"]) == {*ATTRIBUTES, *TOOLS}


def test_the_flake_s_programs_are_all_that_the_toolchain_looks_for() -> None:
    assert set().union(*ATTRIBUTES.values()) | COMPILED == set(NAMES)


def test_mise_names_accepted_versions() -> None:
    tools = tomllib.loads((ROOT / "mise.toml").read_text())["tools"]
    versions = {name.rpartition("/")[2]: version for name, version in tools.items()}
    versions |= {"tofu": versions.pop("opentofu")}
    programs = set().union(*ATTRIBUTES.values()) - {"git", "kwok"}
    assert programs <= set(versions)
    toolchain = Toolchain(ROOT)
    for name in programs:
        # A major version alone stands for its newest release.
        version = versions[name] if "." in versions[name] else f"{versions[name]}.99"
        assert Version.parse(version) in toolchain.accepted(name), name
