"""A real Keycloak of Maven Central, and one that has imported the chart's realms, on loopback."""

from __future__ import annotations

import html
import re
import secrets
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import httpx

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

PERSON = "somebody@example.com"
PASSWORD = secrets.token_urlsafe(24)
LANA_ID = "0198a3c4-0000-7000-8000-000000000001"


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
    """Return a copy of Keycloak below ``folder``, built for the chart's options as in an image."""
    key = f"{VERSION}-traced"
    built = CACHE.folder("keycloak-on-postgres", key, _build_for_postgres, Silent()) / "home"
    return Path(shutil.copytree(built, folder / "home"))


def _build_for_postgres(folder: Path) -> None:
    home = shutil.copytree(distribution(), folder / "home")
    for script in (home / "bin").glob("*.sh"):
        script.chmod(0o755)
    # Those of the pod: with others, every start would build it again.
    enabled = (f"--{part}-enabled=true" for part in ("health", "metrics", "tracing"))
    options = ("--db=postgres", *enabled, "--cache=local")
    subprocess.run(["sh", str(home / "bin/kc.sh"), "build", *options], check=True, timeout=600)


@dataclass
class Visitor:
    """Sends what a browser sends to Keycloak; cookies are kept whatever they say of TLS."""

    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, address: str, **options: Any) -> httpx.Response:
        """Return the response; redirects are not followed."""
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = httpx.request(method, address, headers={"Cookie": header}, timeout=30, **options)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def fill(self, page: httpx.Response, name: str, password: str) -> httpx.Response:
        """Return the response to a name and a password in the form of ``page``."""
        assert page.status_code == 200, page.text
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert form is not None, page.text
        sent = {"username": name, "password": password, "credentialId": ""}
        return self.send("POST", html.unescape(form[1]), data=sent)


class Address(Protocol):
    """A server that has an address."""

    @property
    def url(self) -> str: ...


def add_person(server: Address, realm: str, token: str) -> None:
    """Add `PERSON` to ``realm`` as Lana's server does: with the token of its own account."""
    person = {
        "username": PERSON,
        "email": PERSON,
        "enabled": True,
        "emailVerified": True,
        "firstName": "Some",
        "lastName": "Body",
        "attributes": {"lanaId": [LANA_ID]},
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
    }
    response = httpx.post(
        f"{server.url}/admin/realms/{realm}/users",
        json=person,
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert response.status_code == 201, response.text


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
