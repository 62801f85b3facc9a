"""The flakes evaluate, and offer what the pipelines and workflows ask them for."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dev.sample_server import BUILD, SampleServer
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import LANA

LANA_BANK = ROOT / "upstream" / "lana-bank"
NIX = shutil.which("nix-instantiate")
needs_nix = pytest.mark.skipif(NIX is None, reason="nix-instantiate (nix-bin) is not on PATH")


@functools.cache
def outputs(flake: Path, *variables: tuple[str, str]) -> dict[str, Any]:
    expression = f"import {ROOT}/tests/concourse/outputs.nix {flake}"
    done = subprocess.run(
        [NIX or "", "--eval", "--strict", "--json", "--read-write-mode", "-E", expression],
        env={**os.environ, **dict(variables)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def asked(kind: str) -> set[tuple[str, str]]:
    """(``.`` or ``./ci``, name) of every flake output that a workflow or a task names."""
    texts = [file.read_text() for file in (LANA / "workflows").glob("*.yml")]
    texts += [file.read_text() for file in (LANA_BANK / "ci" / "tasks").iterdir()]
    pattern = rf"nix {kind} [^\n#]*?(\./ci|\.)#([\w-]+)"
    return {(where, name) for text in texts for where, name in re.findall(pattern, text)}


@needs_nix
@pytest.mark.parametrize("kind", ["run", "build"])
def test_every_required_output_exists_on_every_system(kind: str) -> None:
    flakes = {".": LANA_BANK / "flake.nix", "./ci": LANA_BANK / "ci" / "flake.nix"}
    wanted = asked(kind)
    assert wanted
    for where, name in wanted:
        found = outputs(flakes[where])["apps" if kind == "run" else "packages"]
        assert len(found) == 3
        for system in found.values():
            assert name in system


@needs_nix
def test_the_phases_of_the_cache_pipeline_are_packages() -> None:
    phases = ["lana-deps", "nextest", "simulation", "lana-cli-debug", "bats", "lana-cli-release"]
    packages = outputs(LANA_BANK / "flake.nix")["packages"]["x86_64-linux"]
    assert set(phases) <= set(packages)
    scripts = outputs(LANA_BANK / "ci" / "flake.nix")["packages"]["x86_64-linux"]
    assert {"next-version", "update-changelog", "wait-cachix-paths"} == set(scripts)


@needs_nix
@pytest.mark.parametrize("profile", ["debug", "release"])
def test_the_server_is_what_the_task_builds_with_its_version(profile: str) -> None:
    """One static program of the workspace's package, with its lock and without its tests."""
    found = outputs(LANA_BANK / "flake.nix", ("VERSION", "0.42.0"), ("COMMITHASH", "5c4e160e"))
    task = (LANA_BANK / "ci/tasks/build-server").read_text()
    built = re.findall(r"cargo build --release --locked --package (\S+)", task)
    for system, packages in found["packages"].items():
        package = packages[f"lana-cli-{profile}"]
        assert [package["pname"]] == [package["program"]] == built
        assert package["cargoBuildFlags"] == ["--package", *built]
        assert package["buildType"] == profile
        assert package["doCheck"] is False
        assert package["static"] is system.endswith("-linux")
        assert package["version"] == package["env"]["RELEASE_BUILD_VERSION"] == "0.42.0"
        assert package["env"]["COMMITHASH"] == "5c4e160e"
        assert package["lock"] == (LANA_BANK / "Cargo.lock").read_text()


@needs_nix
def test_the_server_has_the_sources_that_it_is_compiled_from_and_no_others() -> None:
    package = outputs(LANA_BANK / "flake.nix")["packages"]["x86_64-linux"]["default"]
    sources = [Path(each) for each in package["src"]]
    needed = [file for file in SampleServer()._files() if file != LANA_BANK / BUILD]
    for file in needed:
        assert any(file.is_relative_to(source) for source in sources), file
    for source in sources:
        assert any(file.is_relative_to(source) for file in needed), source


@pytest.mark.parametrize("folder", [LANA_BANK, LANA_BANK / "ci"], ids=["app", "ci"])
def test_the_lock_has_the_inputs_of_the_flake(folder: Path) -> None:
    """Public ones alone: neither GitHub's runners nor the Nix tasks have a key."""
    flake = (folder / "flake.nix").read_text()
    inputs = dict(re.findall(r'inputs\.(\w+)\.url = "(\S+)";', flake))
    assert flake.count("inputs.") == len(inputs)
    assert all(url.startswith("github:NixOS/") for url in inputs.values())
    lock = json.loads((folder / "flake.lock").read_text())
    nodes = lock["nodes"]
    assert lock["version"] == 7
    assert set(nodes) == {"root", *inputs}
    assert nodes["root"]["inputs"] == {name: name for name in inputs}
    for name, url in inputs.items():
        original, locked = nodes[name]["original"], nodes[name]["locked"]
        assert url == "{type}:{owner}/{repo}/{ref}".format(**original)
        assert {k: locked[k] for k in ("type", "owner", "repo")} == {
            k: original[k] for k in ("type", "owner", "repo")
        }
        assert re.fullmatch(r"[0-9a-f]{40}", locked["rev"])
        assert re.fullmatch(r"sha256-[A-Za-z0-9+/]{43}=", locked["narHash"])
