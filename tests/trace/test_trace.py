"""Trace a real deployment, and break each of its links once."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from promoter.common.ports import choose, is_free
from promoter.git import Git
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import MIRROR_VARIABLE
from promoter.trace.pins import pin_link, running_images
from promoter.vendoring.pins import Pin
from tests.deploy.conftest import Stage
from tests.trace.records import Records

pytestmark = pytest.mark.slow

STAGING = ("promoter", "trace", "local-staging")
PINS = {
    "lanaBank.image.digest",
    "lanaBank.adminPanel.image.digest",
    "lanaBank.customerPortal.image.digest",
    "dagster.codeLocation.image.digest",
}


def broken(stage: Stage, *more: str, **variables: str) -> list[str]:
    done = stage.run(*STAGING, "--json", *more, **variables)
    assert done.returncode == 1, done.stdout + done.stderr
    found: list[str] = json.loads(done.stdout)["environments"][0]["broken"]
    assert found
    return found


def remote(stage: Stage, name: str) -> Path:
    return stage.scene.folder / "remotes" / f"{name}.git"


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Restore ``folder`` after the block."""
    aside = folder.with_name(f"{folder.name}.kept")
    shutil.copytree(folder, aside, symlinks=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)


def test_every_link_holds(deployed: Stage) -> None:
    done = deployed.run(*STAGING, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    (document,) = json.loads(done.stdout)["environments"]
    assert [link["step"] for link in document["links"]] == ["environment", "state", "chart"]
    assert document["links"][2]["value"] == deployed.scene.charts_tip()
    assert document["links"][2]["facts"]["untested"] == "these tests are of deploys"
    assert {chain[0]["value"] for chain in document["pins"]} == PINS
    assert {chain[2]["value"] for chain in document["pins"]} == {
        deployed.scene.application_commit()
    }
    runs = [chain[0]["facts"]["cluster"] for chain in document["pins"]]
    assert sorted(runs) == ["not installed there", "runs it", "runs it", "runs it"]


def test_the_output_as_text(deployed: Stage) -> None:
    done = deployed.run(*STAGING)
    assert done.returncode == 0, done.stderr
    assert "every link holds" in done.stdout
    assert "approval: not gated" in done.stdout


def test_an_environment_that_was_never_deployed_is_a_broken_link(deployed: Stage) -> None:
    done = deployed.run("promoter", "trace", "local-qa", "--no-cluster")
    assert done.returncode == 1
    assert "it was never deployed" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("local-staging", "--reverse", "abc"), ("nowhere",)])
def test_wrong_usage(deployed: Stage, arguments: tuple[str, ...]) -> None:
    assert deployed.run("promoter", "trace", *arguments).returncode == 64


def test_a_chart_ref_that_was_force_pushed_away_is_broken(deployed: Stage) -> None:
    charts = remote(deployed, "galoy-private-charts")
    with kept(charts):
        first = Git(charts).lines("rev-list", "--max-parents=0", "main")[0]
        Git(charts).text("update-ref", "refs/heads/main", first)
        Git(charts).text("reflog", "expire", "--expire=now", "--all")
        Git(charts).text("gc", "--quiet", "--prune=now")
        found = broken(deployed, "--no-cluster")
    assert [each for each in found if "the charts repository does not have it" in each]


def test_a_missing_image_is_broken(deployed: Stage, tmp_path: Path) -> None:
    port = choose(["registry"], {})["registry"]
    address = f"127.0.0.1:{port}"
    mirrored = {MIRROR_VARIABLE: f"gcr.io={address},us.gcr.io={address}"}
    unreachable = broken(deployed, "--no-cluster", **mirrored)
    assert len([each for each in unreachable if each.startswith("image ")]) == len(PINS)
    registry = deployed.scene.toolchain.program("registry")
    with subprocess.Popen([registry, f"-address={address}", f"-folder={tmp_path}"]) as empty:
        try:
            wait_until_used(port)
            found = broken(deployed, "--no-cluster", **mirrored)
        finally:
            empty.terminate()
    assert len([each for each in found if "the registry does not have it" in each]) == len(PINS)


