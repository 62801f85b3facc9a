"""A real Keycloak of Maven Central, and one that has imported the chart's realms, on loopback."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from promoter.common.progress import Silent
from promoter.smoketest.installation import Container
from promoter.smoketest.pod_programs import REALMS, keycloak_program
from promoter.smoketest.processes import start_process
from promoter.toolchain.cache import Cache, default_cache
from tests.charts.chart_rendering import CHART

PINNED = Path("charts/keycloak/values.yaml")
VERSION = re.findall(r"digest: .* # (\S+)$", (CHART / PINNED).read_text(), re.MULTILINE)[0]
"""The version that the chart pins."""

ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
MISSING = "Java 17 and Maven are not installed (Debian: openjdk-17-jre-headless, maven)"
CACHE = Cache(default_cache())
SECRETS = {
    name: f"{name.lower()}-of-the-test"
    for name in (
        "INTERNAL_SERVICE_ACCOUNT_SECRET",
        "CUSTOMER_SERVICE_ACCOUNT_SECRET",
        "CUSTOMER_PORTAL_SECRET",
        "OAUTH2_PROXY_SECRET",
    )
}
"""Values of the placeholders in the realm files, as the chart's Deployment sets them."""


def available() -> bool:
    """Return whether Java and Maven are installed."""
    return bool(shutil.which("java") and shutil.which("mvn"))


def distribution() -> Path:
    """Keycloak's folder, fetched once from Maven Central by Maven."""
    return CACHE.folder("keycloak-distribution", VERSION, _fetch, Silent()) / "home"


def _fetch(folder: Path) -> None:
    command = ["mvn", "--batch-mode", "--quiet", COPY, f"-Dartifact={ARTIFACT}"]
    subprocess.run([*command, f"-DoutputDirectory={folder}"], check=True, timeout=600)
    file = folder / f"keycloak-quarkus-dist-{VERSION}.zip"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    file.unlink()
    home = (folder / f"keycloak-{VERSION}").rename(folder / "home")
    (home / "bin/kc.sh").chmod(0o755)  # a zip's modes are lost


def home_on_postgres(folder: Path) -> Path:
    """Return a copy of Keycloak below ``folder``, built for PostgreSQL as in the chart."""
    built = CACHE.folder("keycloak-on-postgres", VERSION, _build_for_postgres, Silent()) / "home"
    return Path(shutil.copytree(built, folder / "home"))


def _build_for_postgres(folder: Path) -> None:
    home = shutil.copytree(distribution(), folder / "home")
    for script in (home / "bin").glob("*.sh"):
        script.chmod(0o755)
    options = ("--db=postgres", "--health-enabled=true", "--metrics-enabled=true", "--cache=local")
    subprocess.run(["sh", str(home / "bin/kc.sh"), "build", *options], check=True, timeout=600)


@dataclass(frozen=True)
class Keycloak:
    """The address that it listens on."""

    url: str


@contextmanager
def running(folder: Path, realms: Mapping[str, str]) -> Iterator[Keycloak]:
    """A Keycloak that imports ``realms`` (file name -> content), stopped at the end."""
    variables = {**SECRETS, "KC_HTTP_ENABLED": "true", "KC_HOSTNAME_STRICT": "false"}
    files = {PurePosixPath(REALMS, name): content for name, content in realms.items()}
    container = Container((), variables, files)
    program = keycloak_program(distribution(), container, folder, CACHE, Silent())
    with start_process("keycloak", program, folder / "log") as process:
        yield Keycloak(f"http://127.0.0.1:{process.port()}")
