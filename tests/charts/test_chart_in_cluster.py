"""The chart on a real API server: admission, availability and rollback."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.platform import Platform
from tests.charts.chart_rendering import (
    REPOSITORY,
    Chart,
    Object,
    good_values,
    pinned,
    whole_values,
)

WORKLOADS = {"Deployment", "StatefulSet", "Job"}
SECURITY = "pod-security.kubernetes.io"
GATEWAY_API = REPOSITORY / "dev/toolchain/gateway-api"
WITH_GO = pytest.mark.skipif(not shutil.which("go"), reason="Go is not installed")
ON_A_GATEWAY = {"gateway": {"name": "public", "namespace": "gateways"}}


@dataclass(frozen=True)
class Cluster:
    """kubectl and Helm in one namespace of the embedded platform."""

    platform: Platform
    namespace: str

    def run(self, program: str, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [
                str(self.platform.toolchain.program(program)),
                "--kubeconfig",
                str(self.platform.require().kubeconfig),
                "--namespace",
                self.namespace,
                *arguments,
            ],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Warning:" not in done.stderr, done.stderr
        return done.stdout

    def apply(self, objects: list[Object], *options: str) -> None:
        items = {"apiVersion": "v1", "kind": "List", "items": objects}
        # Names are new in each dry run, so nothing is compared with what is there.
        self.run("kubectl", "create", *options, "--filename", "-", stdin=json.dumps(items))

    def helm(self, command: str, chart: Path, values: Any) -> None:
        options = ("--atomic", "--wait", "--timeout", "120s", "--values", "-")
        self.run("helm", command, "lana-bank", str(chart), *options, stdin=json.dumps(values))

    def get(self, kind: str, name: str = "") -> Any:
        return json.loads(self.run("kubectl", "get", kind, *([name] if name else []), "-o", "json"))


@pytest.fixture
def cluster(platform: Platform, namespace: str) -> Cluster:
    """A namespace that enforces the restricted level, and warns of what is below it."""
    cluster = Cluster(platform, namespace)
    levels = [f"{SECURITY}/{mode}=restricted" for mode in ("enforce", "warn", "audit")]
    cluster.run("kubectl", "label", "namespace", namespace, *levels)
    return cluster


def as_pod(workload: Object) -> Object:
    template = workload["spec"]["template"]
    metadata = {**template["metadata"], "name": workload["metadata"]["name"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def large_values() -> Any:
    """Values of an environment with zones, autoscalers and user namespaces."""
    values = whole_values()
    values["global"] |= {"zoneSpread": "DoNotSchedule", "userNamespaces": True}
    values["lanaBank"] |= {"replicas": 2, "maxReplicas": 4}
    values["gotenberg"] |= {"maxReplicas": 3}
    return values


@pytest.mark.parametrize(
    "values",
    [whole_values(), good_values(), large_values()],
    ids=["whole", "least", "large"],
)
def test_every_object_is_accepted_where_pods_are_restricted(
    chart: Chart, cluster: Cluster, values: Any
) -> None:
    objects = chart.render(values, "--namespace", cluster.namespace)
    cluster.apply(objects, "--dry-run=server")
    # The level judges Pods only, and a Pod needs its account to be there.
    cluster.apply([found for found in objects if found["kind"] == "ServiceAccount"])
    pods = [as_pod(found) for found in objects if found["kind"] in WORKLOADS]
    assert len(pods) >= 3
    cluster.apply(pods, "--dry-run=server")


def test_a_pod_with_more_privileges_is_rejected(chart: Chart, cluster: Cluster) -> None:
    """The check above can fail: the same pod without its security context."""
    workload = next(found for found in chart.render() if found["kind"] == "Deployment")
    pod = as_pod(workload)
    del pod["spec"]["securityContext"], pod["spec"]["containers"][0]["securityContext"]
    pod["spec"]["serviceAccountName"] = "default"
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        cluster.apply([pod], "--dry-run=server")


@pytest.fixture
def routes(chart: Chart, cluster: Cluster) -> list[Object]:
    """The chart's routes, for a cluster that has the schemas of the Gateway API."""
    module = subprocess.run(
        ["go", "mod", "download", "-json", "sigs.k8s.io/gateway-api"],
        cwd=GATEWAY_API,
        capture_output=True,
        check=True,
    )
    schemas = Path(json.loads(module.stdout)["Dir"], "config/crd/standard")
    file = str(schemas / "gateway.networking.k8s.io_httproutes.yaml")
    # Once per cluster, by whichever test is first; other tests use no routes.
    cluster.run("kubectl", "apply", "--server-side", "--filename", file)
    # By its path: waiting for a condition fails where there is none of any type yet.
    established = 'jsonpath={.status.conditions[?(@.type=="Established")].status}=True'
    cluster.run("kubectl", "wait", f"--for={established}", "--timeout=60s", "--filename", file)
    values = {**whole_values(), "ingress": ON_A_GATEWAY}
    objects = chart.render(values, "--namespace", cluster.namespace)
    return [found for found in objects if found["kind"] == "HTTPRoute"]


