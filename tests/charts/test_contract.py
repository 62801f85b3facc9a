"""The chart and the smoketest fit the application that the chart's contract describes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from promoter.release.contract import identity
from promoter.release.contract.contract import READERS, parse_contract
from promoter.release.contract.server import leaves
from promoter.smoketest.endpoints import read_endpoints
from tests.charts.chart_rendering import REPOSITORY, Chart, Object, whole_values

FOLDER = REPOSITORY / "upstream/galoy-private-charts/charts/lana-bank/contract"
CONTRACT = parse_contract((FOLDER / "application.yml").read_bytes())
OWN = yaml.safe_load((FOLDER / "chart.yml").read_text(encoding="utf-8"))
DOMAIN = "staging.lana.localhost"
# Parts of a connection's address, which other variables are made of.
HELPERS = ("DATABASE_*", "READER_*", "DAGSTER_HOME", "DAGSTER_POSTGRES_URL")


@pytest.fixture(scope="module")
def objects(chart: Chart) -> list[Object]:
    return chart.render(whole_values())


def named(objects: Iterable[Object], kind: str, name: str) -> Any:
    return next(o for o in objects if (o["kind"], o["metadata"]["name"]) == (kind, name))


def container(objects: Iterable[Object], name: str) -> Any:
    return named(objects, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]


def pod(objects: Iterable[Object], name: str) -> Any:
    return named(objects, "Deployment", name)["spec"]["template"]["spec"]


def require_agreement(section: str, given: set[str]) -> None:
    """Every name of the section is given or left with a reason, and no other name is given."""
    agreed = set(CONTRACT.facts[section])
    left = OWN["left"].get(section, {})
    added = set(OWN["added"].get(section, {}))
    missing = {n for n in agreed - given if not any(fnmatchcase(n, each) for each in left)}
    assert not missing, f"{section}: neither given by the chart nor in contract/chart.yml"
    assert not given - agreed - added, f"{section}: the application has no such name"
    for each in left:
        covered = {name for name in agreed if fnmatchcase(name, each)}
        assert covered, f"{section}: {each} in contract/chart.yml is not the application's"
        assert not covered & given, f"{section}: {each} is left and given"


def variables(found: Any) -> dict[str, str]:
    every = {each["name"]: each.get("value", "") for each in found["env"]}
    return {n: v for n, v in every.items() if not any(fnmatchcase(n, each) for each in HELPERS)}


def configuration(objects: list[Object]) -> dict[str, str]:
    content = named(objects, "ConfigMap", "lana-bank-config")["data"]["lana.yml"]
    return dict(leaves("", yaml.safe_load(content)))


def test_the_contract_has_every_section() -> None:
    assert list(CONTRACT.facts) == list(READERS)
    assert not (OWN["left"].keys() | OWN["added"].keys()) - READERS.keys()


def test_every_setting_of_the_server_is_given_or_left_on_purpose(chart: Chart) -> None:
    values = whole_values()
    local = configuration(chart.render(values))
    require_agreement("server.configuration", set(local))
    values["lanaBank"]["storage"] = {"bucket": "bank-documents"}
    bucket = configuration(chart.render(values))
    assert bucket["app.storage.provider"] == "gcp"
    assert set(bucket) - set(local) == {"app.storage.bucket_name"}


@pytest.mark.parametrize(
    ("deployment", "section"),
    [
        ("lana-bank", "server.environment"),
        ("lana-bank-admin-panel", "admin-panel.environment"),
        ("lana-bank-customer-portal", "customer-portal.environment"),
        ("lana-bank-dagster-code", "dagster.environment"),
    ],
)
def test_every_variable_is_given_or_left_on_purpose(
    objects: list[Object], deployment: str, section: str
) -> None:
    require_agreement(section, set(variables(container(objects, deployment))))


def test_no_documents_are_signed_with_the_published_default_or_written_to_the_image(
    objects: list[Object],
) -> None:
    server = container(objects, "lana-bank")
    signing = next(v for v in server["env"] if v["name"] == "STORAGE_SIGNING_SECRET")
    key = signing["valueFrom"]["secretKeyRef"]
    assert named(objects, "Secret", key["name"])["data"][key["key"]]
    folder = configuration(objects)["app.storage.root_folder"]
    home = variables(server)["LANA_HOME"]
    assert folder.startswith(f"{home}/")
    assert home in {mount["mountPath"] for mount in server["volumeMounts"]}


def test_documents_are_on_a_volume_that_stays_where_a_class_is_named(chart: Chart) -> None:
    values = whole_values()
    values["lanaBank"]["storage"] = {"volume": {"storageClass": "azurefile-csi", "size": "100Gi"}}
    objects = chart.render(values)
    claim = named(objects, "PersistentVolumeClaim", "lana-bank-documents")
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert claim["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "azurefile-csi",
        "resources": {"requests": {"storage": "100Gi"}},
    }
    mounts = {
        each["mountPath"]: each["name"] for each in container(objects, "lana-bank")["volumeMounts"]
    }
    volumes = {each["name"]: each for each in pod(objects, "lana-bank")["volumes"]}
    found = volumes[mounts[configuration(objects)["app.storage.root_folder"]]]
    assert found["persistentVolumeClaim"] == {"claimName": "lana-bank-documents"}
    # A bucket is preferred, and without either nothing is claimed.
    values["lanaBank"]["storage"]["bucket"] = "bank-documents"
    for given in (values, whole_values()):
        kinds = {each["kind"] for each in chart.render(given)}
        assert "PersistentVolumeClaim" not in kinds


def test_the_ports_and_probes_are_those_of_the_server(objects: list[Object]) -> None:
    server, settings = container(objects, "lana-bank"), configuration(objects)
    ports = {each["name"]: each["containerPort"] for each in server["ports"]}
    for name in ("admin", "customer"):
        key = f"{name}_server.port"
        assert str(ports[name]) == settings[key] == CONTRACT.facts["server.configuration"][key]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = server[probe]["httpGet"]
        methods = CONTRACT.facts["server.routes"][f"{request['port']} {request['path']}"]
        assert "GET" in methods.split()
    # The sample answers there only while it can serve; a restart would not bring its database back.
    assert server["readinessProbe"]["httpGet"]["path"] == "/graphql"
    assert server["livenessProbe"]["httpGet"]["path"] == "/health"


@pytest.mark.parametrize(
    ("deployment", "dockerfile"),
    [
        ("lana-bank", "Dockerfile.rc"),
        ("lana-bank", "Dockerfile.release"),
        ("lana-bank-admin-panel", "apps/admin-panel/Dockerfile"),
        ("lana-bank-customer-portal", "apps/customer-portal/Dockerfile"),
        ("lana-bank-dagster-code", "dagster/Dockerfile"),
    ],
)
def test_a_container_runs_its_image_as_it_was_built(
    objects: list[Object], deployment: str, dockerfile: str
) -> None:
    facts, found = CONTRACT.facts[f"image {dockerfile}"], container(objects, deployment)
    command = [*found.get("command", []), *found.get("args", [])]
    assert not command or " ".join(command) == facts["cmd"]
    if "user" in facts:
        assert str(pod(objects, deployment)["securityContext"]["runAsUser"]) == facts["user"]
    if "port" in facts:
        assert facts["port"] in {str(each["containerPort"]) for each in found["ports"]}
    mounted = [each["mountPath"] for each in found["volumeMounts"]]
    if caches := [path for path in mounted if path.endswith(".next/cache")]:
        assert caches == [f"{facts['folder']}/{Path(dockerfile).parent}/.next/cache"]
    if home := facts.get("variable LANA_HOME"):
        assert variables(found)["LANA_HOME"] == home


def test_the_portal_trusts_the_host_that_it_is_reached_at(objects: list[Object]) -> None:
    assert CONTRACT.facts["panels.libraries"] == {"customer-portal next-auth": "5"}
    portal = variables(container(objects, "lana-bank-customer-portal"))
    assert portal["AUTH_URL"] == f"https://app.{DOMAIN}"


def test_nothing_is_written_to_the_folder_of_the_dbt_project(objects: list[Object]) -> None:
    code = container(objects, "lana-bank-dagster-code")
    target = variables(code)["DBT_TARGET_PATH"]
    folders = {mount["mountPath"] for mount in code["volumeMounts"] if not mount.get("readOnly")}
    assert any(target.startswith(f"{folder}/") for folder in folders)


def test_the_service_account_of_the_smoketest_has_a_subject_at_the_server(
    objects: list[Object],
) -> None:
    """Every rule of the gateway takes it from the claim lanaId, and the server requires a UUID."""
    realms = next(
        o["data"] for o in objects if o["kind"] == "ConfigMap" and "internal.json" in o["data"]
    )
    clients = json.loads(realms["internal.json"])["clients"]
    (service,) = [each for each in clients if each["clientId"] == "internal-service-account"]
    claims = {
        each["config"].get("claim.name"): each["config"] for each in service["protocolMappers"]
    }
    assert UUID(claims["lanaId"]["claim.value"]).int == 0
    assert claims["lanaId"]["access.token.claim"] == "true"


@pytest.mark.parametrize("realm", identity.REALMS)
def test_a_realm_has_the_clients_that_the_application_signs_in_with(
    objects: list[Object], realm: str
) -> None:
    realms = next(
        o["data"] for o in objects if o["kind"] == "ConfigMap" and f"{realm}.json" in o["data"]
    )
    found = identity.clients(json.loads(realms[f"{realm}.json"]))
    agreed = CONTRACT.facts[f"realm.{realm}"]
    assert {name: found.get(name) for name in agreed} == agreed
    assert found.keys() - agreed.keys() <= {"client oauth2-proxy"}


def _rule_audiences(objects: list[Object]) -> Iterator[tuple[str, str, str]]:
    rules = named(objects, "ConfigMap", "lana-bank-oathkeeper")["data"]["rules.yaml"]
    for rule in yaml.safe_load(rules):
        for mutator in rule["mutators"]:
            if claims := (mutator.get("config") or {}).get("claims"):
                yield rule["upstream"]["url"].rpartition(":")[2], *identity.claims_of(claims)


def test_the_gateway_makes_the_tokens_that_the_server_accepts(objects: list[Object]) -> None:
    settings, agreed = configuration(objects), CONTRACT.facts["gateway"]
    servers = {
        (settings[f"{each}_server.port"], settings[f"{each}_server.aud"], "lanaId")
        for each in ("admin", "customer")
    }
    assert set(_rule_audiences(objects)) == servers
    for name, rule in (("admin", "admin-api"), ("customer", "app-api")):
        audience = settings[f"{name}_server.aud"]
        assert audience == CONTRACT.facts["server.configuration"][f"{name}_server.aud"]
        assert f"audience {audience}, subject lanaId" in agreed[rule]
    gateway = named(objects, "ConfigMap", "lana-bank-oathkeeper")["data"]["oathkeeper.yaml"]
    issuer = yaml.safe_load(gateway)["mutators"]["id_token"]["config"]["issuer_url"]
    assert issuer == agreed["issuer"]


def test_the_smoketest_requests_what_the_server_has() -> None:
    routes, types = CONTRACT.facts["server.routes"], CONTRACT.facts["server.graphql"]
    requests = [each.request for each in read_endpoints() if each.component == "server"]
    assert requests
    for request in requests:
        assert request.method in routes[f"admin {request.path}"].split()
    assert types["Query.buildInfo"] == "BuildInfo!"
    assert "BuildInfo.version" in types


def test_the_data_pipeline_reports_to_a_route_of_the_server(objects: list[Object]) -> None:
    url = variables(container(objects, "lana-bank-dagster-code"))["LANA_ADMIN_SERVER_URL"]
    assert url == f"http://lana-bank:{configuration(objects)['admin_server.port']}"
    assert CONTRACT.facts["server.routes"]["admin /webhook/reports/sync"] == "POST"


def test_dagster_names_the_code_location_as_the_server_does(objects: list[Object]) -> None:
    workspace = named(objects, "ConfigMap", "lana-bank-dagster")["data"]["workspace.yaml"]
    location = yaml.safe_load(workspace)["load_from"][0]["grpc_server"]["location_name"]
    agreed = CONTRACT.facts["server.configuration"]
    assert location == agreed["app.report.dagster.repository_location_name"]
