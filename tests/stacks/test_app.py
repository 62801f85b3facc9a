"""The app as the CDK Terrain CLI runs it: ``python -m stacks``, in a copy of the tree."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stacks.stack_tree import Tree

SETTINGS = """\
namespace: lana-bank-staging
lana_domain: staging.lana.localhost
enable_artificial_time: true
replicas: 3
timeout: 60
components: [keycloak, dagster]
"""
LOCAL = ("local-staging", "local-qa", "local-production")


def test_every_stack_is_synthesized(tree: Tree) -> None:
    tree.synthesize()
    manifest = json.loads((tree.root / "cdktf.out/manifest.json").read_text())
    assert set(LOCAL) <= set(manifest["stacks"])


def test_only_the_requested_stack_is_read_and_written(tree: Tree) -> None:
    (tree.root / "stacks/local/qa/lana-bank.yml").write_text("not: valid\n")
    tree.synthesize("local-staging")
    written = [folder.name for folder in (tree.root / "cdktf.out/stacks").iterdir()]
    assert written == ["local-staging"]


def test_a_local_stack_is_one_release_with_its_settings_as_values(tree: Tree) -> None:
    (tree.root / "stacks/local/staging/lana-bank.yml").write_text(SETTINGS)
    tree.synthesize("local-staging")
    stack = tree.json("local-staging")
    assert list(stack["resource"]) == ["helm_release"]
    release = stack["resource"]["helm_release"]["lana-bank"]
    del release["values"], release["//"]
    assert release == {
        "atomic": True,
        "chart": "../../../charts/lana-bank",
        "cleanup_on_fail": True,
        "create_namespace": True,
        "max_history": 10,
        "name": "lana-bank",
        "namespace": "lana-bank-staging",
        "timeout": 60,
        "wait": True,
    }
    values = tree.values("local-staging")
    assert len(values.pop("chartHash")) == 64
    left_out = (
        "gotenberg",
        "oathkeeper",
        "oauth2Proxy",
        "openTelemetryCollector",
        "postgresql",
    )
    assert values == {
        "global": {
            "environment": "local-staging",
            "lanaDomain": "staging.lana.localhost",
            "secrets": {"mode": "generate"},
        },
        "dagster": {"enabled": True, "webserver": {"replicas": 3}},
        "keycloak": {"enabled": True, "replicas": 3},
        "lanaBank": {
            "adminPanel": {"replicas": 3},
            "customerPortal": {"replicas": 3},
            "enableArtificialTime": True,
            "replicas": 3,
        },
        **{part: {"enabled": False} for part in left_out},
    }


def test_state_and_provider_of_a_local_stack(tree: Tree) -> None:
    tree.synthesize("local-qa")
    terraform = tree.json("local-qa")["terraform"]
    assert terraform["backend"] == {"local": {"path": "../../../.local/state/local-qa.tfstate"}}
    assert terraform["required_providers"]["helm"]["version"] == "~> 3.1, >= 3.1.2"
    assert tree.json("local-qa")["provider"] == {"helm": [{"burst_limit": 100, "qps": 50}]}


def test_two_trees_at_different_places_give_the_same_stack(tree: Tree, tmp_path: Path) -> None:
    other = type(tree)(tmp_path / "elsewhere/deeper/tree")
    shutil.copytree(tree.root, other.root)
    tree.synthesize("local-production")
    other.synthesize("local-production")
    file = "cdktf.out/stacks/local-production/cdk.tf.json"
    text = (tree.root / file).read_text()
    assert text == (other.root / file).read_text()
    assert str(tmp_path) not in text


def test_a_changed_byte_in_a_template_changes_the_stack(tree: Tree) -> None:
    tree.synthesize("local-staging")
    before = tree.values("local-staging")["chartHash"]
    with (tree.root / "charts/lana-bank/templates/server.yaml").open("a") as template:
        template.write("#")
    tree.synthesize("local-staging")
    assert tree.values("local-staging")["chartHash"] != before


def test_problems_of_several_files_are_reported_together(tree: Tree) -> None:
    for name in ("staging", "qa"):
        file = tree.root / f"stacks/local/{name}/lana-bank.yml"
        file.write_text(SETTINGS.replace("replicas: 3", "replicas: many"))
    run = tree.run()
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "read settings: stacks/local/qa/lana-bank.yml:4: replicas: Input should be a valid integer",
        "read settings: stacks/local/staging/lana-bank.yml:4: replicas: "
        "Input should be a valid integer",
    ]


def test_artificial_time_in_production_is_rejected(tree: Tree) -> None:
    file = tree.root / "stacks/local/production/lana-bank.yml"
    file.write_text(file.read_text().replace("time: false", "time: true"))
    run = tree.run("local-production")
    assert run.returncode == 1
    assert "production/lana-bank.yml:4: enable_artificial_time: production runs on" in run.stderr


def test_an_unknown_stack_is_one_line_and_no_traceback(tree: Tree) -> None:
    run = tree.run("local-nowhere")
    assert run.returncode == 1
    assert run.stderr.startswith("find stack 'local-nowhere': no settings describe it")
    assert len(run.stderr.splitlines()) == 1


def test_a_missing_chart_is_one_line_and_no_traceback(tree: Tree) -> None:
    shutil.rmtree(tree.root / "charts")
    run = tree.run("local-staging")
    assert run.returncode == 1
    assert "there is no Chart.yaml" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_list_of_stacks_is_rejected(tree: Tree, value: str) -> None:
    run = tree.run(LANA_STACKS=value)
    assert run.returncode == 1
    assert run.stderr.startswith("read LANA_STACKS: it is set but empty; ")
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["shared.yml", "lana-bank.yml"])
def test_a_settings_file_that_is_a_folder_is_one_line_and_no_traceback(
    tree: Tree, name: str
) -> None:
    file = tree.root / "stacks/local/staging" / name
    file.unlink()
    file.mkdir()
    run = tree.run("local-staging")
    assert run.returncode == 1
    assert run.stderr == (
        f"read settings: stacks/local/staging/{name}: cannot be read: Is a directory\n"
    )


def test_an_unreadable_cdktf_json_is_one_line_and_no_traceback(tree: Tree) -> None:
    (tree.root / "cdktf.json").unlink()
    run = tree.run("local-staging")
    assert run.returncode == 1
    assert run.stderr.startswith("read targetVersions in cdktf.json: FileNotFoundError")
    assert len(run.stderr.splitlines()) == 1


def test_node_is_that_of_the_python_environment(tree: Tree, tmp_path: Path) -> None:
    """The Node on PATH may be too old for CDK Terrain."""
    node = tmp_path / "bin/node"
    node.parent.mkdir()
    node.write_text("#!/bin/sh\nexit 1\n")
    node.chmod(0o755)
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    tree.synthesize("local-staging", PATH=path)
