"""Whole testflights against the real API server: passed, failed, refused, killed."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from promoter.common.holder import Holder
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.endpoints import read_endpoints
from promoter.testflight.chart import content_hash
from promoter.testflight.namespace import TestflightSpec, namespace_object
from promoter.testflight.provisioner import THIRD_PARTY_KEYS
from tests.platform_fixture import ROOT, kubectl
from tests.smoketest.conftest import Application

pytestmark = pytest.mark.slow


@dataclass
class Runner:
    """``promoter testflight`` as a process of its own."""

    platform: Platform
    chart: Path
    evidence: Path

    def __post_init__(self) -> None:
        # Read once: a test may take the platform down.
        self.running = self.platform.require()

    @property
    def namespace(self) -> str:
        return f"lana-bank-testflight-{content_hash(self.chart)[:7]}"

    def start(self, *arguments: str, session: bool = False) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "promoter", "testflight", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "PROMOTER_REGISTRY_MIRROR": f"gcr.io={self.running.registry}",
                "PROMOTER_KUBECONFIG": str(self.running.kubeconfig),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=session,
        )

    def run(self, *more: str, session: bool = False) -> subprocess.Popen[str]:
        chart, evidence = f"--chart={self.chart}", f"--evidence={self.evidence}"
        arguments = (chart, evidence, "--only-pinned", "--timeout=60", *more)
        return self.start("run", *arguments, session=session)

    def result(self) -> dict:
        (file,) = self.evidence.glob("*/evidence.json")
        return json.loads(file.read_text())

    def namespaces(self) -> set[str]:
        found = kubectl(self.platform, "get", "namespaces", "-o=name").split()
        return {each.removeprefix("namespace/") for each in found}


@pytest.fixture
def runner(
    platform: Platform, application: Application, chart: Path, tmp_path: Path
) -> Iterator[Runner]:
    application.release(chart)
    # Every test has a ref, and so a namespace, of its own.
    (chart / "NOTE").write_text(str(tmp_path))
    runner = Runner(platform, chart, tmp_path / "evidence")
    yield runner
    kubectl(platform, "delete", "namespace", runner.namespace, "--ignore-not-found", "--wait=false")


def wait_for(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=180)
    return process.returncode, out, err


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def unschedulable(chart: Path) -> None:
    values = chart / "values.yaml"
    text = values.read_text()
    assert "nodeSelector: {}" in text
    values.write_text(text.replace("nodeSelector: {}", "nodeSelector: {disk: unobtainium}"))


@pytest.fixture
def staging(platform: Platform) -> Iterator[str]:
    """A staging namespace with keys to copy, and some that must not be copied."""
    name = "staging-of-testflights"
    kubectl(platform, "create", "namespace", name)
    data = {**dict.fromkeys(THIRD_PARTY_KEYS, "mailer"), "bigquery-credentials": "warehouse"}
    literals = [f"--from-literal={key}={value}" for key, value in data.items()]
    kubectl(platform, "-n", name, "create", "secret", "generic", "lana-bank-external", *literals)
    yield name
    kubectl(platform, "delete", "namespace", name, "--wait=false")


def unpin(chart: Path, part: str) -> None:
    values = chart / "charts" / part / "values.yaml"
    text = values.read_text()
    pinned = re.compile(r'(  digest: )"sha256:[0-9a-f]{64}"')
    assert len(pinned.findall(text)) == 1
    values.write_text(pinned.sub(r'\1""', text))


def test_a_good_chart_passes_and_leaves_nothing(runner: Runner) -> None:
    unpin(runner.chart, "gotenberg")
    code, out, err = wait_for(runner.run())
    assert code == 0, err
    assert f"passed: {len(read_endpoints()) - 1} endpoints passed" in out
    assert "0 failed, 1 not installed" in out
    assert "left out of this testflight: gotenberg" in err
    assert runner.namespace not in runner.namespaces()
    result = runner.result()
    assert (result["outcome"], result["destroyed"]) == ("passed", True)
    assert result["smoketest"]["namespace"] == runner.namespace
    results = result["smoketest"]["results"]
    fakes = sum(each["fake"] for each in results)
    assert f"({fakes} answered by fakes)" in out
    programs = result["smoketest"]["pod_programs"]
    assert programs["oathkeeper"] == {"program": "fake oathkeeper", "fake": True}
    assert not programs["server"]["fake"]
    assert next(runner.evidence.glob("*/junit.xml")).read_bytes().startswith(b"<?xml")


def test_only_the_named_keys_are_copied_and_no_value_is_shown(runner: Runner, staging: str) -> None:
    unschedulable(runner.chart)
    process = runner.run(f"--keys-from={staging}", "--timeout=600")
    try:
        wait_until(lambda: runner.namespace in runner.namespaces(), process)
        read = ("-n", runner.namespace, "get", "secret", "--ignore-not-found", "-o=json")
        wait_until(lambda: bool(kubectl(runner.platform, *read, "lana-bank-external")), process)
        copied = json.loads(kubectl(runner.platform, *read, "lana-bank-external"))["data"]
        wait_until(lambda: bool(kubectl(runner.platform, *read, "lana-bank-db-server")), process)
        generated = json.loads(kubectl(runner.platform, *read, "lana-bank-db-server"))["data"]
    finally:
        process.terminate()
    code, out, err = wait_for(process)
    assert set(copied) == set(THIRD_PARTY_KEYS)
    assert "bigquery-credentials" not in copied
    password = base64.b64decode(generated["password"]).decode()
    for secret in ("mailer", "warehouse", password):
        assert secret not in out + err + json.dumps(runner.result())
    assert code == 143
    assert runner.namespace not in runner.namespaces()


@pytest.mark.parametrize(
    ("secret", "cause"), [("", "does not exist"), ("smtp-password", "has no honeycomb-api-key")]
)
def test_keys_that_are_not_there_are_named(
    runner: Runner, platform: Platform, namespace: str, secret: str, cause: str
) -> None:
    if secret:
        create = ("create", "secret", "generic", "lana-bank-external", f"--from-literal={secret}=x")
        kubectl(platform, "--namespace", namespace, *create)
    code, _, err = wait_for(runner.run(f"--keys-from={namespace}"))
    assert code == 1
    assert f"copy keys from {namespace}: Secret lana-bank-external {cause}" in " ".join(err.split())
    assert runner.namespace not in runner.namespaces()
    assert f"{runner.namespace}: destroyed" not in err  # It was never created.


def test_the_pipeline_takes_the_keys_from_the_vault_of_an_environment() -> None:
    values = yaml.safe_load((ROOT / "upstream/galoy-private-charts/ci/values.yml").read_text())
    platform, _, name = values["keys_from"].partition("-")
    assert (ROOT / "stacks" / platform / name / "lana-bank.yml").is_file()
    assert platform in ("gcp", "azure")


def test_the_reasons_for_what_is_not_ready_are_shown(runner: Runner) -> None:
    unschedulable(runner.chart)
    code, _, err = wait_for(runner.run("--timeout=8"))
    assert code == 1
    assert "didn't match Pod's node affinity/selector" in err
    result = runner.result()
    assert (result["outcome"], result["destroyed"]) == ("failed", True)
    assert any("PodScheduled" in reason for reason in result["reasons"])
    assert runner.namespace not in runner.namespaces()


def test_the_namespace_of_a_killed_run_is_swept(runner: Runner, chart: Path) -> None:
    unschedulable(chart)
    process = runner.run("--timeout=20")
    wait_until(lambda: runner.namespace in runner.namespaces(), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert runner.namespace in runner.namespaces()
    code, out, _ = wait_for(runner.start("sweep"))
    assert code == 0
    assert runner.namespace in out
    assert runner.namespace not in runner.namespaces()


def test_a_sweep_of_a_ref_keeps_the_testflight_of_another(runner: Runner) -> None:
    spec = TestflightSpec("a" * 40, Holder.this_process(datetime.now(UTC)), datetime.now(UTC))
    others = [replace(spec, ref=digit * 40) for digit in "bc"]
    cluster = Kubectl(runner.platform.toolchain.program("kubectl"), runner.running.kubeconfig)
    for each in (spec, *others):
        # Of a process on another machine: only its age or its ref says that it may go.
        content = namespace_object(replace(each, holder=replace(each.holder, host="elsewhere")))
        cluster.create(content)
    try:
        code, out, _ = wait_for(runner.start("sweep", "--ref", spec.ref))
        assert (code, spec.namespace in out) == (0, True)
        left = runner.namespaces()
        assert spec.namespace not in left
        assert {each.namespace for each in others} <= left
    finally:
        names = [each.namespace for each in others]
        kubectl(runner.platform, "delete", "namespace", *names, "--wait=false")


def test_a_foreign_namespace_is_rejected_and_kept(runner: Runner) -> None:
    kubectl(runner.platform, "create", "namespace", runner.namespace)
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert "was not created by a testflight" in err
    code, out, _ = wait_for(runner.start("sweep", "--age=0"))
    assert runner.namespace not in out
    assert runner.namespace in runner.namespaces()


@pytest.mark.parametrize("phase", ["third-party keys", "start fake", "smoketest", "destroy"])
def test_a_run_that_is_terminated_in_any_phase_leaves_nothing(runner: Runner, phase: str) -> None:
    process = runner.run()
    assert process.stderr
    reached = any(phase in line for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    code, _, err = wait_for(process)
    assert reached, err
    assert code == 128 + signal.SIGTERM, err
    # A cleanup that has begun is finished.
    assert runner.result()["destroyed"] is True
    assert runner.namespace not in runner.namespaces()


def other_ref(runner: Runner, label: str) -> str:
    name, value = "lana.galoy.io/testflight-ref", label
    ours = "app.kubernetes.io/managed-by=promoter-testflight"
    kubectl(runner.platform, "create", "namespace", runner.namespace)
    kubectl(runner.platform, "label", "namespace", runner.namespace, ours, f"{name}={value}")
    return value


def test_two_testflights_whose_refs_share_seven_digits_do_not_meet(runner: Runner) -> None:
    other_ref(runner, f"{content_hash(runner.chart)[:7]}{'0' * 33}")
    code, _, err = wait_for(runner.run())
    assert code == 0, err
    own = f"lana-bank-testflight-{content_hash(runner.chart)[:12]}"
    assert runner.result()["namespace"] == own
    assert own not in runner.namespaces()
    assert runner.namespace in runner.namespaces()


def test_a_namespace_that_is_being_deleted_is_an_error(runner: Runner) -> None:
    other_ref(runner, content_hash(runner.chart)[:40])
    held = ("configmap", "held", "-n", runner.namespace)
    kubectl(runner.platform, "create", *held)
    finalizers = '{"metadata": {"finalizers": %s}}'
    patch = ("patch", *held, "--type=merge", "--patch")
    kubectl(runner.platform, *patch, finalizers % '["test.invalid/held"]')
    kubectl(runner.platform, "delete", "namespace", runner.namespace, "--wait=false")
    try:
        code, _, err = wait_for(runner.run())
    finally:
        kubectl(runner.platform, *patch, finalizers % "null")
    assert code == 1
    assert f"create namespace {runner.namespace}: the previous one is still being deleted" in err


def test_an_invalid_time_label_does_not_stop_a_sweep(runner: Runner) -> None:
    other_ref(runner, "0" * 40)
    created = f"lana.galoy.io/testflight-created={'9' * 40}"
    kubectl(runner.platform, "label", "namespace", runner.namespace, created)
    code, out, err = wait_for(runner.start("sweep", "--age=0"))
    assert code == 0, err
    assert runner.namespace in out


def test_two_refs_side_by_side(runner: Runner, tmp_path: Path) -> None:
    other_chart = tmp_path / "other"
    shutil.copytree(runner.chart, other_chart)
    (other_chart / "NOTE").write_text("another")
    other = Runner(runner.platform, other_chart, tmp_path / "other-evidence")
    assert other.namespace != runner.namespace
    both = [runner.run(), other.run()]
    assert [wait_for(each)[0] for each in both] == [0, 0]
    assert not {runner.namespace, other.namespace} & runner.namespaces()


WIDE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: wide}\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: moons.test.invalid}
spec:
  group: test.invalid
  names: {kind: Moon, plural: moons}
  scope: Cluster
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("templates/wide.yaml", WIDE, "ClusterRole wide is cluster-scoped"),
        (
            "templates/list.yaml",
            f"apiVersion: v1\nkind: List\nitems:\n- {json.dumps(yaml.safe_load(WIDE))}\n",
            "ClusterRole wide is cluster-scoped",
        ),
        (
            "templates/hook.yaml",
            WIDE.replace("wide}", "wide, annotations: {helm.sh/hook: post-delete}}"),
            "ClusterRole wide is cluster-scoped",
        ),
        (
            "crds/moon.yaml",
            DEFINITION,
            "CustomResourceDefinition moons.test.invalid is cluster-scoped",
        ),
        (
            "templates/elsewhere.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far, namespace: default}\n",
            "ConfigMap far is in namespace default",
        ),
    ],
)
def test_objects_outside_of_the_namespace_are_rejected(
    runner: Runner, file: str, content: str, reason: str
) -> None:
    (runner.chart / file).parent.mkdir(exist_ok=True)
    (runner.chart / file).write_text(content)
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert reason in err
    assert runner.namespace not in runner.namespaces()


# Rendered without a cluster, `lookup` finds nothing and these templates are empty.
SEEN_WHEN_INSTALLED = (
    '{{ if lookup "v1" "ServiceAccount" .Release.Namespace "default" }}\n%s{{ end }}\n'
)

OWN_NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata:
  name: "{{ .Release.Namespace }}"
  labels: {pod-security.kubernetes.io/enforce: privileged}
"""


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (WIDE, 'clusterroles.rbac.authorization.k8s.io "wide" is forbidden'),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far, namespace: default}\n",
            'configmaps "far" is forbidden',
        ),
        (OWN_NAMESPACE, 'cannot get resource "namespaces"'),
    ],
    ids=["cluster-scoped", "another namespace", "its own namespace"],
)
def test_the_server_refuses_what_only_appears_when_it_is_installed(
    runner: Runner, content: str, refused: str
) -> None:
    (runner.chart / "templates/hidden.yaml").write_text(SEEN_WHEN_INSTALLED % content)
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert refused in " ".join(err.split())
    assert "command failed" not in err  # pyhelm3's own log of Helm's command line
    kinds = ("clusterroles/wide", "configmaps/far")
    found = kubectl(runner.platform, "get", *kinds, "--namespace=default", "--ignore-not-found")
    assert found == ""
    assert runner.namespace not in runner.namespaces()


