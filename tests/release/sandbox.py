"""A sandbox to release in: remotes, forges, a registry, the application and its chart."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from promoter.forge.forge import PullRequest
from promoter.forge.local import LocalForge
from promoter.git import Git, Identity
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.oci import write_layout
from promoter.programs.registry import Registry
from promoter.release.application import Application, HostedRepository
from promoter.release.build_inputs import BuildInputs
from promoter.release.settings import parse_settings

from .conftest import APPLICATION, commit_all, copy_application, new_repository
from .dockerfiles import CREATED

DEV = Identity("Dev", "dev@localhost")
RELEASE_YML = "ci/release/release.yml"
PROGRAM = b"the program lana-cli"

VALUES = """\
# What the chart is installed with.
lanaBank:
  image:
    repository: gcr.io/galoyorg/lana-bank # ours
    digest: ""
  adminPanel:
    image: # the operators' page
      repository: gcr.io/galoyorg/lana-bank-admin-panel
      digest: ""
  customerPortal:
    image:
      repository: gcr.io/galoyorg/lana-bank-customer-portal
      digest: ""

dagster:
  codeLocation:
    image:
      digest: "" # keep this
"""
CHART = "apiVersion: v2\nname: lana-bank\nversion: 0.1.0 # ours\n"


@dataclass
class Sandbox:
    """The application and the charts, as a pipeline has them."""

    application: Application
    charts: HostedRepository

    @property
    def git(self) -> Git:
        """The bare remote of the application."""
        forge = self.application.forge
        assert isinstance(forge, LocalForge)
        return forge.git

    def commit(self, message: str, files: dict[str, bytes | None] | None = None) -> str:
        """Commit on the remote's main; return the commit's id."""
        return _commit(self.git, message, files or {"src/x": message.encode()})

    def commit_chart(self, message: str, files: dict[str, bytes | None]) -> str:
        """Commit on the charts remote's main; return the commit's id."""
        forge = self.charts.forge
        assert isinstance(forge, LocalForge)
        return _commit(forge.git, message, files)

    def merge(self, pull: PullRequest) -> PullRequest:
        """Mark the pull request ready and merge it, as an engineer does."""
        self.application.forge.mark_ready(pull.number)
        return self.application.forge.merge_pull_request(pull.number, head_commit=pull.head_commit)

    def tags(self) -> list[str]:
        return self.git.lines("tag", "--list")


def open_sandbox(
    folder: Path,
    registry: Registry,
    changed: Mapping[str, bytes] | None = None,
    *,
    committed: bool = False,
) -> Sandbox:
    """Return the application at its first commit, a chart without pins, nothing released.

    ``changed`` are files of the application that differ from upstream/. With ``committed`` its
    release.yml and the chart name ``registry`` in place of the real ones. Its images are handed
    over, the same for every version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy_application(folder / "seed")
    seed = new_repository(folder / "seed")
    for path, content in (changed or {}).items():
        (seed.dir / path).write_bytes(content)
    values = VALUES
    if committed:
        named = seed.dir / RELEASE_YML
        named.write_text(here(named.read_text(), registry))
        values = here(VALUES, registry)
    commit_all(seed, "feat: the application")
    chart = new_repository(folder / "chart-seed")
    (chart.dir / "charts" / "lana-bank").mkdir(parents=True)
    (chart.dir / "charts" / "lana-bank" / "values.yaml").write_text(values)
    (chart.dir / "charts" / "lana-bank" / "Chart.yaml").write_text(CHART)
    commit_all(chart, "feat: the chart")
    _clone(seed, folder, "lana-bank")
    _clone(chart, folder, "charts")
    return _sandbox_in(folder, registry)


def here(text: str, registry: Registry) -> str:
    """Return ``text`` with ``registry`` in place of the real ones."""
    text = text.replace("us.gcr.io/galoyorg", f"{registry.address}/us")
    return text.replace("gcr.io/galoyorg", registry.address)


def built_images(folder: Path) -> dict[str, str]:
    """Return an OCI layout of each image, with no label, as a pipeline's build task makes them."""
    files = {
        "lana-bank": {"/bin/lana-cli": SourceFile(PROGRAM, executable=True)},
        "lana-bank-admin-panel": {"/app/server.js": SourceFile(b"admin")},
        "lana-bank-customer-portal": {"/app/server.js": SourceFile(b"customer")},
        "dagster-code-location-lana-dw": {"/lana-dw/src/definitions.py": SourceFile(b"")},
    }
    for name, content in files.items():
        if not (folder / name).exists():
            image = oci.image([oci.layer(content)], {"User": "1000"}, {}, created=CREATED)
            write_layout(image, folder / name)
    return {name: str(folder / name) for name in files}


def quick_release_yml() -> dict[str, bytes]:
    """Return the application's release.yml with one fast hook, for ``changed``."""
    settings = parse_settings((APPLICATION / RELEASE_YML).read_bytes())
    document = settings.model_dump(mode="json", by_alias=True)
    hook = {"name": "docs", "run": ["sh", "-c", "echo $VERSION > docs-site/version"]}
    return {RELEASE_YML: yaml.safe_dump({**document, "hooks": [hook]}).encode()}


def copy_sandbox(sandbox: Sandbox, folder: Path) -> Sandbox:
    """Return a copy of ``sandbox`` in ``folder`` with the same registry."""
    shutil.copytree(sandbox.application.git.dir.parent, folder, dirs_exist_ok=True)
    for name in ("lana-bank", "charts"):
        Git(folder / name).text("remote", "set-url", "origin", str(folder / f"{name}.git"))
    return _sandbox_in(folder, sandbox.application.registry)


def _clone(seed: Git, folder: Path, name: str) -> None:
    seed.text("clone", "--quiet", "--bare", ".", str(folder / f"{name}.git"))
    seed.text("clone", "--quiet", str(folder / f"{name}.git"), str(folder / name))


def _sandbox_in(folder: Path, registry: Registry) -> Sandbox:
    application, charts = (LocalForge(Git(folder / f"{n}.git")) for n in ("lana-bank", "charts"))
    inputs = BuildInputs({"lana-cli": PROGRAM}, built_images(folder / "built"))
    return Sandbox(
        Application(Git(folder / "lana-bank"), application, registry, inputs=inputs),
        HostedRepository(Git(folder / "charts"), charts),
    )


def _commit(git: Git, message: str, files: dict[str, bytes | None]) -> str:
    tip = git.commit("refs/heads/main")
    commit = git.commit_files(tip, files, message, author=DEV)
    git.text("update-ref", "refs/heads/main", commit)
    return commit
