"""Whole deploys on the embedded platform: a remote that moves, a killed deploy, a bad plan."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared
from promoter.common.progress import Silent
from promoter.deploy.deploy import deploy
from promoter.deploy.preflight import processes_below
from promoter.git import Git
from promoter.programs import terraform
from promoter.programs.helm import Helm
from promoter.site.site import Site
from promoter.synthesis.stack import target_of
from promoter.testflight.chart import content_hash
from tests.deploy.conftest import Stage

STAGING = ("promoter", "deploy", "local-staging")


def remote_main(stage: Stage) -> Git:
    return Site.of(stage.scene.clone, "local").git


def evidence(stage: Stage, outcome: str) -> list[dict]:
    git = remote_main(stage)
    names = git.lines("ls-tree", "-r", "--name-only", "platform/main", "cepler/evidence/")
    found = [name for name in names if f"-{outcome}-" in name]
    return [json.loads(git.file("platform/main", name) or b"") for name in found]


def test_a_deploy_is_recorded_with_its_evidence(stage: Stage) -> None:
    done = stage.run(*STAGING, "--json")
    assert done.returncode == 0, done.stderr
    deployed = json.loads(done.stdout)
    (recorded,) = evidence(stage, "deployed")
    assert recorded["trigger"] == deployed["trigger"]
    assert recorded["details"]["plan_digest"] == deployed["plan_digest"]
    message = remote_main(stage).text("log", "-1", "--format=%s", "platform/main")
    assert message == "ci(cepler): Updated 'local' state in 'local-staging'"
    (envelope,) = evidence(stage, "passed")
    summary = json.loads(base64.b64decode(envelope["payload"]))
    assert summary["predicate"]["resourceUri"].endswith("#local-staging")
    assert len(summary["subject"]) == 1 + len(stage.scene.images())


def test_nothing_newer_is_exit_2_and_an_unknown_environment_64(stage: Stage) -> None:
    assert stage.run(*STAGING).returncode == 2
    unknown = stage.run("promoter", "deploy", "local-nowhere")
    assert unknown.returncode == 64
    assert "local-staging" in unknown.stderr


STEERING = {
    "TF_CLI_ARGS_plan": "-refresh-only",
    "TF_CLI_ARGS_apply": "-target=helm_release.none",
    "TF_DATA_DIR": "/nowhere",
    "TF_WORKSPACE": "other",
    "KUBE_CTX": "nowhere",
    "HELM_KUBECONTEXT": "nowhere",
    "CDKTF_OUTDIR": "/nowhere",
    "NODE_OPTIONS": "--require /nowhere",
    "GIT_DIR": "/nowhere",
}


def test_neither_the_caller_s_settings_nor_a_full_device_change_a_deploy(stage: Stage) -> None:
    stage.change_chart()
    content = content_hash(stage.scene.clone / "charts" / "lana-bank")
    clone, ran = Git(stage.scene.clone), stage.folder / "ran"
    attributes = stage.scene.clone / ".git" / "info" / "attributes"
    hook = stage.scene.clone / ".git" / "hooks" / "post-checkout"
    attributes.parent.mkdir(exist_ok=True)
    attributes.write_text("* filter=evil\n")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    clone.text("config", "filter.evil.smudge", f"touch {ran}; echo other")
    try:
        done = stage.run("sh", "-c", 'exec "$@" >/dev/full 2>/dev/full', "sh", *STAGING, **STEERING)
    finally:
        attributes.unlink()
        hook.unlink()
        clone.text("config", "--remove-section", "filter.evil")
    assert done.returncode == 0
    assert not ran.exists()
    helm = Helm(stage.scene.toolchain.program("helm"), stage.scene.running().kubeconfig)
    assert helm.values("lana-bank", "lana-bank-staging")["chartHash"] == content
    assert stage.run(*STAGING).returncode == 2


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_what_somebody_does_to_the_cluster_makes_it_due_again(stage: Stage, state: str) -> None:
    """A release that is gone is installed; one that the state does not know is imported."""
    platform, helm = stage.scene.running(), str(stage.scene.toolchain.program("helm"))
    kubeconfig, release = f"--kubeconfig={platform.kubeconfig}", ("-n", "lana-bank-staging")
    by_hand = ["uninstall", "lana-bank"]
    if state == "lost":
        (stage.scene.clone / ".local/state/local-staging.tfstate").unlink()
        other = f"--set-string=chartHash={'0' * 64}"
        by_hand = ["upgrade", "lana-bank", "charts/lana-bank", "--reuse-values", other]
    done = stage.run(helm, kubeconfig, *release, *by_hand)
    assert done.returncode == 0, done.stderr
    assert "up to date" in stage.run("promoter", "plan", "local-staging").stdout
    again = stage.run(*STAGING)
    assert again.returncode == 0, again.stderr
    found = "lana-bank-staging/lana-bank in the cluster is not what was recorded"
    assert found in again.stderr
    assert ("was not recorded, the state has it now" in again.stderr) == (state == "lost")
    content = content_hash(stage.scene.clone / "charts" / "lana-bank")
    running = Helm(Path(helm), platform.kubeconfig).values("lana-bank", "lana-bank-staging")
    assert running["chartHash"] == content
    assert stage.run(*STAGING).returncode == 2


def test_a_commit_that_others_push_after_the_apply_stays_below_the_record(stage: Stage) -> None:
    stage.change_chart()
    pushed = stage.somebody_pushes("docs/note.md", "hello")
    done = stage.run(*STAGING, **stage.tofu_that("apply", after=pushed))
    assert done.returncode == 0, done.stderr
    log = remote_main(stage).lines("log", "-6", "--format=%s", "platform/main")
    own = ("chore: follow the checkout", "chore(evidence)")
    assert [subject for subject in log if not subject.startswith(own)][:2] == [
        "ci(cepler): Updated 'local' state in 'local-staging'",
        "chore: somebody else",
    ]


def test_a_change_that_is_pushed_before_the_apply_means_deciding_again(stage: Stage) -> None:
    stage.change_chart()
    states = stage.scene.states()
    pushed = stage.somebody_pushes("stacks/local/staging/lana-bank.yml", "# more")
    done = stage.run(*STAGING, **stage.tofu_that("plan", after=pushed))
    assert done.returncode == 3, done.stderr
    assert "another state is cleared now" in done.stderr
    assert stage.scene.states() == states
    assert stage.run(*STAGING).returncode == 0


def test_a_record_of_the_same_environment_by_another_is_named(stage: Stage) -> None:
    stage.change_chart()
    path = "cepler/.cepler/local/local-staging.state"
    bumped = f"sed -i 's/^version: .*/version: 99/' {path}"
    pushed = stage.somebody_pushes(path, "").replace("printf '%s' '' >>", f"{bumped}; : >>")
    done = stage.run(*STAGING, **stage.tofu_that("apply", after=pushed))
    assert done.returncode == 1
    assert "meanwhile" in done.stderr
    assert "99" in done.stderr
    assert stage.run(*STAGING).returncode == 0


def test_the_lint_knows_the_records_of_deploys_from_that_edit(stage: Stage) -> None:
    main = remote_main(stage)
    clone = Git(stage.folder / "linted")
    Git(stage.folder).text("clone", "-q", str(main.dir), "linted")
    clone.text("checkout", "-q", "--detach", str(main.commit("platform/main")))
    first = main.lines("rev-list", "--max-parents=0", "platform/main")[0]
    command = [sys.executable, "-m", "promoter", "lint", "local", "--json", "--base", first]
    done = subprocess.run(
        command, cwd=clone.dir, env=stage.scene.environment, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr.decode()
    edits = [
        each["reason"]
        for each in json.loads(done.stdout)["findings"]
        if each["rule"] == "state-edited"
    ]
    commits = main.lines(
        "log", "--format=%h", "--abbrev=12", "--grep=somebody else", "platform/main"
    )
    assert len(edits) == 1
    assert edits[0].removeprefix("commit ")[:12] in commits


@pytest.mark.parametrize(
    ("orphans", "message"),
    [("killed, too", "a deploy was killed, revision"), ("left at work", "wait for process ")],
)
def test_killed_while_helm_was_at_work_the_next_run_goes_through(
    stage: Stage, orphans: str, message: str
) -> None:
    values = stage.scene.chart_file("values.yaml")
    broken = values.replace("nodeSelector: {}", "nodeSelector: {disk: unobtainium}")
    stage.change_chart(broken)
    mark = stage.folder / f"applying {orphans}"
    begun = stage.tofu_that("apply", before=f"touch '{mark}'")
    process = stage.start(*STAGING, **begun)
    try:
        wait_for_pending(stage, mark, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if orphans == "killed, too":
            for pid in processes_below(stage.scene.clone / ".local/work/local-staging"):
                os.kill(pid, signal.SIGKILL)
    states = stage.scene.states()
    stage.change_chart(values)
    done = stage.run(*STAGING)
    assert done.returncode == 0, done.stderr
    assert message in done.stderr
    assert ("rolled back" in done.stderr) == (orphans == "killed, too")
    assert stage.scene.states() != states


def wait_for_pending(stage: Stage, mark: Path, process) -> None:
    """Until Helm has written its pending revision: the worst moment to be killed."""
    helm = Helm(stage.scene.toolchain.program("helm"), stage.scene.running().kubeconfig)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout.read()
        history = helm.history("lana-bank", "lana-bank-staging") if mark.exists() else ()
        if history and history[-1].pending:
            return
        time.sleep(0.05)
    raise AssertionError("helm never began")


def test_a_plan_that_loses_something_stateful_waits_for_its_own_approval(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release takes the place of a database: nothing else can be replaced on this platform."""
    monkeypatch.setattr(terraform, "STATEFUL", frozenset({"helm_release"}))
    git = Git(stage.scene.clone)
    git.text("pull", "--quiet", "--rebase")
    settings = stage.scene.clone / "stacks/local/staging/lana-bank.yml"
    text = settings.read_text().replace("namespace: lana-bank-staging", "namespace: moved-staging")
    settings.write_text(text)
    git.text("commit", "--quiet", "--all", "-m", "feat: another namespace")
    git.text("push", "--quiet", "origin", "main")
    place = target_of(stage.scene.clone, "local-staging", None)
    with pytest.raises(
        NotCleared, match="something stateful: delete/create helm_release"
    ) as refused:
        deploy(Site.of(stage.scene.clone, "local"), "local-staging", lambda _: place, Silent())
    assert [each["kind"] for each in evidence(stage, "refused")] == ["deploy"] * 2
    digest = refused.value.next_step.split("--plan ")[1].split()[0]
    approved = stage.run(
        "promoter", "approve", "local-staging", "--plan", digest, "--yes", "--reason", "empty"
    )
    assert approved.returncode == 0, approved.stderr
    done = deploy(Site.of(stage.scene.clone, "local"), "local-staging", lambda _: place, Silent())
    assert list(done.revisions) == ["moved-staging/lana-bank"]


def test_local_changes_are_reported_as_not_part_of_the_deploy(stage: Stage) -> None:
    (stage.scene.clone / "scratch.txt").write_text("x")
    done = stage.run(*STAGING)
    (stage.scene.clone / "scratch.txt").unlink()
    assert "not part of this deploy: scratch.txt" in done.stderr


def test_a_lease_of_another_host_is_respected(stage: Stage) -> None:
    from tests.deploy.test_lease import put_on

    stage.change_chart()
    git = Git(stage.scene.clone)
    put_on(git, "local-staging", remote="platform", host="elsewhere", pid=1)
    done = stage.run(*STAGING)
    git.push(
        "platform",
        "",
        "refs/promoter/lease/local-staging",
        expect=git.remote_ref("platform", "refs/promoter/lease/local-staging"),
    )
    assert done.returncode == 3
    assert "elsewhere" in done.stderr


def test_without_the_platform_it_says_how_to_get_it(stage: Stage) -> None:
    done = stage.run("promoter", "deploy", "local-staging", PROMOTER_KUBECONFIG="/nowhere/config")
    assert done.returncode == 1
    assert "/nowhere/config" in done.stderr
    assert "next:" in done.stderr