def test_a_chart_reads_nothing_outside_of_its_namespace(runner: Runner) -> None:
    spy = '{{ $all := lookup "v1" "Secret" "kube-system" "" }}\n'
    (runner.chart / "templates/spy.yaml").write_text(spy)
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert "secrets is forbidden" in " ".join(err.split())


def test_cluster_scoped_custom_resources_are_rejected(runner: Runner, tmp_path: Path) -> None:
    definition = tmp_path / "moons.yaml"
    definition.write_text(DEFINITION)
    kubectl(runner.platform, "apply", f"--filename={definition}")
    established = ("--for=condition=Established", "crd/moons.test.invalid", "--timeout=30s")
    kubectl(runner.platform, "wait", *established)
    try:
        moon = "apiVersion: test.invalid/v1\nkind: Moon\nmetadata: {name: io}\n"
        (runner.chart / "templates/moon.yaml").write_text(moon)
        code, _, err = wait_for(runner.run())
    finally:
        kubectl(runner.platform, "delete", f"--filename={definition}")
    assert code == 1
    assert "Moon io is cluster-scoped" in err


def test_an_unsignable_chart_is_rejected_before_the_run(runner: Runner) -> None:
    code, _, err = wait_for(runner.run("--sign"))
    assert code == 64
    assert "a folder was tested" in err
    assert not runner.evidence.exists()


def test_a_chart_without_its_dependency_is_rejected(runner: Runner) -> None:
    shutil.rmtree(runner.chart / "charts/keycloak")
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert "no values.yaml" in err


def test_a_server_that_fails_stops_the_chart(
    runner: Runner, application: Application, chart: Path
) -> None:
    application.change("lana/cli/lana-cli", 'HEALTH = "OK"', 'HEALTH = "poor"')
    application.release(chart)
    code, _, err = wait_for(runner.run())
    assert code == 1
    assert "does not contain 'OK': poor" in err
    assert runner.namespace not in runner.namespaces()
