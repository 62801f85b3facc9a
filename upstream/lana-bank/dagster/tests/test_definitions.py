"""The code location loads; its assets are materialized from the server's tables to the report."""

import importlib
import sqlite3
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import dlt
import duckdb
import pytest
from dagster import (
    DefaultScheduleStatus,
    Definitions,
    ExecuteInProcessResult,
    define_asset_job,
)
from src import automation
from src.definitions import defs
from src.el import TABLES
from src.report import BucketReports
from src.warehouse import BigQueryWarehouse


class DuckDBWarehouse(BigQueryWarehouse):
    """The warehouse in one file."""

    file: str

    def destination(self) -> Any:
        return dlt.destinations.duckdb(self.file)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(self.file) as connection:
            found = connection.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class FolderReports(BucketReports):
    """The bucket as a folder."""

    folder: str

    def write(self, name: str, text: str) -> str:
        file = Path(self.folder, name)
        file.parent.mkdir(parents=True)
        file.write_text(text)
        return str(file)


class Webhook(BaseHTTPRequestHandler):
    """The server's webhook, which keeps the paths of its requests."""

    paths: list[str]

    def do_POST(self) -> None:
        self.paths.append(self.path)
        self.send_response(200)
        self.end_headers()


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The paths that were posted to the server."""
    handler = type("Handler", (Webhook,), {"paths": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        monkeypatch.setenv("LANA_ADMIN_SERVER_URL", f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, daemon=True).start()
        yield handler.paths
        server.shutdown()


def run(job: str, place: Path) -> ExecuteInProcessResult:
    """Run a job of the code location with the databases and the bucket in ``place``."""
    resources = {
        **(defs.resources or {}),
        "warehouse": DuckDBWarehouse(file=str(place / "warehouse.duckdb")),
        "reports": FolderReports(folder=str(place)),
    }
    here = Definitions(
        assets=defs.assets, jobs=defs.jobs, schedules=defs.schedules, resources=resources
    )
    return here.resolve_job_def(job).execute_in_process(raise_on_error=False)


def test_the_code_location_is_valid() -> None:
    Definitions.validate_loadable(defs)


def test_the_server_finds_the_job_that_it_starts() -> None:
    assert defs.resolve_job_def("file_reports_generation")


def test_tables_are_loaded_modeled_and_reported(place: Path, synced: list[str]) -> None:
    assert run("warehouse", place).success
    with duckdb.connect(place / "warehouse.duckdb") as warehouse:
        loaded = [warehouse.table(f"lana.{name}").fetchall() for name in TABLES]
    assert [len(rows) for rows in loaded] == [2, 3]
    assert run("file_reports_generation", place).success
    (report,) = place.glob("reports/loans/*.csv")
    assert report.read_text() == "customer_id,loans,amount\na,2,150\nb,0,0\n"
    assert synced == ["/webhook/reports/sync"]


def test_a_customer_without_an_identity_fails_the_run(place: Path) -> None:
    with sqlite3.connect(place / "server.db") as server:
        server.execute("insert into core_customer_events_rollup values (null, 'x@example.org')")
    assert not run("warehouse", place).success


@pytest.mark.parametrize(("active", "status"), [("true", "RUNNING"), ("", "STOPPED")])
def test_schedules_run_where_the_environment_says_so(
    active: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_AUTOMATIONS_ACTIVE", active)
    again = importlib.reload(automation)
    made = again.schedules(define_asset_job("a"), define_asset_job("b"))
    assert {each.default_status for each in made} == {DefaultScheduleStatus[status]}


# In a process of its own: a gRPC client that was refused once waits longer and longer.
NAMES = """
import sys
from dagster import deserialize_value
from dagster._grpc.client import DagsterGrpcClient

listed = deserialize_value(DagsterGrpcClient(socket=sys.argv[1]).list_repositories())
print(*(each.repository_name for each in listed.repository_symbols))
"""


def test_the_code_server_answers_as_the_image_starts_it(place: Path) -> None:
    root, socket = Path(__file__).parents[1], str(place / "socket")
    dagster = Path(sys.executable).with_name("dagster")
    words = ["-s", socket, "-f", root / "src" / "definitions.py", "-d", root]
    query = [sys.executable, "-c", NAMES, socket]
    with subprocess.Popen([dagster, "api", "grpc", *words], cwd=place) as server:
        try:
            while not (found := subprocess.run(query, capture_output=True, text=True).stdout):
                assert server.poll() is None
        finally:
            server.kill()  # after SIGTERM it can wait for minutes
    # The name by which the server starts jobs (app.report.dagster of its configuration).
    assert found == "__repository__\n"
