"""A deployments repository with two environments, its remote and a clone of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.deploy.deploy import cleared
from promoter.deploy.record import record
from promoter.git import Git
from promoter.site.evidence import Evidence, now
from promoter.site.site import Site
from tests.prototypes import Prototypes

CONFIG = """\
deployment: app
environments:
  qa:
    latest: [shared/*, qa/*]
  production:
    passed: qa
    propagated: [shared/*]
    latest: [production/*]
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prototypes: Prototypes) -> Site:
    """A remote with two environments, production held at the first commit; a clone of it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    prototypes.copy(build_site, tmp_path)
    return Site.of(tmp_path / "clone")


def build_site(folder: Path) -> Site:
    """Build the repositories of `site` below ``folder``."""
    bare, clone = folder / "origin.git", folder / "clone"
    for name, value in {"user.name": "Ann", "user.email": "ann@bank.example"}.items():
        Git(folder).text("config", "--file", "gitconfig", name, value)
    Git(folder).text("init", "-q", "--bare", "--initial-branch=main", str(bare))
    Git(folder).text("clone", "-q", str(bare), str(clone))
    git = Git(clone)
    files = {
        "cepler/app.yml": CONFIG,
        "shared/a": "1",
        "qa/b": "1",
        "production/c": "1",
    }
    push(git, {path: text.encode() for path, text in files.items()})
    gates = f"qa: HEAD\nproduction: {git.commit('HEAD')}\n".encode()
    made = git.commit_files(None, {"app.yml": gates}, "chore: gates")
    git.push("origin", made, "refs/heads/cepler-gates", expect=None)
    return Site.of(clone)


def push(git: Git, files: dict[str, bytes | None]) -> str:
    made = git.commit_files(git.commit("HEAD"), files, "feat: change")
    git.text("checkout", "-q", "-B", "main", made)
    git.text("push", "-q", "origin", "main")
    return made


def deployed(site: Site, environment: str, **details: object) -> Site:
    """Record what is cleared, as a deploy would in the end; ``details`` are in its evidence."""
    site = site.fetched()
    due = cleared(site, environment)
    deployment = site.deployment_of(environment)
    evidence = Evidence(
        deployment, environment, "deploy", "deployed", due.trigger, now(), "a test", details=details
    )
    record(site, due, evidence)
    return site.fetched()


def pull(site: Site) -> None:
    """Move the clone to the remote's tip, so that the next `push` is on top of it."""
    site.git.text("merge", "-q", "--ff-only", site.tip)
