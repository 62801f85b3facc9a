"""The rendered chart, with real Helm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.charts.chart_rendering import CHART, good_values, whole_values

if TYPE_CHECKING:
    from tests.charts.chart_rendering import Chart, Object

WORKLOADS = {"Deployment", "StatefulSet", "Job", "DaemonSet"}
APPS = {"lana-bank", "lana-bank-admin-panel", "lana-bank-customer-portal"}


def of_kind(objects: list[Object], *kinds: str) -> dict[str, Object]:
    return {found["metadata"]["name"]: found for found in objects if found["kind"] in kinds}


def pods(objects: list[Object]) -> dict[str, Any]:
    workloads = of_kind(objects, *WORKLOADS)
    assert set(workloads) >= APPS
    return {name: found["spec"]["template"]["spec"] for name, found in workloads.items()}


def containers(pod: Any) -> list[Any]:
    return [*pod.get("initContainers", []), *pod["containers"]]


@pytest.fixture(scope="module")
def objects(chart: Chart) -> list[Object]:
    return chart.render(whole_values())


def test_every_image_is_given_by_its_digest(objects: list[Object]) -> None:
    for pod in pods(objects).values():
        for container in containers(pod):
            name, _, digest = container["image"].partition("@")
            assert len(digest) == len("sha256:") + 64
            assert ":" not in name.rsplit("/", 1)[-1]


def test_no_pod_has_more_rights_than_it_needs(objects: list[Object]) -> None:
    for pod in pods(objects).values():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_every_container_has_requests_and_limits(objects: list[Object]) -> None:
    for pod in pods(objects).values():
        for container in containers(pod):
            assert {"cpu", "memory"} <= set(container["resources"]["requests"])
            assert "memory" in container["resources"]["limits"]


def test_every_served_container_has_all_three_probes(objects: list[Object]) -> None:
    for workload in of_kind(objects, "Deployment", "StatefulSet").values():
        for container in workload["spec"]["template"]["spec"]["containers"]:
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)


def test_every_workload_may_be_disrupted_and_spreads(objects: list[Object]) -> None:
    workloads = of_kind(objects, "Deployment", "StatefulSet")
    budgets = of_kind(objects, "PodDisruptionBudget")
    assert set(budgets) == set(workloads)
    for name, workload in workloads.items():
        assert budgets[name]["spec"]["selector"] == workload["spec"]["selector"]
        spread = workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert len(spread) == 2
        assert all(rule["labelSelector"] == workload["spec"]["selector"] for rule in spread)


def test_services_select_the_pods_of_their_workload(objects: list[Object]) -> None:
    workloads = of_kind(objects, "Deployment", "StatefulSet")
    for name, service in of_kind(objects, "Service").items():
        workload = workloads[name.removesuffix("-metrics")]
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()
        ports = [
            port["name"]
            for container in workload["spec"]["template"]["spec"]["containers"]
            for port in container["ports"]
        ]
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports)


def test_a_new_chart_hash_or_version_restarts_no_pod(chart: Chart) -> None:
    before = pods(chart.render(good_values()))
    after = pods(chart.render(good_values() | {"chartHash": "1" * 64}))
    assert before == after


def test_the_release_identifies_itself(objects: list[Object]) -> None:
    data = of_kind(objects, "ConfigMap")["lana-bank-release"]["data"]
    assert data["chart-hash"] == "0" * 64
    assert data["environment"] == "local-staging"


def test_a_node_selector_reaches_every_pod(chart: Chart) -> None:
    values = whole_values()
    values["global"]["nodeSelector"] = {"disk": "none"}
    selected = pods(chart.render(values))
    assert all(pod["nodeSelector"] == {"disk": "none"} for pod in selected.values())


def test_artificial_time_is_a_setting_of_the_server(chart: Chart) -> None:
    values = good_values()
    real = of_kind(chart.render(values), "ConfigMap")["lana-bank-config"]["data"]["lana.yml"]
    values["lanaBank"]["enableArtificialTime"] = True
    manual = of_kind(chart.render(values), "ConfigMap")["lana-bank-config"]["data"]["lana.yml"]
    assert "mode: realtime" in real
    assert "mode: manual" in manual


def test_secrets_that_exist_are_not_written(chart: Chart) -> None:
    values = good_values()
    assert not of_kind(chart.render(values), "Secret")
    values["global"]["secrets"]["mode"] = "generate"
    assert of_kind(chart.render(values), "Secret")


def test_every_referenced_secret_is_created(chart: Chart) -> None:
    """In the cluster; a job for databases outside of it needs what Terraform writes."""
    values = whole_values()
    values["databaseRoles"]["enabled"] = False
    objects = chart.render(values)
    made = {name: set(found["data"]) for name, found in of_kind(objects, "Secret").items()}
    for pod in pods(objects).values():
        for container in containers(pod):
            for variable in container.get("env", []):
                asked = variable.get("valueFrom", {}).get("secretKeyRef")
                if asked and not asked.get("optional") and asked["name"] != "lana-bank-external":
                    assert asked["key"] in made[asked["name"]]


def test_no_template_needs_a_newer_helm_than_the_provider_has() -> None:
    """The provider of local environments is built with Helm 3.3, whose sprig is 3.1."""
    names = "dig|chunk|randInt|regexQuoteMeta|osBase|addf|subf|mulf|divf|maxf|minf|all|any"
    newer = rf"(?<![$.\w])({names})\b"
    for file in [*CHART.rglob("*.tpl"), *CHART.rglob("templates/*.yaml")]:
        for action in re.findall(r"\{\{-?(?!-? ?/\*)(.*?)\}\}", file.read_text()):
            called = re.sub(r'"[^"]*"', "", action)
            assert not re.search(newer, called), f"{file.name}: {action}"


def test_lint_is_clean(chart: Chart) -> None:
    run = chart.run("lint", "--strict", values=whole_values())
    assert run.returncode == 0, run.stdout + run.stderr
    assert "[WARNING]" not in run.stdout


def test_only_who_sends_mail_reaches_the_relay(chart: Chart) -> None:
    values = whole_values()
    values["keycloak"]["smtp"] = {
        "relay": "smtp.example.com",
        "port": 2525,
        "from": "b@example.com",
    }

    def senders(found: list[Object]) -> set[str]:
        return {
            name
            for name, policy in of_kind(found, "NetworkPolicy").items()
            for rule in policy["spec"]["egress"] or ()
            if {"protocol": "TCP", "port": 2525} in rule["ports"]
        }

    assert senders(chart.render(values)) == {"lana-bank-keycloak"}
    assert senders(chart.render(whole_values())) == set()
