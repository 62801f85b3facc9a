"""The parts of the chart that can be left out; the server and both portals cannot."""

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
"""An optional part, by the key that it has in the chart's values."""

COMPONENTS: frozenset[Component] = frozenset(get_args(Component))
"""All of them."""

REPLICATED: frozenset[Component] = COMPONENTS - {"dagster", "postgresql"}
"""Those that run as often as the server; of Dagster only its web server does."""
