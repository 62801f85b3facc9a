"""``cdktf`` on the embedded platform: the real CDK Terrain CLI, OpenTofu, Helm and git."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.reference_programs import CEPLER
from promoter.common.errors import ClusterError, ProgramMissing
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.programs.kubectl import Kubectl
from promoter.site.site import Site
from tests.deploy.conftest import Stage
from tests.deploy.github import on_github
from tests.deploy.terminal import INTERRUPT, TerminalResult, run_on_terminal
from tests.deploy.test_deploy_end_to_end import evidence, remote_main
from tests.gate import reference

DEPLOY = ("cdktf", "deploy", "local-staging", "--auto-approve")
BOTH = ("cdktf", "deploy", "local-qa", "local-staging", "--auto-approve")
BEGUN = "cepler/evidence/local/local-staging/begun.json"
STAGING_STATE = "cepler/.cepler/local/local-staging.state"
SERVICES_STAY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: services-stay}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [DELETE], resources: [services]}
  validations:
    - {expression: "false", message: services stay}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: services-stay}
spec: {policyName: services-stay, validationActions: [Deny]}
"""


def tip(stage: Stage) -> str:
    return Site.of(stage.scene.clone, "local").tip


def changed_since(stage: Stage, before: str) -> list[str]:
    return remote_main(stage).lines("diff", "--name-only", before, "platform/main")


def on_terminal(
    stage: Stage, shows: str, keys: bytes, *options: str, verb: str = "deploy", **variables: str
) -> TerminalResult:
    command = ("cdktf", verb, "local-staging", *options)
    environment = {**stage.scene.environment, **variables}
    return run_on_terminal(command, stage.scene.clone, environment, shows, keys)


def require_declined(stage: Stage, verb: str, plan: str) -> None:
    """No, nothing and Ctrl-C at the prompt leave everything as it is."""
    before = tip(stage)
    for keys, code in ((b"n\r", 1), (b"\r", 1), (INTERRUPT, 130)):
        declined = on_terminal(stage, "Apply this plan?", keys, verb=verb)
        assert declined.code == code, declined.output
        assert "declined, nothing was changed" in declined.output or code == 130
        assert plan in declined.output
        assert changed_since(stage, before) == []
        require_released(stage)


def require_released(stage: Stage) -> None:
    """Nobody holds a lease, and the Terraform state is whole."""
    assert not Git(stage.scene.clone).remote_refs("platform", "refs/promoter/lease/*")
    state = stage.scene.clone / ".local" / "state" / "local-staging.tfstate"
    assert json.loads(state.read_text())["resources"]


def test_before_staging_qa_is_not_cleared(stage: Stage) -> None:
    before = tip(stage)
    for verb in ("deploy", "apply"):
        done = stage.run("cdktf", verb, "local-qa")
        assert done.returncode == 3, done.stderr
        assert "'local-staging' not deployed yet" in done.stderr
    assert tip(stage) == before


def test_without_a_terminal_it_is_refused_before_anything_is_synthesized(stage: Stage) -> None:
    before = tip(stage)
    done = stage.run("cdktf", "deploy", "local-staging")
    assert done.returncode == 64
    assert "next:  cdktf deploy local-staging --auto-approve" in done.stderr
    assert "synthesize" not in done.stderr
    assert tip(stage) == before


@pytest.mark.parametrize(
    "line",
    [
        "watch local-production --auto-approve",
        "deploy local-production --auto-approve -- --help",
        "deploy local-production --auto-approve --help=false",
        "apply local-production --auto-approve --skipSynth",
        "apply local-production --auto-approve -a/bin/true",
    ],
)
def test_no_other_spelling_goes_around_the_gate(stage: Stage, line: str) -> None:
    before = tip(stage)
    assert stage.run("cdktf", *line.split()).returncode == 64
    assert tip(stage) == before


