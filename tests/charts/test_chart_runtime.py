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


def test_only_production_waits_for_a_zone(stacks: dict[str, CheckedStack]) -> None:
    def spread(name: str) -> set[str]:
        return {
            each["whenUnsatisfiable"]
            for _, workload in stacks[name].objects_of("Deployment")
            for each in workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
            if each["topologyKey"] == "topology.kubernetes.io/zone"
        }

    assert spread("gcp-volcano-production") == {"DoNotSchedule"}
    assert spread("gcp-volcano-qa") == spread("local-production") == {"ScheduleAnyway"}
