"""The chart: its optional parts, and the hash of its folder; imports no CDK Terrain."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from modules.errors import ModuleError

Component = Literal[
    "dagster",
    "gotenberg",
    "keycloak",
    "oathkeeper",
    "oauth2Proxy",
    "openTelemetryCollector",
    "postgresql",
]
"""An optional part, by its key in the chart's values; server and portals are always installed."""

COMPONENTS: frozenset[Component] = frozenset(get_args(Component))
CLOUD_COMPONENTS: frozenset[Component] = COMPONENTS - {"postgresql"}
"""The default of environments whose databases are managed by a cloud."""

Part = Literal[
    "server",
    "admin-panel",
    "customer-portal",
    "keycloak",
    "oathkeeper",
    "oauth2-proxy",
    "gotenberg",
    "opentelemetry-collector",
    "dagster",
    "dagster-daemon",
    "dagster-code",
]
"""A workload of the chart, by its label app.kubernetes.io/component."""

PART_VALUES: Mapping[Part, tuple[str, ...]] = {
    "server": ("lanaBank",),
    "admin-panel": ("lanaBank", "adminPanel"),
    "customer-portal": ("lanaBank", "customerPortal"),
    "keycloak": ("keycloak",),
    "oathkeeper": ("oathkeeper",),
    "oauth2-proxy": ("oauth2Proxy",),
    "gotenberg": ("gotenberg",),
    "opentelemetry-collector": ("openTelemetryCollector",),
    "dagster": ("dagster", "webserver"),
    "dagster-daemon": ("dagster", "daemon"),
    "dagster-code": ("dagster", "codeLocation"),
}
"""Keys that lead to the values of a part."""

AUTOSCALED: frozenset[Part] = frozenset(
    {"server", "admin-panel", "customer-portal", "oathkeeper", "gotenberg"}
)
"""Parts that an autoscaler helps: they use CPU for what they are asked."""

SINGLE: frozenset[Part] = frozenset({"dagster-daemon", "dagster-code"})
"""Parts that run once."""

REPLICATED: frozenset[Component] = COMPONENTS - {"dagster", "postgresql"}
"""Parts with the replicas of the server; of Dagster only the web server has them."""


def chart_hash(folder: Path) -> str:
    """Return the sha256 (hex) over every file below ``folder``: path, executable bit, content.

    Helm's provider sees no change when a local chart's files change under the same version
    (terraform-provider-helm#515), so this hash is among the values of every release. Dot
    files count (``.helmignore`` changes what is installed); timestamps, owners and the order
    of directory entries do not. Raises ``ModuleError`` if there is no chart, or if an entry is
    neither a file nor a folder.
    """
    if not (folder / "Chart.yaml").is_file():
        raise ModuleError(f"read chart {folder}: there is no Chart.yaml; sync the vendored charts")
    total = hashlib.sha256()
    files = (entry for entry in folder.rglob("*") if entry.is_symlink() or not entry.is_dir())
    for file in sorted(files, key=lambda file: file.relative_to(folder).as_posix()):
        if file.is_symlink() or not file.is_file():
            raise ModuleError(f"read chart {folder}: {file.name} is not a regular file")
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        mode = "x" if file.stat().st_mode & 0o111 else "-"
        total.update(f"{file.relative_to(folder).as_posix()}\0{mode}\0{content}\n".encode())
    return total.hexdigest()
