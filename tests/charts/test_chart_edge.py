"""The ways in: Ingresses with their limits, or routes of a Gateway, each judged by the policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.checks import CHECKS
from policies.stack import CheckedStack
from tests.charts.chart_rendering import Chart, Object, whole_values

NGINX = "nginx.ingress.kubernetes.io"
ON_A_GATEWAY = {"name": "public", "namespace": "gateways"}
EDGE = ("edge-encrypted", "gateway-only", "api-authenticated")


def rendered(chart: Chart, **ingress: Any) -> list[Object]:
    return chart.render({**whole_values(), "ingress": ingress})


def of_kind(objects: list[Object], kind: str) -> dict[str, Object]:
    return {found["metadata"]["name"]: found for found in objects if found["kind"] == kind}


def findings(objects: list[Object]) -> list[str]:
    stack = CheckedStack("gcp-example", {}, tuple(objects))
    return [reason for name in EDGE for _, reason in CHECKS[name](stack)]


@pytest.fixture(scope="module")
def routes(chart: Chart) -> list[Object]:
    return rendered(chart, gateway=ON_A_GATEWAY)


def test_each_host_has_an_ingress_with_its_limits(chart: Chart) -> None:
    objects = rendered(chart, staffCidrs=["192.0.2.0/24"], clusterIssuer="letsencrypt")
    found = of_kind(objects, "Ingress")
    assert set(found) == {f"lana-bank-{host}" for host in ("admin", "app", "auth", "dagster")}
    for name, ingress in found.items():
        annotations = ingress["metadata"]["annotations"]
        assert annotations[f"{NGINX}/proxy-body-size"] == "20m"
        assert annotations[f"{NGINX}/limit-rps"] == "50"
        allowed = annotations.get(f"{NGINX}/whitelist-source-range")
        assert allowed == ("192.0.2.0/24" if name.endswith(("admin", "dagster")) else None)
        assert ingress["spec"]["tls"][0]["secretName"] == f"{name}-tls"
    assert not findings(objects)


def test_a_certificate_that_exists_is_for_all_hosts(chart: Chart) -> None:
    found = of_kind(rendered(chart), "Ingress").values()
    assert {each["spec"]["tls"][0]["secretName"] for each in found} == {"lana-bank-tls"}


def test_another_controller_has_annotations_of_its_own(chart: Chart) -> None:
    own = {"haproxy.org/request-body-size": "20m"}
    for found in of_kind(rendered(chart, controller="other", annotations=own), "Ingress").values():
        assert found["metadata"]["annotations"] == own


@pytest.mark.parametrize("other", [{"controller": "other"}, {"gateway": ON_A_GATEWAY}])
def test_an_allow_list_that_nothing_applies_is_refused(chart: Chart, other: Any) -> None:
    ingress = {"staffCidrs": ["192.0.2.0/24"], **other}
    assert "/ingress/staffCidrs" in chart.refusal({**whole_values(), "ingress": ingress})


def test_a_gateway_replaces_the_ingresses(routes: list[Object]) -> None:
    assert not of_kind(routes, "Ingress")
    found = of_kind(routes, "HTTPRoute")
    redirect = found.pop("lana-bank-redirect")["spec"]
    assert redirect["parentRefs"][0]["sectionName"] == "http"
    assert redirect["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"
    hosts = {host for each in found.values() for host in each["spec"]["hostnames"]}
    assert set(redirect["hostnames"]) == hosts
    assert len(hosts) == 4
    assert not findings(routes)


def test_routes_go_to_ports_of_their_services(routes: list[Object]) -> None:
    services = of_kind(routes, "Service")
    for route in of_kind(routes, "HTTPRoute").values():
        for backend in route["spec"]["rules"][0].get("backendRefs", []):
            ports = {port["port"] for port in services[backend["name"]]["spec"]["ports"]}
            assert backend["port"] in ports


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Strict-Transport-Security", "X-Other", "browsers may come back by plain HTTP"),
        ('"sectionName": "https"', '"sectionName": "http"', "not https alone"),
        ("/realms/internal/", "/realms/", "not a gateway"),
        ('"name": "lana-bank-oathkeeper", "port"', '"name": "lana-bank", "port"', "not a gateway"),
    ],
)
def test_a_route_that_opens_more_is_found(
    routes: list[Object], old: str, new: str, reason: str
) -> None:
    kept = [each for each in routes if each["kind"] != "HTTPRoute"]
    text = json.dumps([each for each in routes if each["kind"] == "HTTPRoute"])
    assert old in text
    changed = json.loads(text.replace(old, new))
    assert any(reason in found for found in findings([*kept, *changed]))
