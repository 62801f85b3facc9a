"""The server's database as SQLite and the warehouse as DuckDB, each a file of one test."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parent / "src" / "dbt_lana_dw"
VARIABLES = {
    "DBT_BIGQUERY_PROJECT": "project",
    "DBT_BIGQUERY_DATASET": "dbt_lana",
    "DBT_BIGQUERY_CREDENTIALS_JSON": "{}",
    "TARGET_BIGQUERY_DATASET": "lana",
}
TABLES = """
create table core_customer_events_rollup (id text, email text);
create table core_credit_facility_events_rollup
    (id text, customer_id text, amount integer, is_activated boolean);
insert into core_customer_events_rollup values ('a', 'a@example.org'), ('b', 'b@example.org');
insert into core_credit_facility_events_rollup values
    ('1', 'a', 100, true), ('2', 'a', 50, true), ('3', 'b', 70, false);
"""


def pytest_configure() -> None:
    """Write the manifest, as the Dockerfile does; the code location reads it when it loads."""
    dbt = Path(sys.executable).with_name("dbt")
    folders = ["--project-dir", PROJECT, "--profiles-dir", HERE]
    env = {**os.environ, **VARIABLES, "WAREHOUSE_FILE": "of no importance"}
    subprocess.run([dbt, "--quiet", "parse", *folders], check=True, env=env)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the two databases, which the variables name."""
    with sqlite3.connect(tmp_path / "server.db") as server:
        server.executescript(TABLES)
    variables = {
        **VARIABLES,
        "LANA_PG_CON": f"sqlite:///{tmp_path / 'server.db'}",
        "WAREHOUSE_FILE": str(tmp_path / "warehouse.duckdb"),
        "DBT_PROFILES_DIR": str(HERE),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DLT_DATA_DIR": str(tmp_path / "dlt"),
        "DAGSTER_HOME": str(tmp_path),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return tmp_path
