"""The job that reconciles realms, with a real Keycloak on a real PostgreSQL that has other ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from promoter.common import ports
from promoter.common.environment import child_environment
from tests.charts import postgresql_server
from tests.charts.chart_rendering import Chart, Object, whole_values
from tests.charts.keycloak_server import (
    MISSING,
    PERSON,
    add_person,
    available,
    home_on_postgres,
)
from tests.charts.postgresql_server import SERVERS, Environment, Postgres
from tests.charts.test_keycloak_realms import Browser, claims

DOMAIN = "staging.lana.localhost"
PANEL = "https://panel.example.com/auth/callback"
SECRET_KEYS = (
    "keycloak-internal-client-secret",
    "keycloak-customer-client-secret",
    "customer-portal-client-secret",
    "oauth2-proxy-client-secret",
)
NO_ADMINISTRATOR = """
    SELECT count(*) FROM user_entity JOIN realm ON realm.id = realm_id WHERE name = 'master'
"""
MASTERS_CLIENTS = """
    SELECT string_agg(client_id, ' ') FROM client JOIN realm ON realm.id = realm_id
    WHERE realm.name = 'master' AND client_id LIKE 'reconcile-%'
"""
ROLES = "SELECT count(*) FROM keycloak_role WHERE name = 'dagster'"
PROTECTED = """
    SELECT value FROM realm_attribute JOIN realm ON realm.id = realm_id
    WHERE realm.name = 'internal' AND realm_attribute.name = 'bruteForceProtected'
"""
MAIL_PASSWORD = 'with "quotes" & \\ more'
MAIL = """
    SELECT string_agg(realm_smtp_config.name || '=' || value, '|' ORDER BY realm_smtp_config.name)
    FROM realm_smtp_config JOIN realm ON realm.id = realm_id WHERE realm.name = '{realm}'
