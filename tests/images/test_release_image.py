"""Dockerfile.release by a real builder: `gh` downloads the program from the draft of the release.

Two parts of its base image are stand-ins, and say so: `apk` only checks its arguments, and
the `gh` is Debian's, which a proxy leads to a local GitHub.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dev.images.bases import BaseImages, server_bases
from promoter.forge.local import LocalForge
from promoter.programs.builders import BuildError
from promoter.programs.oci_layout import file_digest
from promoter.programs.registry import Registry
from promoter.release.application import Application
from promoter.release.candidate import create_candidate
from promoter.release.promotion import promote
from promoter.release.publication import release
from tests.forge.github_rules import Token
from tests.forge.github_server import serving as github
from tests.images.alpine import WITH_GH, alpine, layers_of
from tests.images.application_images import from_dockerfiles, machines_certificates
from tests.images.built import skip_reason
from tests.release.conftest import crane, serving
from tests.release.sandbox import Sandbox, open_sandbox

__all__ = ["crane"]

pytestmark = [
    pytest.mark.heavy,
    # Debian's packages may have to come from its archive first.
    pytest.mark.timeout(1800),
]

TOKEN = "of-the-test"
CANDIDATE, RELEASED = b"the program of the candidate", b"the program of the release"


def bases(github: str) -> BaseImages:
    """Return the base images of the server; its ``alpine`` has `gh` for the server ``github``."""
    # By this name gh speaks plain HTTP.
    variables = ("GH_HOST=github.localhost", f"http_proxy={github}")
    with_gh = alpine(WITH_GH, ["github-cli"], *variables)
    return {**server_bases(layers_of(WITH_GH)), "alpine:latest": with_gh}


@pytest.fixture
def sandbox(tmp_path: Path, crane: Path) -> Iterator[Sandbox]:
    missing = "" if shutil.which("buildah") else "buildah is not installed"
    if reason := skip_reason() or missing:
        pytest.skip(reason)
    with serving(crane) as host:
        yield open_sandbox(tmp_path / "sandbox", Registry(f"{host}/galoyorg", crane))


@pytest.fixture
def application(sandbox: Sandbox, tmp_path: Path) -> Iterator[Application]:
    """The application with a merged promotion: its release is due."""
    host = sandbox.application.registry.address.partition("/")[0]
    forge = sandbox.application.forge
    assert isinstance(forge, LocalForge)
    with github(forge) as (server, address), machines_certificates(tmp_path):
        server.tokens = {TOKEN: Token(permissions={"contents": "write"})}
        made = from_dockerfiles(
            sandbox, host, bases(address), ["lana-bank"], {"lana-cli": CANDIDATE}, TOKEN
        )
        create_candidate(made)
        sandbox.merge(promote(made))
        yield replace(made, inputs=replace(made.inputs, artifacts={"lana-cli": RELEASED}))


def test_the_image_has_the_program_of_the_github_release(
    application: Application, sandbox: Sandbox
) -> None:
    done = release(application)
    assert sandbox.application.forge.release(str(done.version)).assets
    registry = application.registry
    image = registry.pull("lana-bank", registry.digest("lana-bank", str(done.version)))
    program = file_digest(image.layers, "/bin/lana-cli")
    assert program == f"sha256:{hashlib.sha256(RELEASED).hexdigest()}"
    assert image.config.content.find(TOKEN.encode()) == -1


def test_a_token_that_may_not_see_the_draft_builds_nothing(
    application: Application, sandbox: Sandbox
) -> None:
    refused = replace(application.inputs, token=lambda: "another")
    with pytest.raises(BuildError, match="Bad credentials"):
        release(replace(application, inputs=refused))
    assert all("-rc." in tag for tag in sandbox.tags())
