"""Limits that alerts compare with, and the expressions of the service objectives."""

from __future__ import annotations

import pytest

from modules.azure_postgres.props import Server
from modules.gcp_postgres.props import Instance
from modules.honeycomb import COLUMNS
from modules.honeycomb.objectives import FAILED_JOBS, Objective


@pytest.mark.parametrize(
    ("tier", "connections"),
    [
        ("db-f1-micro", 25),
        ("db-g1-small", 50),
        ("db-custom-1-3840", 100),
        ("db-custom-2-7680", 400),
        ("db-custom-4-15360", 500),
        ("db-perf-optimized-N-8", 800),
        ("db-perf-optimized-N-16", 1000),
    ],
)
def test_cloud_sqls_connections_follow_from_its_memory(tier: str, connections: int) -> None:
    assert Instance(tier=tier).connections == connections
    assert Instance(tier=tier, flags={"max_connections": "77"}).connections == 77


@pytest.mark.parametrize(
    ("sku", "connections"),
    [
        ("B_Standard_B1ms", 50),
        ("B_Standard_B2s", 429),
        ("B_Standard_B2ms", 859),
        ("B_Standard_B12ms", 5000),
        ("GP_Standard_D2s_v3", 859),
        ("GP_Standard_D4ds_v5", 1718),
        ("GP_Standard_D16ads_v5", 5000),
        ("MO_Standard_E2ds_v4", 1718),
    ],
)
def test_flexible_servers_connections_are_those_of_azures_table(sku: str, connections: int) -> None:
    assert Server(sku=sku).connections == connections
    assert Server(sku=sku, configuration={"max_connections": "77"}).connections == 77


def test_objectives_name_columns_that_the_dataset_has() -> None:
    objective = Objective(
        name="server", requests="EXISTS($http.route)", percent=99.9, milliseconds=2000
    )
    named = {
        word.removeprefix("$").rstrip(",)")
        for word in objective.indicator.replace("(", " ").split()
        if word.startswith("$")
    }
    assert named == {
        "http.route",
        "http.response.status_code",
        "error",
        "duration_ms",
    }
    assert named | {each["column"] for each in FAILED_JOBS["filters"]} <= COLUMNS.keys()