def test_both_are_recorded_from_the_cleared_files_and_a_third_run_has_nothing_newer(
    stage: Stage,
) -> None:
    """Neither a changed app in the folder around nor any variable steers what is applied."""
    app = stage.scene.clone / "stacks" / "__main__.py"
    committed = app.read_text()
    app.write_text("raise SystemExit('the folder around was synthesized')\n")
    steering = {
        "CDKTF_APP": "false",
        "CDKTFAPP": "false",
        "CDKTF_a": "false",
        "cdktf_skip_synth": "true",
        "CDKTF_OUTPUT": "/nowhere",
        "CDKTF_CONTEXT_JSON": "{",
        "TF_CLI_ARGS_plan": "-refresh-only",
        "TF_CLI_ARGS_apply": "-refresh-only",
        "TF_DATA_DIR": "/nowhere",
        "NODE_OPTIONS": "--require=/nowhere",
        "KUBE_CTX": "another",
        "HELM_KUBECONTEXT": "another",
    }
    done = stage.run(*BOTH, **steering)
    app.write_text(committed)
    assert done.returncode == 0, done.stderr
    assert "not part of this deploy: stacks/__main__.py" in done.stderr
    log = remote_main(stage).lines("log", "-4", "--reverse", "--format=%s", "platform/main")
    subjects = [line for line in log if line.startswith("ci(cepler)")]
    names = ("local-staging", "local-qa")
    assert subjects == [f"ci(cepler): Updated 'local' state in '{name}'" for name in names]
    assert [each["environment"] for each in evidence(stage, "deployed")] == sorted(names)
    assert len(evidence(stage, "passed")) == len(names)
    assert [line.split()[1] for line in done.stdout.splitlines() if "recorded in" in line] == [
        f"{name}:" for name in names
    ]
    again = stage.run(*BOTH)
    assert again.returncode == 2, again.stderr
    assert "deploy local-staging, local-qa: nothing newer" in again.stderr


