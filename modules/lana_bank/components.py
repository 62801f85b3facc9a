"""The optional parts of the chart; the server and both portals are always installed."""

from __future__ import annotations

from typing import Literal, get_args

Component = Literal[
    "dagster",
    "gotenberg",
    "keycloak",
    "oathkeeper",
    "oauth2Proxy",
    "openTelemetryCollector",
    "postgresql",
]
"""An optional part, by its key in the chart's values."""

COMPONENTS: frozenset[Component] = frozenset(get_args(Component))
CLOUD_COMPONENTS: frozenset[Component] = COMPONENTS - {"postgresql"}
"""The default of environments whose databases are managed by a cloud."""

REPLICATED: frozenset[Component] = COMPONENTS - {"dagster", "postgresql"}
"""Parts with the replicas of the server; of Dagster only the web server has them."""
