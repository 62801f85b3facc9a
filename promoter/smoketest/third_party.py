"""Programs of others that answer for simulated pods: the real one where this machine has it.

Keycloak (``kc.sh``) and Dagster (``dagster-webserver``) are used from PATH. For any other part,
and where these are not installed, a small server keeps the part's contract (`contracts`).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress
from promoter.smoketest.container import Container
from promoter.smoketest.dagster import dagster
from promoter.smoketest.keycloak import keycloak, keycloak_home
from promoter.smoketest.processes import Program
from promoter.toolchain.cache import Cache

COMPONENTS = frozenset({"keycloak", "oathkeeper", "oauth2-proxy", "dagster", "gotenberg"})


@dataclass(frozen=True)
class ThirdParty:
    """Finds the program for a component of one installation.

    ``container`` gives what the pod of a component is given, ``unpack`` lays the files of its
    image into a folder.
    """

    container: Callable[[str], Container]
    unpack: Callable[[str, Path], None]
    cache: Cache
    progress: Progress

    def program(self, component: str, folder: Path) -> Program:
        """How the stand-in of ``component`` is started; it writes into ``folder`` only."""
        if component == "keycloak":
            return self._keycloak(folder)
        webserver = shutil.which("dagster-webserver") if component == "dagster" else None
        return self._dagster(webserver, folder) if webserver else _contract(component)

    def _keycloak(self, folder: Path) -> Program:
        home, container = keycloak_home(), self.container("keycloak")
        if home:
            return keycloak(home, container, folder, self.cache, self.progress)
        return _contract("keycloak", container)

    def _dagster(self, webserver: str, folder: Path) -> Program:
        code = folder / "code"
        self.unpack("dagster-code", code)
        location = self.container("dagster-code")
        return dagster(webserver, self.container("dagster"), location, code, folder)


def _contract(component: str, container: Container | None = None) -> Program:
    module = f"promoter.smoketest.fakes.{component.replace('-', '_')}"
    variables = container.variables if container else {}
    return Program((sys.executable, "-m", module), variables, source="its contract")
