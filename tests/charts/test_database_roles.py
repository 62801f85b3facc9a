"""The chart's databases, roles and grants, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from modules.secrets.names import DATABASE_USERS, login
from tests.charts.chart_rendering import Chart, Object, whole_values
from tests.charts.postgresql_server import (
    HAS_PGAUDIT,
    OLDEST,
    SERVERS,
    Postgres,
    decoded,
    running,
)

pytestmark = pytest.mark.skipif(
    not SERVERS or int(SERVERS[-1].parts[-2]) < OLDEST,
    reason="PostgreSQL 14 or newer is not installed (Debian: postgresql)",
)
DATABASES = ("server", "dagster", "keycloak")


def found(rendered: list[Object], kind: str, name: str) -> Any:
    return next(o for o in rendered if (o["kind"], o["metadata"]["name"]) == (kind, name))


def container(workload: Any) -> Any:
    return workload["spec"]["template"]["spec"]["containers"][0]


class Installation:
    """The roles of an installation with databases outside of the cluster."""

    def __init__(self, server: Postgres, rendered: list[Object]) -> None:
        self.server, self.rendered = server, rendered
        self.rotate()

    def rotate(self, **versions: int) -> None:
        """Write the Secrets as Terraform does (``modules.secrets``)."""
        for user, database in DATABASE_USERS.items():
            version = versions.get(user, 1)
            self.server.secrets[f"lana-bank-db-{user}"] = {
                "host": "localhost",
                "name": database,
                "username": login(user, version),
                "password": f"{user}-word-{version}",
                "sslmode": "verify-full",
                "ca.pem": (self.server.folder / "ca.pem").read_text(),
            }

    def run_job(self) -> None:
        """Run the job's command in the job's environment."""
        self.server.mount(found(self.rendered, "ConfigMap", "lana-bank-database-roles")["data"])
        job = container(found(self.rendered, "Job", "lana-bank-database-roles"))
        command = [part.replace("/etc/lana", str(self.server.folder)) for part in job["command"]]
        done = self.server.run(command, **self.server.environment(job))
        assert done.returncode == 0, done.stderr

    def url(self, workload: str, variable: str) -> str:
        """Return the address that a program of the chart connects to."""
        return self.server.environment(container(found(self.rendered, "Deployment", workload)))[
            variable
        ]

    @property
    def bank(self) -> str:
        return self.url("lana-bank", "PG_CON")

    @property
    def reader(self) -> str:
        return self.url("lana-bank-dagster-code", "LANA_PG_CON")


@pytest.fixture(scope="module")
def rendered(chart: Chart) -> list[Object]:
    return chart.render(whole_values())


@pytest.fixture(scope="module")
def cloud(rendered: list[Object]) -> Iterator[Installation]:
    """One server for all three databases, with administrators as the clouds have them."""
    with running("log_statement=ddl") as server:
        for database in DATABASES:
            server.ask(
                f"CREATE ROLE {database}admin LOGIN CREATEROLE CREATEDB "
                f"PASSWORD '{database}-admin-word-1'",
                PGDATABASE="postgres",
            )
        installation = Installation(server, rendered)
        installation.run_job()
        yield installation


def test_programs_own_tables_but_neither_databases_nor_roles(cloud: Installation) -> None:
    server = cloud.server
    server.ask("CREATE TABLE accounts AS SELECT 7 AS balance", cloud.bank)
    assert server.ask("SELECT current_user, session_user", cloud.bank) == "server_owner|server_1"
    owners = "SELECT tableowner FROM pg_tables WHERE tablename = 'accounts'"
    assert server.ask(owners) == "server_owner"
    for statement, refusal in (
        ("DROP DATABASE dagster", "must be owner"),
        ("CREATE ROLE thief", "permission denied to create role"),
        ("ALTER ROLE serveradmin PASSWORD 'x'", "permission denied"),
        ("CREATE DATABASE mine", "permission denied to create database"),
        ("SET ROLE serveradmin", "permission denied to set role"),
    ):
        assert refusal in server.refusal(statement, cloud.bank), statement
    rights = "SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb) FROM pg_roles WHERE rolname"
    assert server.ask(f"{rights} ~ '^(server|dagster|keycloak|reader)_'") == "f"


def test_a_program_reaches_its_own_database_only(cloud: Installation) -> None:
    other = cloud.bank.replace("/server?", "/keycloak?")
    assert "permission denied for database" in cloud.server.refusal("SELECT 1", other)
    dagster = cloud.url("lana-bank-dagster", "DAGSTER_POSTGRES_URL")
    assert cloud.server.ask("SELECT current_database()", dagster) == "dagster"
    keycloak = cloud.server.environment(
        container(found(cloud.rendered, "Deployment", "lana-bank-keycloak"))
    )
    target = keycloak["KC_DB_URL"].removeprefix("jdbc:")
    login_variables = {
        "PGUSER": keycloak["KC_DB_USERNAME"],
        "PGPASSWORD": keycloak["KC_DB_PASSWORD"],
    }
    assert cloud.server.ask("SELECT current_user", target, **login_variables) == "keycloak_owner"


def test_the_server_is_verified_by_name_and_authority(cloud: Installation) -> None:
    server = cloud.server
    by_address = cloud.bank.replace("@localhost:", "@127.0.0.1:")
    assert "does not match host name" in server.refusal("SELECT 1", by_address)
    other = str(server.folder / "server.key")  # a file that is no authority
    path = str(server.folder / "authorities" / "server.pem")
    assert path in cloud.bank
    refusal = server.refusal("SELECT 1", cloud.bank.replace(path, other))
    assert "could not read root certificate" in refusal
    plain = cloud.bank.replace("sslmode=verify-full", "sslmode=disable")
    assert "no encryption" in server.refusal("SELECT 1", plain)


def test_the_reader_reads_later_tables_and_writes_nothing(cloud: Installation) -> None:
    server = cloud.server
    server.ask("CREATE TABLE later AS SELECT 7 AS balance", cloud.bank)
    assert server.ask("SELECT balance FROM later", cloud.reader) == "7"
    for statement in (
        "INSERT INTO later VALUES (8)",
        "DROP TABLE later",
        "CREATE TABLE mine (id int)",
        "SET default_transaction_read_only = off; UPDATE later SET balance = 0",
        "SET default_transaction_read_only = off; RESET ROLE; UPDATE later SET balance = 0",
    ):
        refusal = server.refusal(statement, cloud.reader)
        assert "read-only transaction" in refusal or "permission denied" in refusal, refusal
        assert "must be owner" not in refusal


def test_a_rotation_leaves_the_previous_user_until_the_next_run(cloud: Installation) -> None:
    server, before = cloud.server, cloud.bank
    cloud.rotate(server=2)
    cloud.run_job()
    after = cloud.bank
    assert server.ask("SELECT session_user", before) == "server_1"
    assert server.ask("SELECT session_user, current_user", after) == "server_2|server_owner"
    server.ask("CREATE TABLE shared AS SELECT 1 AS one", after)
    assert server.ask("INSERT INTO shared VALUES (2); SELECT count(*) FROM shared", before)
    cloud.run_job()
    assert "authentication failed" in server.refusal("SELECT 1", before)
    assert server.ask("SELECT session_user", after) == "server_2"


def test_running_it_again_changes_nothing(cloud: Installation) -> None:
    shown = "SELECT datname, datacl FROM pg_database ORDER BY 1"
    rights = "SELECT rolname, rolcanlogin, rolconfig FROM pg_roles ORDER BY 1"
    before = (cloud.server.ask(shown), cloud.server.ask(rights))
    cloud.run_job()
    assert (cloud.server.ask(shown), cloud.server.ask(rights)) == before


def test_no_password_is_in_the_log(cloud: Installation) -> None:
    assert "CREATE ROLE" in cloud.server.log
    assert "SCRAM-SHA-256$" in cloud.server.log
    words = {data["password"] for data in cloud.server.secrets.values()}
    words -= {f"{database}-admin-word-1" for database in DATABASES}
    assert {word for word in words if word in cloud.server.log} == set()


AUDITS = [
    (),
    pytest.param(
        ("shared_preload_libraries=pgaudit", "pgaudit.log=ddl"),
        marks=pytest.mark.skipif(
            not HAS_PGAUDIT, reason="pgaudit is not installed (Debian: postgresql-15-pgaudit)"
        ),
    ),
]


@pytest.mark.parametrize("audit", AUDITS, ids=["plain", "audited"])
def test_the_server_in_the_cluster_has_the_same_roles(
    rendered: list[Object], audit: tuple[str, ...]
) -> None:
    """As its image runs the script: as superuser, over the socket, with the chart's own Secrets.

    Where the library of pgaudit is loaded, as on the clouds, it gets its extension.
    """
    with running(*audit) as server:
        for item in rendered:
            if item["kind"] == "Secret" and item["metadata"]["name"].startswith("lana-bank-"):
                server.secrets[item["metadata"]["name"]] = decoded(item)
        files = found(rendered, "ConfigMap", "lana-bank-postgresql")["data"]
        server.mount(files)
        image = container(found(rendered, "StatefulSet", "lana-bank-postgresql"))
        variables = server.environment(image)
        command = ["bash", str(server.folder / "10-databases.sh")]
        for _ in range(2):
            inside = {"PGHOST": str(server.folder), "ROLES_FOLDER": str(server.folder)}
            done = server.run(command, **variables, **inside)
            assert done.returncode == 0, done.stderr
        secret = server.secrets["lana-bank-db-server"]
        inside = {"PGUSER": secret["username"], "PGPASSWORD": secret["password"]}
        assert server.ask("SELECT current_user", **inside) == "server_owner"
        extensions = server.ask("SELECT count(*) FROM pg_extension WHERE extname = 'pgaudit'")
        assert extensions == ("1" if audit else "0")
        assert ("AUDIT: SESSION" in server.log) == bool(audit)
