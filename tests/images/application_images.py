"""The sample's images, built from its own Dockerfiles and started in a Docker engine."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from dev.images.bases import BaseImages, push_bases
from promoter.git.objects import SourceFile
from promoter.programs.registry import Registry
from promoter.release.application import Application
from promoter.release.bases import base_lookup
from promoter.release.build_inputs import BuildInputs
from promoter.release.candidate import create_candidate
from promoter.release.proposal import propose_settings
from promoter.release.settings import SETTINGS_FILE
from promoter.release.source import source_of_commit
from tests.charts.chart_rendering import CHART
from tests.release.sandbox import Sandbox, open_sandbox

SOURCE = "https://github.com/GaloyMoney/lana-bank"
CERTIFICATES = "/etc/ssl/certs"


def candidate(
    folder: Path,
    host: str,
    crane: Path,
    bases: BaseImages,
    names: Collection[str],
    artifacts: Mapping[str, bytes],
) -> Mapping[str, str]:
    """Return the references of a candidate's images ``names``, as `promoter release` makes them."""
    sandbox = open_sandbox(folder, Registry(f"{host}/galoyorg", crane))
    application = from_dockerfiles(sandbox, host, bases, names, artifacts)
    with machines_certificates(folder):
        made = create_candidate(application)
    return {image.name: image.reference for image in made.images}


def from_dockerfiles(
    sandbox: Sandbox,
    host: str,
    bases: BaseImages,
    names: Collection[str],
    artifacts: Mapping[str, bytes],
    token: str = "",
) -> Application:
    """Return the application of ``sandbox``, whose images ``names`` come from its own Dockerfiles.

    They are untouched. The settings are those that `promoter release init` proposes for these
    images and ``artifacts``; ``bases`` are in the registry at ``host``.
    """
    crane = sandbox.application.registry.crane
    push_bases(bases, host, crane)
    mirrors = {"docker.io": host, "gcr.io": host}
    values = {"charts/lana-bank/values.yaml": SourceFile((CHART / "values.yaml").read_bytes())}
    without = sandbox.commit("feat: no settings", {SETTINGS_FILE: None})
    source = source_of_commit(sandbox.git, without)
    proposed = propose_settings(source, SOURCE, values, base_lookup(crane, mirrors))
    for part, kept in (("images", names), ("artifacts", artifacts)):
        proposed.document[part] = [e for e in proposed.document[part] if e["name"] in kept]
    sandbox.commit("feat: images from Dockerfiles", {SETTINGS_FILE: proposed.text().encode()})
    inputs = BuildInputs(artifacts, {}, "buildah", mirrors, lambda: token)
    return replace(sandbox.application, inputs=inputs)


@contextmanager
def machines_certificates(folder: Path) -> Iterator[None]:
    """Builds trust what this machine trusts: its registries of packages may be behind a proxy."""
    configuration = folder / "containers.conf"
    configuration.write_text(f'[containers]\nvolumes = ["{CERTIFICATES}:{CERTIFICATES}:ro"]\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTAINERS_CONF", str(configuration))
        yield


@dataclass(frozen=True)
class Engine:
    """A Docker engine that runs images as they are: own root, own user, nothing to write to."""

    address: str
    name: str = field(default_factory=lambda: f"of-the-test-{uuid.uuid4().hex[:8]}")

    def command(
        self, reference: str, *words: str, options: Sequence[str] = (), network: str = "host"
    ) -> list[str]:
        """Return the command that runs ``reference`` until SIGTERM, by default on our network."""
        given = ["run", "--rm", "--name", self.name, "--read-only", "--network", network, *options]
        return [*self._docker(), *given, reference, *words]

    def ask(self, *words: str) -> str:
        """Return what a command prints in the running container, "" while it fails."""
        done = subprocess.run(
            [*self._docker(), "exec", self.name, *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout if done.returncode == 0 else ""

    def remove(self) -> None:
        """Kill the running container: a shell that is its first process ignores SIGTERM."""
        subprocess.run(
            [*self._docker(), "rm", "--force", self.name], capture_output=True, check=True
        )

    def user(self) -> str:
        """Return the user of the running container's first process."""
        done = subprocess.run(
            [*self._docker(), "top", self.name, "-o", "uid,pid"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.splitlines()[1].split()[0]

    def _docker(self) -> list[str]:
        return [str(shutil.which("docker")), "--host", self.address]