def wait_until_used(port: int) -> None:
    deadline = time.monotonic() + 30
    while is_free(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_missing_source_commit_is_broken(deployed: Stage) -> None:
    source = remote(deployed, "lana-bank")
    with kept(source):
        git = Git(source)
        other = git.commit_files(None, {"README.md": b"another history\n"}, "feat: another")
        git.text("update-ref", "refs/heads/main", other)
        git.text("gc", "--quiet", "--prune=now")
        found = broken(deployed, "--no-cluster")
    assert len([each for each in found if each.startswith("source ")]) == len(PINS)


def test_a_digest_that_the_cluster_does_not_run_is_broken(deployed: Stage) -> None:
    scene = deployed.scene
    kubectl = str(scene.toolchain.program("kubectl"))
    config = f"--kubeconfig={scene.running().kubeconfig}"
    base = (kubectl, config, "-n", "lana-bank-staging")
    image = ("deployment/lana-bank", "server=gcr.io/galoyorg/lana-bank@sha256:" + "0" * 64)
    assert deployed.run(*base, "set", "image", *image).returncode == 0
    rolled = (*base, "rollout", "status", "deployment/lana-bank", "--timeout=60s")
    try:
        assert deployed.run(*rolled).returncode == 0
        found = broken(deployed)
    finally:
        deployed.run(*base, "rollout", "undo", "deployment/lana-bank")
        deployed.run(*rolled)
    assert [each for each in found if re.search(r"the cluster runs sha256:0+$", each)]


@pytest.mark.parametrize("references", [("{0}:latest",), ("{0}@{1}", "{0}:edge"), ("{0}",)])
def test_a_tag_or_a_second_image_breaks_a_pin(references: tuple[str, ...]) -> None:
    """During a rollout, or after a manual change."""
    image, digest = "gcr.io/galoyorg/lana-bank", f"sha256:{'5a' * 32}"
    pin = Pin("image.digest", image, digest, "", "", "lana-bank")
    running = running_images(each.format(image, digest) for each in references)
    link = pin_link(pin, running)
    assert [each for each in link.broken if each.endswith("without a digest")]


def test_a_cluster_that_does_not_run_it_is_broken(deployed: Stage, tmp_path: Path) -> None:
    """The records of another installation, whose namespace is empty in this cluster."""
    scene = deployed.scene
    cluster = Kubectl(scene.toolchain.program("kubectl"), scene.running().kubeconfig)
    found = Records.new(tmp_path).trace(cluster).broken
    assert [each for each in found if "nothing of lana-bank runs in namespace default" in each]


def test_a_cluster_that_does_not_answer_is_broken(deployed: Stage, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    config = json.loads(deployed.scene.running().kubeconfig.read_bytes())
    port = choose(["api"], {})["api"]
    config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{port}"
    kubeconfig.write_text(json.dumps(config))
    found = broken(deployed, "--kubeconfig", str(kubeconfig))
    assert [
        each for each in found if each.startswith("environment ") and "kubectl get pods" in each
    ]


def test_where_a_commit_runs(deployed: Stage) -> None:
    commit = deployed.scene.application_commit()
    done = deployed.run("promoter", "trace", "--reverse", commit, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {each["environment"] for each in document} == {"local-staging"}
    assert f"lana-bank {commit[:12]}" in {each["by"] for each in document}
    chart = deployed.run("promoter", "trace", "--reverse", deployed.scene.charts_tip())
    assert chart.stdout.startswith("local-staging: chart ")
    unknown = deployed.run("promoter", "trace", "--reverse", "1a" * 20)
    assert unknown.returncode == 64
    assert "none of the repositories of the chain has it" in unknown.stderr


def test_a_pin_whose_metadata_disagrees_with_the_image_is_broken(deployed: Stage) -> None:
    """The last test of the scene: it deploys a chart with a wrong source commit."""
    values = deployed.scene.chart_file("values.yaml")
    commit = deployed.scene.application_commit()
    deployed.change_chart(values.replace(f"commit_ref={commit}", f"commit_ref={'1a' * 20}", 1))
    done = deployed.run("promoter", "deploy", "local-staging")
    assert done.returncode == 0, done.stderr
    found = broken(deployed, "--no-cluster")
    assert [each for each in found if "org.opencontainers.image.revision" in each]
    assert [each for each in found if each.startswith("source 1a1a1a")]
