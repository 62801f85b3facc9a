"""The chart's collector: the program reads the configuration, and spans leave without free text."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from promoter.common import ports
from promoter.toolchain import Toolchain
from promoter.toolchain.recipes import module_version
from tests.charts.chart_rendering import CHART, REPOSITORY, Chart, whole_values
from tests.http_server import listening

NAME = "lana-bank-opentelemetry-collector"
CUSTOMER = "somebody@customer.example"
ENVIRONMENT = {"HONEYCOMB_API_KEY": "key", "HONEYCOMB_DATASET": "lana-bank-qa"}

pytestmark = pytest.mark.providers


@pytest.fixture(scope="module")
def program() -> Path:
    return Toolchain(REPOSITORY).program("otelcol")


@pytest.fixture(scope="module")
def configuration(chart: Chart) -> Any:
    """The content of the rendered ConfigMap."""
    objects = chart.render(whole_values())
    found = next(o for o in objects if (o["kind"], o["metadata"]["name"]) == ("ConfigMap", NAME))
    return yaml.safe_load(found["data"]["collector.yaml"])


def validate(program: Path, configuration: Any, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "collector.yaml"
    file.write_text(yaml.safe_dump(configuration))
    command = [str(program), "validate", f"--config={file}"]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def test_the_program_has_the_version_of_the_image() -> None:
    values = (CHART / "charts/opentelemetry-collector/values.yaml").read_text()
    pinned = re.findall(r"digest: .* # (\S+)$", values, re.MULTILINE)
    module = REPOSITORY / "dev/toolchain/otelcol/go.mod"
    assert [module_version(module, "go.opentelemetry.io/collector/otelcol")] == [f"v{pinned[0]}"]


def test_the_program_accepts_the_configuration(
    program: Path, configuration: Any, tmp_path: Path
) -> None:
    done = validate(program, configuration, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("part", "key", "value", "reason"),
    [
        ("redaction", "allowed_key", [], "invalid keys: allowed_key"),
        ("memory_limiter", "limit_percentage", 200, "limit_percentage"),
        ("transform/messages", "trace_statements", ['set(span.x, "")'], "span.x"),
    ],
)
def test_the_program_refuses_a_mistake(
    program: Path, configuration: Any, tmp_path: Path, part: str, key: str, value: Any, reason: str
) -> None:
    processors = configuration["processors"]
    wrong = {**processors, part: {**processors[part], key: value}}
    done = validate(program, {**configuration, "processors": wrong}, tmp_path)
    assert done.returncode != 0
    assert reason in done.stderr


@dataclass(frozen=True)
class Collector:
    """A running collector that writes what it would send to its log."""

    url: str
    log: Path

    def wait_for(self, text: str) -> str:
        """Return the log as soon as it has ``text``."""
        for _ in range(300):
            if text in (found := self.log.read_text()):
                return found
            time.sleep(0.1)
        raise AssertionError(found[-4000:])


@contextmanager
def running(program: Path, configuration: Any, scraped: str, folder: Path) -> Iterator[Collector]:
    """Run the collector with addresses of this machine, and its log instead of Honeycomb."""
    chosen = ports.choose(("grpc", "http", "health"), {})
    at = {name: f"127.0.0.1:{port}" for name, port in chosen.items()}
    scrape = configuration["receivers"]["prometheus/keycloak"]["config"]["scrape_configs"][0]
    local = {"static_configs": [{"targets": [scraped]}], "scrape_interval": "1s"}
    scrape = {**{k: v for k, v in scrape.items() if k != "dns_sd_configs"}, **local}
    pipelines = configuration["service"]["pipelines"].items()
    own = {
        "receivers": {
            "otlp": {"protocols": {name: {"endpoint": at[name]} for name in ("grpc", "http")}},
            "prometheus/keycloak": {"config": {"scrape_configs": [scrape]}},
        },
        "processors": configuration["processors"],
        "exporters": {"debug": {"verbosity": "detailed"}},
        "extensions": {"health_check": {"endpoint": at["health"]}},
        "service": {
            "extensions": ["health_check"],
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {name: {**each, "exporters": ["debug"]} for name, each in pipelines},
        },
    }
    file, log = folder / "collector.yaml", folder / "log"
    file.write_text(yaml.safe_dump(own))
    with log.open("wb") as output:
        process = subprocess.Popen([str(program), f"--config={file}"], env={}, stderr=output)
    try:
        collector = Collector(f"http://{at['http']}", log)
        collector.wait_for("Everything is ready")
        yield collector
    finally:
        process.terminate()
        process.wait(30)


class Keycloak(BaseHTTPRequestHandler):
    """Answers every request with two metrics, one of them with a label that names a user."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        labels = f'area="heap",user="{CUSTOMER}"'
        self.wfile.write(f"jvm_memory_used_bytes{{{labels}}} 1\nother_bytes 2\n".encode())

    def log_message(self, *arguments: object) -> None:
        """Keep the output of the tests free of requests."""


@pytest.fixture(scope="module")
def collector(
    program: Path, configuration: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Collector]:
    folder = tmp_path_factory.mktemp("log")
    with (
        listening(Keycloak) as scraped,
        running(program, configuration, scraped, folder) as found,
    ):
        yield found


def attributes(**values: str) -> list[Any]:
    return [
        {"key": name.replace("_", "."), "value": {"stringValue": value}}
        for name, value in values.items()
    ]


def test_no_customer_is_in_a_span_that_leaves(collector: Collector) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    span = {
        "traceId": trace,
        "spanId": "b7ad6b7169203331",
        "name": "POST /graphql",
        "attributes": attributes(
            graphql_variables=CUSTOMER, db_statement=f"SELECT '{CUSTOMER}'", http_route="/graphql"
        ),
        "events": [
            {
                "name": "exception",
                "attributes": attributes(exception_message=CUSTOMER, exception_type="Refused"),
            },
            {"name": f"{CUSTOMER} is onboarded", "attributes": attributes(level="INFO")},
        ],
        "status": {"code": 2, "message": f"no account of {CUSTOMER}"},
    }
    resource = {"attributes": attributes(service_name="lana-bank", host_name=CUSTOMER)}
    scope = {"scope": {"name": "lana", "attributes": attributes(owner=CUSTOMER)}, "spans": [span]}
    sent = {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}
    httpx.post(f"{collector.url}/v1/traces", json=sent, timeout=30).raise_for_status()
    left = collector.wait_for("SpanEvent #1")
    assert CUSTOMER not in left
    for kept in ("service.name: Str(lana-bank)", "http.route: Str(/graphql)", "Name: exception"):
        assert kept in left
    assert "exception.type: Str(Refused)" in left
    assert "Status code    : Error" in left
    assert re.search(r"db\.statement: Str\([0-9a-f]{64}\)", left)


def test_listed_metrics_of_keycloak_leave_without_other_labels(collector: Collector) -> None:
    left = collector.wait_for("jvm_memory_used_bytes")
    assert "area: Str(heap)" in collector.wait_for("area: ")
    assert CUSTOMER not in left
    assert "other_bytes" not in left