@WITH_GO
def test_routes_are_what_the_gateway_api_accepts(cluster: Cluster, routes: list[Object]) -> None:
    assert len(routes) == 5
    cluster.apply(routes, "--dry-run=server")


@WITH_GO
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"PathPrefix", "value": "/', '"PathPrefix", "value": "', "must be an absolute path"),
        ('"backendRefs"', '"backends"', 'unknown field "'),
        ("https", "ftp", "supported values"),
    ],
)
def test_a_route_that_is_none_is_refused(
    cluster: Cluster, routes: list[Object], old: str, new: str, reason: str
) -> None:
    """The check above can fail: the same routes with one mistake each."""
    text = json.dumps(routes)
    assert old in text
    with pytest.raises(AssertionError, match=re.escape(reason)):
        cluster.apply(json.loads(text.replace(old, new)), "--dry-run=server")


@pytest.mark.slow
def test_two_versions_of_keycloak_never_run_at_the_same_time(
    chart: Chart, cluster: Cluster
) -> None:
    """Another image replaces all pods at once, another setting one after the other."""
    values = {**good_values(), "keycloak": {"enabled": True, **pinned(), "replicas": 2}}
    values["global"]["secrets"] = {"mode": "generate"}

    def strategy() -> str:
        found: str = cluster.get("deployment", "lana-bank-keycloak")["spec"]["strategy"]["type"]
        return found

    cluster.helm("install", chart.folder, values)
    assert strategy() == "RollingUpdate"
    values["keycloak"]["image"] = {"digest": "sha256:" + "6b" * 32}
    cluster.helm("upgrade", chart.folder, values)
    assert strategy() == "Recreate"
    values["keycloak"]["replicas"] = 3
    cluster.helm("upgrade", chart.folder, values)
    assert strategy() == "RollingUpdate"


@pytest.mark.parametrize(
    ("running", "reason"),
    [
        ("24.0.5", "24.0.5 to 26.5.2: a major version is skipped; next: deploy a chart with Key"),
        ("27.0.0", "27.0.0 to 26.5.2: its database cannot go back"),
        ("26.6.0", "26.6.0 to 26.5.2: its database cannot go back"),
        ("25.0.6", ""),
        ("26.5.9", ""),
        (None, ""),
    ],
)
def test_keycloak_is_upgraded_one_version_at_a_time(
    chart: Chart, cluster: Cluster, running: str | None, reason: str
) -> None:
    values = {**good_values(), "keycloak": {"enabled": True, **pinned(), "version": "26.5.2"}}
    rendered = chart.render(values, "--namespace", cluster.namespace)
    keycloak = next(
        found
        for found in rendered
        if (found["kind"], found["metadata"]["name"]) == ("Deployment", "lana-bank-keycloak")
    )
    labels = keycloak["metadata"]["labels"]
    assert labels.pop("app.kubernetes.io/version") == "26.5.2"
    keycloak["metadata"]["labels"] = labels | (
        {"app.kubernetes.io/version": running} if running else {}
    )
    keycloak["spec"]["replicas"] = 0
    cluster.apply([keycloak])
    command = ("helm", "template", "lana-bank", str(chart.folder), "--dry-run=server")
    if reason:
        with pytest.raises(AssertionError, match=re.escape(reason)):
            cluster.run(*command, "--values", "-", stdin=json.dumps(values))
    else:
        assert cluster.run(*command, "--values", "-", stdin=json.dumps(values))


@pytest.mark.slow
def test_everything_becomes_available_is_upgraded_and_goes_back(
    chart: Chart, cluster: Cluster, tmp_path: Path
) -> None:
    values = whole_values()
    # It needs a database that is there before anything is installed.
    values["databaseRoles"] = {"enabled": False}
    older = tmp_path / "older"
    shutil.copytree(chart.folder, older)
    file = older / "Chart.yaml"
    file.write_text(re.sub(r"(?m)^version: .*$", "version: 0.0.1", file.read_text()))
    without = {**values, "gotenberg": {"enabled": False}}
    cluster.helm("install", older, without)
    secrets = {found["metadata"]["name"]: found["data"] for found in cluster.get("secret")["items"]}

    cluster.helm("upgrade", chart.folder, {**values, "chartHash": "1" * 64})
    names = {found["metadata"]["name"] for found in cluster.get("deployment")["items"]}
    assert "lana-bank-gotenberg" in names
    for found in cluster.get("deployment")["items"]:
        assert found["status"]["availableReplicas"] == found["spec"]["replicas"]
    data = cluster.get("configmap", "lana-bank-release")["data"]
    assert data["chart-hash"] == "1" * 64
    for name in ("lana-bank", "lana-bank-oathkeeper", "lana-bank-db-server"):
        assert cluster.get("secret", name)["data"] == secrets[name]

    cluster.run("helm", "rollback", "lana-bank", "1", "--wait", "--timeout", "60s")
    names = {found["metadata"]["name"] for found in cluster.get("deployment")["items"]}
    assert "lana-bank-gotenberg" not in names
    assert cluster.get("configmap", "lana-bank-release")["data"]["chart-hash"] == "0" * 64