def test_a_diff_runs_the_same_engine_and_applies_nothing(stage: Stage) -> None:
    terraform = stage.folder / "bin" / "terraform"
    terraform.parent.mkdir()
    terraform.write_text("#!/bin/sh\nexit 9\n")
    terraform.chmod(0o755)
    path = f"{terraform.parent}{os.pathsep}{stage.scene.environment['PATH']}"
    before = tip(stage)
    done = stage.run("cdktf", "diff", "local-staging", "--no-color", PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No changes. Your infrastructure matches the configuration." in done.stdout
    assert tip(stage) == before


def test_a_cli_that_exits_with_0_and_applied_nothing_is_not_believed(stage: Stage) -> None:
    stage.change_chart()
    before = tip(stage)
    done = stage.run(*BOTH, **stage.tofu_that("apply", before="exit 0"))
    assert done.returncode == 1
    assert "local-staging: the CDK Terrain CLI changed nothing (exit code 0)" in done.stderr
    assert STAGING_STATE not in changed_since(stage, before)
    require_released(stage)


def test_declined_at_the_prompt_nothing_is_recorded_and_approved_it_is(stage: Stage) -> None:
    stage.change_chart()
    before = tip(stage)
    require_declined(stage, "deploy", "Plan: 0 to add, 1 to change, 0 to destroy.")
    approved = on_terminal(stage, "Apply this plan?", b"y\r")
    assert approved.code == 0, approved.output
    assert tip(stage) != before
    assert stage.run(*DEPLOY).returncode == 2


def test_an_interrupted_apply_is_waited_for_and_the_next_run_ends_it(stage: Stage) -> None:
    stage.change_chart()
    before = tip(stage)
    done = on_terminal(stage, "Modifying...", INTERRUPT, "--auto-approve")
    assert done.code == 130, done.output
    assert "interrupted: waiting until what has begun has ended" in done.output
    assert changed_since(stage, before) == [BEGUN]
    assert "begun, not recorded" in stage.run("promoter", "status", "local").stdout
    require_released(stage)
    again = stage.run(*DEPLOY)
    assert again.returncode == 0, again.stderr
    assert tip(stage) != before


def test_an_apply_that_fails_in_the_cluster_is_not_recorded(stage: Stage) -> None:
    values = stage.scene.chart_file("values.yaml")
    stage.change_chart(values.replace("nodeSelector: {}", "nodeSelector: {disk: unobtainium}"))
    states, failed = stage.scene.states(), len(evidence(stage, "failed"))
    done = stage.run(*BOTH)
    assert done.returncode == 1, done.stderr
    assert "error: deploy local-staging: the CDK Terrain CLI" in done.stderr
    assert stage.scene.states() == states
    assert len(evidence(stage, "failed")) == failed + 1
    stage.change_chart(values)
    # Output decides nothing, that of the CDK Terrain CLI and its Terraform included.
    done = stage.run("sh", "-c", 'exec "$@" >/dev/full 2>/dev/full', "sh", *BOTH)
    assert done.returncode == 0
    # QA takes the records of staging one after another, as with cepler.
    assert stage.run(*DEPLOY).returncode == 2


def test_ungated_applies_the_folder_around_and_records_only_that(stage: Stage) -> None:
    reason = ("--ungated", "an outage", "--auto-approve")
    refused = stage.run("cdktf", "deploy", "local-qa", *reason, CI="True")
    assert refused.returncode == 3
    assert "CI is set" in refused.stderr
    Git(stage.scene.clone).text("pull", "--quiet", "--rebase")
    settings = stage.scene.clone / "stacks" / "local" / "qa" / "lana-bank.yml"
    committed, states = settings.read_text(), stage.scene.states()
    settings.write_text(committed.replace("artificial_time: false", "artificial_time: true"))
    done = stage.run("cdktf", "deploy", "local-qa", *reason, CI="false")
    settings.write_text(committed)
    assert done.returncode == 0, done.stderr
    assert "applied local-qa ungated: 0 to create, 1 to update, 0 to delete" in done.stdout
    assert stage.scene.states() == states
    (bypass,) = evidence(stage, "noted")
    assert (bypass["kind"], bypass["summary"]) == ("ungated", "an outage")
    assert "stacks/local/qa/lana-bank.yml" in str(bypass["details"]["changed"])
    assert "begun, not recorded" in stage.run("promoter", "status", "local-qa").stdout
    back = stage.run("cdktf", "deploy", "local-qa", "--auto-approve")
    assert back.returncode == 0, back.stderr
    assert "begun, not recorded" not in stage.run("promoter", "status", "local-qa").stdout


def test_what_is_destroyed_no_longer_counts_as_passed(stage: Stage, tmp_path: Path) -> None:
    destroy = ("cdktf", "destroy", "local-staging", "--auto-approve")
    unapproved = stage.run(*destroy)
    assert unapproved.returncode == 3
    assert "promoter approve local-staging --destroy" in unapproved.stderr
    assert stage.run(*destroy[:-1]).returncode == 3
    approve = ("promoter", "approve", "local-staging", "--destroy", "--yes", "--reason", "moving")
    assert stage.run(*approve).returncode == 0
    nobody = stage.run(*destroy[:-1])
    assert nobody.returncode == 64
    assert "nobody can approve the plan" in nobody.stderr
    failed = len(evidence(stage, "failed"))
    require_declined(stage, "destroy", " to destroy.")
    assert STAGING_STATE in stage.scene.states()
    with services_that_stay(stage):
        partly = on_terminal(stage, "Apply this plan?", b"y\r", verb="destroy")
    assert partly.code == 1, partly.output
    assert "only a part was destroyed, 1 resources are left; its record is removed" in partly.output
    assert STAGING_STATE not in stage.scene.states()
    assert evidence(stage, "failed")[-1]["kind"] == "destroy"
    assert len(evidence(stage, "failed")) == failed + 1
    remote = Git(stage.scene.clone / ".local/platform/remote.git")
    with on_github(remote, ".local/platform/remote.git", tmp_path) as variables:
        done = on_terminal(stage, "Apply this plan?", b"yes\r", verb="destroy", **variables)
    assert done.code == 0, done.output
    assert "destroyed local-staging: record removed in" in done.output
    reports = LocalForge(remote).deployments("local-staging")
    assert [str(each.state) for each in reports] == ["inactive", "in_progress"]
    assert [each["kind"] for each in evidence(stage, "destroyed")] == ["destroy"]
    blocked = stage.run("cdktf", "deploy", "local-qa", "--auto-approve")
    assert blocked.returncode == 3
    assert "'local-staging' not deployed yet" in blocked.stderr
    read_by_cepler(stage, tmp_path)
    again = stage.run(*BOTH)
    assert again.returncode in (0, 2), again.stderr
    assert STAGING_STATE in stage.scene.states()
    assert stage.run(*destroy).returncode == 3


@contextmanager
def services_that_stay(stage: Stage) -> Iterator[None]:
    """Let the API server refuse to delete the release's Services."""
    running = stage.scene.running()
    kubectl = Kubectl(stage.scene.toolchain.program("kubectl"), running.kubeconfig)
    kubectl.run("apply", "--filename=-", stdin=SERVICES_STAY)
    dry = ("delete", "service", "lana-bank", "--dry-run=server")
    deadline = time.monotonic() + 60
    while True:
        try:
            kubectl.within("lana-bank-staging").run(*dry)
        except ClusterError as error:
            assert "services stay" in str(error)
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)
    try:
        yield
    finally:
        kubectl.run("delete", "--filename=-", stdin=SERVICES_STAY)


def read_by_cepler(stage: Stage, folder: Path) -> None:
    """Require that cepler itself reads the folder: staging is due, QA waits for it."""
    try:
        program = CEPLER.built()
    except ProgramMissing as missing:
        pytest.skip(f"the rest of this test passed; {missing}")
    git = Git(folder / "clone")
    Git(folder).text("clone", "-q", str(stage.scene.clone / ".git"), "clone")
    git.text("fetch", "-q", str(stage.scene.clone / ".local/platform/remote.git"), "main")
    git.text("checkout", "-q", "--detach", "FETCH_HEAD")
    codes = [
        reference.run_cepler(program, git.dir, "-c", "cepler/local.yml", "check", "-e", name)
        for name in ("local-staging", "local-qa")
    ]
    assert codes[0].code == 0, codes[0]
    assert codes[1].code != 0, codes[1]
    assert "not deployed" in codes[1].err + codes[1].out
