"""The sample application's server, built by ci/tasks/build-server, started as the chart does it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from dev.contract import FILE
from dev.sample_server import APPLICATION, BUILD, SampleServer
from promoter.common.ports import choose
from promoter.release.contract.contract import parse_contract
from promoter.release.contract.server import leaves
from promoter.smoketest.checks import check, send
from promoter.smoketest.endpoints import read_endpoints
from promoter.smoketest.pod_programs import fake_program
from promoter.smoketest.processes import start_process
from tests.charts.chart_rendering import Chart, Object, whole_values
from tests.charts.postgresql_server import decoded, running
from tests.charts.test_database_roles import Installation, container, found
from tests.charts.test_database_roles import pytestmark as needs_postgresql

pytestmark = pytest.mark.heavy

BUILD_INFO = {"query": "{ buildInfo { version } }"}
JWKS = "http://lana-bank-oathkeeper:4456"
ADMIN, CUSTOMER = "https://admin-api/graphql", "https://customer-api/graphql"


@dataclass(frozen=True)
class ChartFiles:
    """The configuration and the variables that the chart gives the server."""

    configuration: str
    variables: Mapping[str, str]


class Gateway:
    """The keys of a gateway on loopback, and the tokens that it signs."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        keys = json.dumps({"keys": [{**public, "kid": "k", "use": "sig", "alg": "RS256"}]})

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = self.path == "/.well-known/jwks.json"
                self.send_response(200 if known else 404)
                self.end_headers()
                self.wfile.write(keys.encode() if known else b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def token(self, audience: str, subject: str) -> str:
        claims = {"subject": subject, "aud": [audience], "exp": int(time.time()) + 300}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k"})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass(frozen=True)
class Bank:
    """A running server: its addresses, and the gateway whose tokens it accepts."""

    admin: str
    customer: str
    gateway: Gateway

    def ask(self, query: str, audience: str = ADMIN, subject: str = "") -> Any:
        url = self.admin if audience == ADMIN else self.customer
        token = self.gateway.token(audience, subject or str(uuid.uuid4()))
        headers = {"Authorization": f"Bearer {token}"}
        deadline = time.monotonic() + 30
        while True:
            answer = httpx.post(f"{url}/graphql", json={"query": query}, headers=headers)
            # Until it has fetched the gateway's keys it cannot verify a token.
            if answer.status_code != 500 or time.monotonic() > deadline:
                assert answer.status_code == 200, answer.text
                return answer.json()
            time.sleep(0.1)


@contextmanager
def started(
    command: Sequence[str | Path], folder: Path, chart: ChartFiles, jwks: str, port: int = 0
) -> Iterator[dict[str, str]]:
    """Run the server as the chart does, but on loopback; yield the addresses of both parts."""
    document = yaml.safe_load(chart.configuration.replace(JWKS, jwks))
    document["admin_server"]["port"] = port
    document["customer_server"]["port"] = 0
    document["app"]["storage"]["root_folder"] = str(folder / "documents")
    (folder / "lana.yml").write_text(yaml.safe_dump(document))
    own = {"LANA_CONFIG": str(folder / "lana.yml"), "LANA_HOME": str(folder / "home")}
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1"],
        env={**chart.variables, **own},
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield dict(_addresses(process))
        finally:
            process.terminate()
            assert process.stderr is not None
            assert "shutdown complete" in process.stderr.read()
            assert process.wait(timeout=30) == 0


def _addresses(process: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    assert process.stderr is not None
    lines, missing = [], {"admin", "customer"}
    while missing:
        line = process.stderr.readline()
        lines.append(line)
        assert line, "".join(lines)
        if match := re.search(r"(admin|customer) server listening on (\S+)", line):
            missing.discard(match[1])
            yield match[1], f"http://{match[2]}"


@pytest.fixture(scope="module")
def rendered(chart: Chart) -> list[Object]:
    values = whole_values()
    values["lanaBank"]["enableArtificialTime"] = True
    return chart.render(values)


@pytest.fixture(scope="module")
def installation(rendered: list[Object]) -> Iterator[Installation]:
    """The databases and roles as the chart's job creates them."""
    with running() as database:
        for name in ("server", "dagster", "keycloak"):
            role = f"{name}admin LOGIN CREATEROLE CREATEDB PASSWORD '{name}-admin-word-1'"
            database.ask(f"CREATE ROLE {role}", PGDATABASE="postgres")
        made = Installation(database, rendered)
        made.run_job()
        database.secrets["lana-bank"] = decoded(found(rendered, "Secret", "lana-bank"))
        yield made


@pytest.fixture(scope="module")
def given(rendered: list[Object], installation: Installation) -> ChartFiles:
    """The chart's configuration, variables and database roles."""
    configuration = found(rendered, "ConfigMap", "lana-bank-config")["data"]["lana.yml"]
    deployment = container(found(rendered, "Deployment", "lana-bank"))
    variables = installation.server.environment(deployment)
    assert "sslmode=verify-full" in variables["PG_CON"]
    return ChartFiles(configuration, variables)


@pytest.fixture(scope="module")
def bank(
    server: Path, given: ChartFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bank]:
    gateway = Gateway()
    with closing(gateway):
        folder = tmp_path_factory.mktemp("bank")
        with started([server], folder, given, gateway.address) as addresses:
            yield Bank(addresses["admin"], addresses["customer"], gateway)


@needs_postgresql
def test_the_server_is_as_the_smoketest_requires(bank: Bank) -> None:
    endpoints = [each for each in read_endpoints() if each.component == "server"]
    assert len(endpoints) == 3
    for endpoint in endpoints:
        send(endpoint, bank.admin, {})


@needs_postgresql
def test_a_person_whom_the_gateway_knows_gets_an_answer(bank: Bank) -> None:
    assert bank.ask("{ buildInfo { version } }")["data"]["buildInfo"]["version"] == "0.0.1-dev"
    created = bank.ask(
        'mutation { customerCreate(input: {email: "ana@example.com", customerType: BANK})'
        " { customer { customerId } } }"
    )
    customer = created["data"]["customerCreate"]["customer"]["customerId"]
    me = bank.ask("{ me { customer { email } } }", CUSTOMER, customer)
    assert me["data"]["me"]["customer"]["email"] == "ana@example.com"


@needs_postgresql
def test_the_tables_belong_to_the_role_that_outlives_a_password(
    bank: Bank, installation: Installation
) -> None:
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert bank.ask("{ customers(first: 1) { nodes { email } } }")["data"]
    assert installation.server.ask(owners) == "server_owner"


@needs_postgresql
def test_time_is_artificial_where_the_chart_says_so(bank: Bank) -> None:
    advanced = bank.ask("mutation { timeAdvanceToNextEndOfDay { time { currentTime } } }")
    shown = advanced["data"]["timeAdvanceToNextEndOfDay"]["time"]["currentTime"]
    assert shown.endswith("T23:59:59+00:00")
    assert bank.ask("{ time { currentTime } }")["data"]["time"]["currentTime"] == shown


@needs_postgresql
def test_a_document_is_linked_at_the_charts_address(bank: Bank) -> None:
    created = bank.ask(
        'mutation { customerCreate(input: {email: "bo@example.com", customerType: BANK})'
        " { customer { customerId } } }"
    )
    customer = created["data"]["customerCreate"]["customer"]["customerId"]
    stored = bank.ask(
        f'mutation {{ customerDocumentCreate(input: {{customerId: "{customer}",'
        ' filename: "contract.txt", content: "signed"}) { link } }'
    )
    link = stored["data"]["customerDocumentCreate"]["link"]
    host = "https://admin.staging.lana.localhost"
    assert link.startswith(f"{host}/local-storage/")
    assert httpx.get(link.replace(host, bank.admin)).text == "signed"


@needs_postgresql
def test_the_smoketests_question_is_answered_through_the_gateway(
    server: Path, given: ChartFiles, tmp_path: Path
) -> None:
    port = choose(("admin",), {})["admin"]
    secret = "of-the-test"
    upstreams = {"SERVER_URL": f"http://127.0.0.1:{port}"}
    with (
        fake("keycloak", tmp_path, INTERNAL_SERVICE_ACCOUNT_SECRET=secret) as keycloak,
        fake("oathkeeper", tmp_path, KEYCLOAK_URL=keycloak, **upstreams) as oathkeeper,
        started([server], tmp_path, given, oathkeeper, port),
    ):
        form = {"client_id": "internal-service-account", "client_secret": secret}
        url = f"{keycloak}/realms/internal/protocol/openid-connect/token"
        answer = httpx.post(url, data={**form, "grant_type": "client_credentials"})
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        name = "Oathkeeper passes a request with a token"
        (endpoint,) = [each for each in read_endpoints() if each.name == name]
        result = check(endpoint, lambda: send(endpoint, oathkeeper, headers))
    assert result.outcome == "passed", result.detail


@contextmanager
def fake(component: str, folder: Path, **variables: str) -> Iterator[str]:
    """Run a fake of the smoketest; yield its address."""
    program = fake_program(component, variables)
    with start_process(component, program, folder / f"{component}.log") as process:
        yield f"http://127.0.0.1:{process.port()}"


def printed(server: Path, command: str) -> str:
    """Return the output of a command of the server that only prints."""
    return subprocess.run(
        [server, command],
        env={"ENCRYPTION_KEY": "00" * 32},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout


def test_the_defaults_are_those_of_the_contract(server: Path) -> None:
    shown = printed(server, "dump-default-config")
    assert (
        dict(leaves("", yaml.safe_load(shown)))
        == parse_contract(FILE.read_bytes()).facts["server.configuration"]
    )


def test_the_committed_schema_is_the_servers(server: Path) -> None:
    shown = printed(server, "dump-schema")
    committed = APPLICATION / "lana/admin-server/src/graphql/schema.graphql"
    assert committed.read_text() == shown, "lana-cli dump-schema writes it"


def test_a_port_that_is_taken_is_named_before_the_database_is_migrated(
    server: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "lana.yml").write_text(f"admin_server: {{port: {port}}}\n")
        done = subprocess.run(
            [server, "--host", "127.0.0.1"],
            env={"ENCRYPTION_KEY": "00" * 32, "PG_CON": "postgres://nowhere.invalid/"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"listen on 127.0.0.1:{port}" in done.stderr


def built(application: Path) -> tuple[bytes, str]:
    """Compile a checkout into the shared target; return the program, and what cargo printed."""
    variables = {**os.environ, "CARGO_TARGET_DIR": str(SampleServer().compiled)}
    command = [str(application / BUILD)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1]).read_bytes(), done.stderr


def test_another_checkout_with_these_sources_has_the_same_bytes_and_is_not_compiled_again(
    server: Path, tmp_path: Path
) -> None:
    built(APPLICATION)
    other = tmp_path / "lana-bank"
    shutil.copytree(APPLICATION, other, ignore=shutil.ignore_patterns("node_modules", "target"))
    program, printed = built(other)
    assert "Compiling" not in printed
    assert program == server.read_bytes()
    # cargo compares times, and this source is older than what it has compiled.
    source = other / "lana/cli/src/server.rs"
    source.write_text(source.read_text().replace("shutdown complete", "shutdown finished"))
    os.utime(source, (0, 0))
    program, printed = built(other)
    assert b"shutdown finished" in program
    assert str(other).encode() not in program
    compiled = re.findall(r"Compiling (\S+) \S+( \(.*\))?", printed)
    assert ("lana-cli", f" ({other}/lana/cli)") in compiled
    assert all(place for _, place in compiled), "crates of others were compiled again"
    assert built(APPLICATION)[0] == server.read_bytes()


def test_the_key_of_a_build_changes_with_its_sources(tmp_path: Path) -> None:
    copy, cache = tmp_path / "application", tmp_path / "cache"
    for file in SampleServer()._files():
        target = copy / file.relative_to(APPLICATION)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    same = SampleServer(copy, cache)
    assert same._key() == SampleServer()._key()
    (copy / "lana/cli/src/main.rs").write_text("fn main() {}\n")
    assert same._key() != SampleServer()._key()