"""
PEOPLE = f"SELECT string_agg(id, ' ' ORDER BY id) FROM user_entity WHERE email = '{PERSON}'"

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not available(), reason=MISSING),
    pytest.mark.skipif(not SERVERS, reason="PostgreSQL is not installed (Debian: postgresql)"),
]


def found(rendered: list[Object], kind: str, name: str) -> Any:
    return next(o for o in rendered if (o["kind"], o["metadata"]["name"]) == (kind, name))


def container(workload: Any) -> Any:
    return workload["spec"]["template"]["spec"]["containers"][0]


@dataclass
class Keycloak:
    """Keycloak and its database; ``home`` is its folder, ``url`` its address."""

    postgres: Postgres
    home: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rotate(self, version: int) -> None:
        """Write the Secret of the clients as Terraform does."""
        words = {key: f"{key}-{version}".replace("-", "") for key in SECRET_KEYS}
        self.postgres.secrets["lana-bank"] = words

    def environment(self, workload: Any) -> Environment:
        """Return the pod's environment, with addresses of this machine."""
        own = {
            "KC_CACHE": "local",
            "KC_HTTP_HOST": "127.0.0.1",
            "KC_HTTP_PORT": str(self.port),
            "KC_HTTP_MANAGEMENT_PORT": "0",
            "KEYCLOAK_HOME": str(self.home),
            "KEYCLOAK_URL": self.url,
            # The job starts dozens of short programs: what one compiles costs more than it saves.
            "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1",
        }
        given = self.postgres.environment(container(workload))
        assert "KC_BOOTSTRAP_ADMIN_PASSWORD" not in given
        return {**child_environment(), **given, **own}

    def start(self, rendered: list[Object], realms: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start the server with the pod's arguments and ``realms`` to import."""
        imported = self.home / "data/import"
        imported.mkdir(parents=True, exist_ok=True)
        for name, text in realms.items():
            (imported / name).write_text(text)
        deployment = found(rendered, "Deployment", "lana-bank-keycloak")
        log = (self.folder / "log").open("wb")
        return subprocess.Popen(
            ["bash", str(self.home / "bin/kc.sh"), *container(deployment)["args"]],
            env=self.environment(deployment),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def reconcile(self, rendered: list[Object]) -> subprocess.CompletedProcess[str]:
        """Run the job's command in the job's environment."""
        job = found(rendered, "Job", "lana-bank-keycloak-realms")
        mounted = self.folder / "mounted"
        mounted.mkdir(exist_ok=True)
        for name, text in found(rendered, "ConfigMap", "lana-bank-keycloak-realms")["data"].items():
            (mounted / name).write_text(text)
        command = [part.replace("/etc/lana", str(mounted)) for part in container(job)["command"]]
        return subprocess.run(
            command,
            env=self.environment(job),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def token(self, realm: str, client: str, secret: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        address = f"{self.url}/realms/{realm}/protocol/openid-connect/token"
        return httpx.post(address, data=form, timeout=30)


def older(rendered: list[Object]) -> dict[str, str]:
    """Return realm files of an earlier chart: one client and all mappers of APIs are missing."""
    files = dict(found(rendered, "ConfigMap", "lana-bank-keycloak")["data"])
    realm = json.loads(files["internal.json"])
    realm["clients"] = [each for each in realm["clients"] if each["clientId"] != "oauth2-proxy"]
    realm["roles"]["realm"] = []
    for client in realm["clients"]:
        client["protocolMappers"] = [m for m in client["protocolMappers"] if m["name"] != "api"]
    realm["bruteForceProtected"] = False
    return {**files, "internal.json": json.dumps(realm)}


@pytest.fixture(scope="module")
def rendered(chart: Chart) -> list[Object]:
    values = whole_values()
    values["global"]["lanaDomain"] = DOMAIN
    values["keycloak"]["adminPanelRedirects"] = [PANEL]
    values["keycloak"]["smtp"] = {"relay": "mail.example.com", "from": "bank@example.com"}
    return chart.render(values)


@pytest.fixture(scope="module")
def keycloak(
    rendered: list[Object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Keycloak]:
    folder = tmp_path_factory.mktemp("keycloak")
    port = ports.choose(("keycloak",), {})["keycloak"]
    with postgresql_server.running() as postgres:
        postgres.ask("CREATE ROLE keycloak_1 LOGIN PASSWORD 'word'", PGDATABASE="postgres")
        postgres.ask("CREATE DATABASE keycloak OWNER keycloak_1", PGDATABASE="postgres")
        postgres.secrets["lana-bank-db-keycloak"] = {
            "host": "localhost",
            "name": "keycloak",
            "username": "keycloak_1",
            "password": "word",
            "sslmode": "verify-full",
            "ca.pem": (postgres.folder / "ca.pem").read_text(),
        }
        postgres.secrets["lana-bank-external"] = {
            "smtp-username": "mailer",
            "smtp-password": MAIL_PASSWORD,
        }
        postgres.mount({})
        server = Keycloak(postgres, home_on_postgres(folder), folder, port)
        server.rotate(1)
        process = server.start(rendered, older(rendered))
        try:
            wait_until_ready(server, process)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def wait_until_ready(server: Keycloak, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/realms/customer", timeout=30).status_code == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)
            break
    raise AssertionError((server.folder / "log").read_text()[-4000:])


def test_an_existing_keycloak_becomes_what_the_chart_has(
    keycloak: Keycloak, rendered: list[Object]
) -> None:
    secrets = keycloak.postgres.secrets
    before = dict(secrets["lana-bank"])
    ask = keycloak.postgres.ask
    service = "internal-service-account"
    given = keycloak.token("internal", service, before["keycloak-internal-client-secret"])
    assert given.status_code == 200, given.text
    add_person(keycloak, "internal", given.json()["access_token"])
    people = ask(PEOPLE, PGDATABASE="keycloak")
    assert people
    callback = f"https://dagster.{DOMAIN}/oauth2/callback"
    assert Browser(keycloak, "internal", "oauth2-proxy", callback).open().status_code == 400

    keycloak.rotate(2)
    done = keycloak.reconcile(rendered)
    assert done.returncode == 0, done.stdout + done.stderr

    after = secrets["lana-bank"]
    old = keycloak.token("internal", service, before["keycloak-internal-client-secret"])
    assert old.status_code == 401
    new = keycloak.token("internal", service, after["keycloak-internal-client-secret"])
    assert new.status_code == 200, new.text
    assert "https://admin-api/graphql" in claims(new.json()["access_token"])["aud"]
    assert Browser(keycloak, "internal", "oauth2-proxy", callback).open().status_code == 200
    assert Browser(keycloak, "internal", "admin-panel", PANEL).open().status_code == 200
    assert ask(ROLES, PGDATABASE="keycloak") == "1"
    assert ask(PROTECTED, PGDATABASE="keycloak") == "true"
    assert ask(PEOPLE, PGDATABASE="keycloak") == people


def test_customers_get_mail_to_reset_a_password(keycloak: Keycloak) -> None:
    sent = keycloak.postgres.ask(MAIL.format(realm="customer"), PGDATABASE="keycloak")
    settings = dict(each.split("=", 1) for each in sent.split("|"))
    assert settings == {
        "auth": "true",
        "from": "bank@example.com",
        "fromDisplayName": "Lana Bank",
        "host": "mail.example.com",
        "password": MAIL_PASSWORD,
        "port": "587",
        "starttls": "true",
        "user": "mailer",
    }
    assert keycloak.postgres.ask(MAIL.format(realm="internal"), PGDATABASE="keycloak") == ""


def test_nobody_stays_an_administrator(keycloak: Keycloak) -> None:
    assert keycloak.postgres.ask(NO_ADMINISTRATOR, PGDATABASE="keycloak") == "0"
    assert keycloak.postgres.ask(MASTERS_CLIENTS, PGDATABASE="keycloak") == ""


def test_staff_sign_in_with_a_second_factor(keycloak: Keycloak) -> None:
    """A correct password alone leads to the registration of a device, not to a code."""
    browser = Browser(keycloak, "internal", "admin-panel", PANEL)
    answer = browser.sign_in()
    assert answer.status_code == 302, answer.text
    assert "execution=CONFIGURE_TOTP" in answer.headers["location"]


def test_a_second_run_changes_nothing(keycloak: Keycloak, rendered: list[Object]) -> None:
    counted = """
        SELECT (SELECT count(*) FROM client) || ' ' || (SELECT count(*) FROM protocol_mapper)
        || ' ' || (SELECT count(*) FROM keycloak_role) || ' ' || (SELECT count(*) FROM user_entity)
    """
    before = keycloak.postgres.ask(counted, PGDATABASE="keycloak")
    done = keycloak.reconcile(rendered)
    assert done.returncode == 0, done.stdout + done.stderr
    assert keycloak.postgres.ask(counted, PGDATABASE="keycloak") == before
