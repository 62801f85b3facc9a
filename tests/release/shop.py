"""A whole place to release in: remotes, forges, a registry, and the application in it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from promoter.forge.forge import PullRequest
from promoter.forge.local import LocalForge
from promoter.git import Git, Identity
from promoter.programs.registry import Registry
from promoter.release.application import Application, HostedRepository
from promoter.release.settings import parse_settings

from .conftest import APPLICATION, commit_all, new_repository

DEV = Identity("Dev", "dev@localhost")
RELEASE_YML = "ci/release/release.yml"

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
class Shop:
    """The application and the charts as the pipeline sees them."""

    application: Application
    charts: HostedRepository

    @property
    def git(self) -> Git:
        """The bare remote of the application."""
        forge = self.application.forge
        assert isinstance(forge, LocalForge)
        return forge.git

    def commit(self, message: str, files: dict[str, bytes | None] | None = None) -> str:
        """A commit on the remote's main; gives its id."""
        return _commit(self.git, message, files or {"src/x": message.encode()})

    def commit_chart(self, message: str, files: dict[str, bytes | None]) -> str:
        """A commit on the charts remote's main."""
        forge = self.charts.forge
        assert isinstance(forge, LocalForge)
        return _commit(forge.git, message, files)

    def merge(self, pull: PullRequest) -> PullRequest:
        """What the engineer does: mark it ready and merge it."""
        self.application.forge.mark_ready(pull.number)
        return self.application.forge.merge_pull_request(pull.number, head_commit=pull.head_commit)

    def tags(self) -> list[str]:
        return self.git.lines("tag", "--list")


def open_shop(folder: Path, registry: Registry, changed: Mapping[str, bytes] | None = None) -> Shop:
    """The application at its first commit, a chart without pins, nothing released.

    ``changed`` are files of the application that are not as upstream/ has them.
    """
    seed = new_repository(folder / "seed")
    shutil.copytree(
        APPLICATION,
        seed.dir,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__", ".git"),
    )
    for path, content in (changed or {}).items():
        (seed.dir / path).write_bytes(content)
    commit_all(seed, "feat: the application")
    chart = new_repository(folder / "chart-seed")
    (chart.dir / "charts" / "lana-bank").mkdir(parents=True)
    (chart.dir / "charts" / "lana-bank" / "values.yaml").write_text(VALUES)
    (chart.dir / "charts" / "lana-bank" / "Chart.yaml").write_text(CHART)
    commit_all(chart, "feat: the chart")
    _clone(seed, folder, "lana-bank")
    _clone(chart, folder, "charts")
    return _shop_in(folder, registry)


def quick_release_yml() -> dict[str, bytes]:
    """The application's release.yml with one hook that takes no time, to be ``changed``."""
    said = parse_settings((APPLICATION / RELEASE_YML).read_bytes())
    written = said.model_dump(mode="json", by_alias=True)
    hook = {"name": "docs", "run": ["sh", "-c", "echo $VERSION > docs-site/version"]}
    return {RELEASE_YML: yaml.safe_dump({**written, "hooks": [hook]}).encode()}


def copied(shop: Shop, folder: Path) -> Shop:
    """All that became of ``shop``, once more in ``folder``; the registry is the same one."""
    shutil.copytree(shop.application.git.dir.parent, folder, dirs_exist_ok=True)
    for name in ("lana-bank", "charts"):
        Git(folder / name).text("remote", "set-url", "origin", str(folder / f"{name}.git"))
    return _shop_in(folder, shop.application.registry)


def _clone(seed: Git, folder: Path, name: str) -> None:
    seed.text("clone", "--quiet", "--bare", ".", str(folder / f"{name}.git"))
    seed.text("clone", "--quiet", str(folder / f"{name}.git"), str(folder / name))


def _shop_in(folder: Path, registry: Registry) -> Shop:
    application, charts = (LocalForge(Git(folder / f"{n}.git")) for n in ("lana-bank", "charts"))
    return Shop(
        Application(Git(folder / "lana-bank"), application, registry),
        HostedRepository(Git(folder / "charts"), charts),
    )


def _commit(git: Git, message: str, files: dict[str, bytes | None]) -> str:
    tip = git.commit("refs/heads/main")
    made = git.commit_files(tip, files, message, author=DEV)
    git.text("update-ref", "refs/heads/main", made)
    return made
