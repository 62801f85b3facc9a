"""The chart's SQL for roles and grants, on a real PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.charts.chart_rendering import Chart, whole_values

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
OLDEST = 14
PASSWORDS = {name: f"{name}-word" for name in ("server", "dagster", "keycloak", "reader")}

pytestmark = [
    pytest.mark.skipif(
        not SERVERS or int(SERVERS[-1].parts[-2]) < OLDEST,
        reason="PostgreSQL 14 or newer is not installed (Debian: postgresql)",
    ),
]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that listens on a socket in its own folder only."""

    folder: Path
    script: Path
    roles: Path
    user: str | None

    def psql(
        self, database: str, sql: str, *, user: str = "postgres", password: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At", "-d", database, "-c", sql]
        return self.run([*command, "-U", user], PGPASSWORD=password)

    def ask(self, database: str, sql: str, **who: str) -> str:
        done = self.psql(database, sql, **who)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def refusal(self, database: str, sql: str, **who: str) -> str:
        done = self.psql(database, sql, **who)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def make_databases(self, **changed: str) -> None:
        """Run the script that the image runs."""
        variables = {f"{k.upper()}_PASSWORD": v for k, v in {**PASSWORDS, **changed}.items()}
        done = self.run(["bash", str(self.script)], ROLES_SQL=str(self.roles), **variables)
        assert done.returncode == 0, done.stderr

    def run(self, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={"PATH": f"{SERVERS[-1]}:{os.environ['PATH']}", "PGHOST": str(self.folder)}
            | {"LC_ALL": "C", **variables},
            cwd=self.folder,
            user=self.user,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def somebody() -> str | None:
    """Return the user of the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@pytest.fixture(scope="module")
def server(chart: Chart) -> Iterator[Server]:
    rendered = chart.render(whole_values())
    data = next(
        found["data"]
        for found in rendered
        if found["kind"] == "ConfigMap" and found["metadata"]["name"] == "lana-bank-postgresql"
    )
    # Sockets have short names, and the user must get in: not below pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = somebody()
    server = Server(folder, folder / "databases.sh", folder / "roles.sql", user)
    server.script.write_text(data["10-databases.sh"])
    server.roles.write_text(data["roles.sql"])
    try:
        if user:
            for path in (folder, server.script, server.roles):
                shutil.chown(path, user)
        yield from _running(server)
    finally:
        shutil.rmtree(folder)


def _running(server: Server) -> Iterator[Server]:
    data = server.folder / "data"
    made = server.run(["initdb", "--pgdata", str(data), "--username=postgres", "--auth=trust"])
    assert made.returncode == 0, made.stderr
    rules = "local all postgres trust\nlocal all all scram-sha-256\n"
    written = server.run(["bash", "-c", f"printf '{rules}' > {data}/pg_hba.conf"])
    assert written.returncode == 0, written.stderr
    options = f"-c listen_addresses= -c unix_socket_directories={server.folder} -c fsync=off"
    control = ["pg_ctl", "--pgdata", str(data), "--wait", "--timeout=30"]
    log = ["--log", str(server.folder / "log")]
    started = server.run([*control, *log, "--options", options, "start"])
    assert started.returncode == 0, (server.folder / "log").read_text()
    try:
        server.make_databases()
        yield server
    finally:
        server.run([*control, "--mode=immediate", "stop"])


def owner(name: str) -> dict[str, str]:
    return {"user": name, "password": PASSWORDS[name]}


def test_each_part_has_a_database_that_it_owns(server: Server) -> None:
    for name in ("server", "dagster", "keycloak"):
        assert server.ask(name, "SELECT current_user", **owner(name)) == name


def test_no_user_can_connect_to_the_database_of_another(server: Server) -> None:
    for name, other in (("dagster", "server"), ("keycloak", "dagster"), ("reader", "keycloak")):
        assert "permission denied for database" in server.refusal(other, "", **owner(name))


def test_the_reader_reads_later_tables_and_writes_nothing(server: Server) -> None:
    server.ask("server", "CREATE TABLE accounts AS SELECT 7 AS balance", **owner("server"))
    assert server.ask("server", "SELECT balance FROM accounts", **owner("reader")) == "7"
    for statement in (
        "INSERT INTO accounts VALUES (8)",
        "DELETE FROM accounts",
        "DROP TABLE accounts",
        "CREATE TABLE mine (id int)",
        "SET default_transaction_read_only = off; UPDATE accounts SET balance = 0",
    ):
        refusal = server.refusal("server", statement, **owner("reader"))
        assert "read-only transaction" in refusal or "permission denied" in refusal, refusal


def test_running_it_again_changes_nothing(server: Server) -> None:
    shown = "SELECT datname, datacl FROM pg_database ORDER BY 1"
    rights = "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles ORDER BY 1"
    before = (server.ask("server", shown), server.ask("server", rights))
    server.make_databases()
    assert (server.ask("server", shown), server.ask("server", rights)) == before


def test_a_rotated_password_replaces_the_old_one(server: Server) -> None:
    server.make_databases(reader="another-word")
    assert "authentication failed" in server.refusal("server", "SELECT 1", **owner("reader"))
    assert server.ask("server", "SELECT 1", user="reader", password="another-word") == "1"
    server.make_databases()


def test_a_clouds_administrator_need_not_be_superuser(server: Server) -> None:
    """As the hook job runs it: by the owner, who may make roles but is nothing more."""
    server.ask("postgres", "CREATE ROLE cloud LOGIN CREATEROLE PASSWORD 'cloud-word'")
    server.ask("postgres", "CREATE DATABASE cloud OWNER cloud")
    command = ["psql", "--no-psqlrc", "--set=owner=cloud", f"--file={server.roles}"]
    variables = {"PGUSER": "cloud", "PGDATABASE": "cloud", "PGPASSWORD": "cloud-word"}
    for _ in range(2):
        done = server.run(command, READER_PASSWORD=PASSWORDS["reader"], **variables)
        assert done.returncode == 0, done.stderr
    cloud = {"user": "cloud", "password": "cloud-word"}
    server.ask("cloud", "CREATE TABLE t AS SELECT 1 AS one", **cloud)
    assert server.ask("cloud", "SELECT one FROM t", **owner("reader")) == "1"
