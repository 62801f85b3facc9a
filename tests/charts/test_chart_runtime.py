"""The parts of the rendered chart that matter while it runs: ends, failures of zones, DNS."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.stack import CheckedStack

REPOSITORY = Path(__file__).parents[2]


COLLECTOR = "Deployment/lana-bank-opentelemetry-collector"


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


def test_an_account_of_the_cloud_reaches_its_tokens(stacks: dict[str, CheckedStack]) -> None:
    """Parts with an account of Google's call GKE's metadata server; no other part can."""

    def callers(name: str) -> set[str]:
        return {
            place.partition("/")[2]
            for place, policy in stacks[name].objects_of("NetworkPolicy")
            for rule in policy["spec"]["egress"] or []
            for peer in rule["to"]
            if peer.get("ipBlock", {}).get("cidr", "").startswith("169.254.169.25")
            and {port["port"] for port in rule["ports"]} <= {80, 988}
        }

    assert callers("gcp-volcano-production") == {"lana-bank", "lana-bank-dagster-code"}
    assert not callers("azure-volcano-staging")


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


def test_sign_in_is_traced_to_the_collector(production: CheckedStack) -> None:
    (keycloak,) = (each for place, each in production.containers() if place.endswith("/keycloak"))
    variables = {each["name"]: each.get("value") for each in keycloak["env"]}
    collector, port = "lana-bank-opentelemetry-collector", 4317
    assert variables["KC_TRACING_ENABLED"] == "true"
    assert variables["KC_TRACING_ENDPOINT"] == f"http://{collector}:{port}"
    (objective,) = (
        body for _, body in production.resources("honeycombio_slo") if body["name"] == "sign-in"
    )
    assert objective["datasets"] == [variables["KC_TRACING_SERVICE_NAME"]]
    policies = dict(production.objects_of("NetworkPolicy"))
    leaving = policies["NetworkPolicy/lana-bank-keycloak"]["spec"]["egress"]
    assert port in {each["port"] for rule in leaving for each in rule["ports"]}


def test_traces_are_in_the_dataset_of_the_environment(production: CheckedStack) -> None:
    settings = REPOSITORY / "stacks/gcp/volcano-production/shared.yml"
    dataset = yaml.safe_load(settings.read_text())["honeycomb_dataset"]
    collector = dict(production.containers())[f"{COLLECTOR}/opentelemetry-collector"]
    variables = {each["name"]: each.get("value") for each in collector["env"]}
    assert variables["HONEYCOMB_DATASET"] == dataset
    ((_, server),) = production.configurations("lana.yml")
    assert server["tracing"]["service_name"] == dataset


def test_metrics_of_every_keycloak_are_read(production: CheckedStack) -> None:
    ((_, configuration),) = production.configurations("collector.yaml")
    (job,) = configuration["receivers"]["prometheus/keycloak"]["config"]["scrape_configs"]
    (read,) = job["dns_sd_configs"]
    service = dict(production.objects_of("Service"))[f"Service/{read['names'][0]}"]["spec"]
    assert service["clusterIP"] == "None"
    assert service["ports"][0]["port"] == read["port"]
    policies = dict(production.objects_of("NetworkPolicy"))
    allowed = policies["NetworkPolicy/lana-bank-keycloak"]["spec"]["ingress"]
    assert read["port"] in {port["port"] for rule in allowed for port in rule["ports"]}
    assert configuration["service"]["pipelines"]["metrics"]["receivers"] == ["prometheus/keycloak"]


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
