"""The parts of the rendered chart that matter while it runs: ends, failures of zones, DNS."""

from __future__ import annotations

import pytest

from policies.stack import CheckedStack


@pytest.fixture(scope="module")
def production(stacks: dict[str, CheckedStack]) -> CheckedStack:
    return stacks["gcp-volcano-production"]


def test_a_part_that_serves_is_drained_before_it_ends(production: CheckedStack) -> None:
    for place, container in production.containers():
        if container.get("ports"):
            assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}, place


def test_keycloaks_members_reach_both_of_their_ports(production: CheckedStack) -> None:
    policies = dict(production.objects_of("NetworkPolicy"))
    ports = {
        port["port"]
        for rule in policies["NetworkPolicy/lana-bank-keycloak"]["spec"]["ingress"]
        for port in rule["ports"]
    }
    assert {7800, 57800} <= ports


def test_name_servers_on_the_node_are_reachable(production: CheckedStack) -> None:
    policies = dict(production.objects_of("NetworkPolicy"))
    (rule,) = policies["NetworkPolicy/lana-bank-default"]["spec"]["egress"]
    blocks = {peer["ipBlock"]["cidr"] for peer in rule["to"] if "ipBlock" in peer}
    assert blocks == {"169.254.20.10/32", "169.254.169.254/32"}
    assert {port["port"] for port in rule["ports"]} == {53}


def test_pods_wait_for_a_zone_where_nodes_have_zones(stacks: dict[str, CheckedStack]) -> None:
    def spread(name: str) -> set[str]:
        return {
            each["whenUnsatisfiable"]
            for _, workload in stacks[name].objects_of("Deployment")
            for each in workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
            if each["topologyKey"] == "topology.kubernetes.io/zone"
        }

    assert spread("gcp-volcano-production") == spread("gcp-volcano-qa") == {"DoNotSchedule"}
    assert spread("azure-volcano-staging") == spread("local-production") == {"ScheduleAnyway"}


def test_a_rollout_ends_spread(production: CheckedStack) -> None:
    """The pods of one revision are counted, and the second one needs another zone."""
    for place, workload in production.objects_of("Deployment"):
        for rule in workload["spec"]["template"]["spec"]["topologySpreadConstraints"]:
            assert rule["matchLabelKeys"] == ["pod-template-hash"], place
            forced = rule["whenUnsatisfiable"] == "DoNotSchedule"
            assert rule.get("minDomains") == (2 if forced else None), place


def test_parts_have_the_size_of_the_settings(production: CheckedStack) -> None:
    sizes = dict(production.containers())["Deployment/lana-bank/server"]["resources"]
    assert sizes == {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}
    scaled = dict(production.objects_of("HorizontalPodAutoscaler"))
    assert {place.partition("/")[2] for place in scaled} == {"lana-bank", "lana-bank-gotenberg"}
    server = scaled["HorizontalPodAutoscaler/lana-bank"]["spec"]
    assert (server["minReplicas"], server["maxReplicas"]) == (2, 6)


def test_all_but_the_data_pipeline_comes_first(production: CheckedStack) -> None:
    for place, workload in production.workloads():
        named = workload["spec"]["template"]["spec"].get("priorityClassName")
        assert named == (None if "dagster" in place else "lana-bank"), place


def test_sign_in_of_the_portal_reaches_its_own_ingress(production: CheckedStack) -> None:
    """Its library asks the public address, which may be inside of the denied ranges."""
    policy = dict(production.objects_of("NetworkPolicy"))["NetworkPolicy/lana-bank-customer-portal"]
    peers = [peer for rule in policy["spec"]["egress"] for peer in rule["to"]]
    name = "kubernetes.io/metadata.name"
    assert {"namespaceSelector": {"matchLabels": {name: "ingress-nginx"}}} in peers
