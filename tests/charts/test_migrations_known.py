"""The chart's comparison of migrations, on a real PostgreSQL, before an upgrade or a rollback."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promoter.release.migrations import LISTING, listing
from tests.charts.chart_rendering import Chart, Object, good_values, pinned, whole_values
from tests.charts.postgresql_server import OLDEST, SERVERS, Postgres, running

pytestmark = pytest.mark.skipif(
    not SERVERS or int(SERVERS[-1].parts[-2]) < OLDEST,
    reason="PostgreSQL 14 or newer is not installed (Debian: postgresql)",
)
JOB = "lana-bank-migrations"
MIGRATIONS = {"1_first.sql": b"SELECT 1;", "2_second.sql": b"SELECT 2;"}
TABLE = (
    "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,"
    " installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL,"
    " checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)"
)
"""As sqlx makes it (sqlx-postgres, `ensure_migrations_table`)."""


def of_version(chart: Chart, folder: Path, migrations: dict[str, bytes]) -> Chart:
    """Return the chart that pins a release with ``migrations``."""
    shutil.copytree(chart.folder, folder)
    (folder / LISTING).write_bytes(listing(migrations))
    return Chart(folder, chart.helm)


def found(rendered: list[Object], kind: str) -> Any:
    return next(o for o in rendered if (o["kind"], o["metadata"]["name"]) == (kind, JOB))


@pytest.fixture(scope="module")
def rendered(chart: Chart, tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    return of_version(chart, tmp_path_factory.mktemp("m") / "chart", MIGRATIONS).render(
        whole_values()
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running() as server:
        server.secrets["lana-bank-db-server"] = {
            "host": "localhost",
            "name": "server",
            "username": "server",
            "password": "word",
            "sslmode": "verify-full",
            "ca.pem": (server.folder / "ca.pem").read_text(),
        }
        server.ask("CREATE ROLE server LOGIN PASSWORD 'word'", PGDATABASE="postgres")
        server.ask("CREATE DATABASE server OWNER server", PGDATABASE="postgres")
        yield server


def compared(server: Postgres, rendered: list[Object]) -> subprocess.CompletedProcess[str]:
    """Run the job's command in the job's environment."""
    server.mount(found(rendered, "ConfigMap")["data"])
    job = found(rendered, "Job")["spec"]["template"]["spec"]["containers"][0]
    command = [part.replace("/etc/lana", str(server.folder)) for part in job["command"]]
    return server.run(command, **server.environment(job))


def ran(server: Postgres, version: int, content: bytes) -> None:
    digest = hashlib.sha384(content).hexdigest()
    server.ask(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)"
        f" VALUES ({version}, 'x', true, '\\x{digest}', 1)"
    )


def test_a_version_that_does_not_know_what_has_run_changes_nothing(
    server: Postgres, rendered: list[Object]
) -> None:
    server.ask("DROP TABLE IF EXISTS _sqlx_migrations")
    assert compared(server, rendered).returncode == 0  # Nothing has run in a new database.
    server.ask(TABLE + "; GRANT SELECT ON _sqlx_migrations TO server")
    assert compared(server, rendered).returncode == 0
    ran(server, 1, b"SELECT 1;")
    assert compared(server, rendered).returncode == 0  # It may have more than have run.
    ran(server, 2, b"SELECT 3;")
    changed = compared(server, rendered)
    assert changed.returncode == 1
    assert "that this version does not know:\n2\nnext:" in changed.stderr
    server.ask("DELETE FROM _sqlx_migrations WHERE version = 2")
    ran(server, 20260101, b"x")
    newer = compared(server, rendered)
    assert newer.returncode == 1
    assert "that this version does not know:\n20260101\nnext:" in newer.stderr


def test_a_database_that_cannot_be_read_is_not_passed(
    server: Postgres, rendered: list[Object]
) -> None:
    secret = server.secrets["lana-bank-db-server"]
    server.secrets["lana-bank-db-server"] = secret | {"password": "wrong"}
    try:
        assert "password authentication failed" in compared(server, rendered).stderr
        assert compared(server, rendered).returncode != 0
    finally:
        server.secrets["lana-bank-db-server"] = secret


def test_it_comes_before_an_upgrade_and_a_rollback(rendered: list[Object]) -> None:
    for kind in ("ServiceAccount", "ConfigMap", "Job"):
        hooks = found(rendered, kind)["metadata"]["annotations"]["helm.sh/hook"]
        assert hooks == "pre-upgrade,pre-rollback"
    assert found(rendered, "NetworkPolicy")["spec"]["egress"][0]["ports"][0]["port"] == 5432


def test_a_chart_without_a_list_compares_nothing(chart: Chart, tmp_path: Path) -> None:
    without = tmp_path / "chart"
    shutil.copytree(chart.folder, without)
    (without / LISTING).unlink(missing_ok=True)
    names = {o["metadata"]["name"] for o in Chart(without, chart.helm).render(whole_values())}
    assert JOB not in names


def test_outside_of_the_cluster_it_has_the_image_of_the_roles(chart: Chart, tmp_path: Path) -> None:
    values = good_values() | {"databaseRoles": {"enabled": True, **pinned()}}
    rendered = of_version(chart, tmp_path / "chart", MIGRATIONS).render(values)
    image = found(rendered, "Job")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"docker.io/library/postgres@{pinned()['image']['digest']}"
