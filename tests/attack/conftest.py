"""Two places to attack: a small repository with an uncleared production, and the platform."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from tests.attack.script import Place, path_with, terraform_that_reports
from tests.deploy.conftest import Stage, stage
from tests.platform_fixture import toolchain
from tests.prototypes import Prototypes
from tests.scene_fixture import ROOT
from tests.site.repository import CONFIG, build_site, deployed, pull, push, site

__all__ = ["site", "stage"]


@pytest.fixture
def small(site: Site, tmp_path: Path, prototypes: Prototypes) -> Place:
    """QA and production are deployed. A newer change is due in QA and held for production.

    The gate is at the second of two approvals that Ann signed; whoever attacks has no key.
    """
    prototypes.copy(build_small, tmp_path)
    notes = terraform_that_reports(tmp_path / "bin", toolchain().program("tofu"))
    beside = Path(sys.executable).parent
    environment = path_with(notes.parent, path_with(beside, os.environ))
    return Place(site.git.dir, environment, notes)


def build_small(folder: Path) -> None:
    """Build the repositories of `small` below ``folder``."""
    site, key = build_site(folder), folder / "ann"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    signing = {"gpg.format": "ssh", "user.signingkey": f"{key}.pub"}
    for name, value in signing.items():
        Git(folder).text("config", "--file", "gitconfig", name, value)
    line = f'ann@bank.example namespaces="git" {key.with_suffix(".pub").read_text()}'
    config = f"{CONFIG}  new:\n    passed: production\n    propagated: [shared/*]\n"
    push(site.git, {"cepler/allowed_signers": line.encode(), "cepler/app.yml": config.encode()})
    gates = site.git.file(site.gates_tip or "", "app.yml") or b""
    files = {"app.yml": gates + b"new: HEAD\n"}
    made = site.git.commit_files(site.gates_tip, files, "chore: gates")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
    site = deployed(site, "qa")
    for reason, content in (("the first", b"2"), ("the second", b"3")):
        pull(site)
        push(site.git, {"shared/a": content})
        site = deployed(site, "qa")
        approve(site, propose(site, ApprovalRequest("production", reason)))
        site = deployed(site, "production")
    pull(site)
    push(site.git, {"shared/a": b"4", "production/c": b"2"})
    # The programs' versions, as every deployments repository has them.
    shutil.copytree(ROOT / "dev/toolchain", site.git.dir / "dev/toolchain")
    for name in signing:
        Git(folder).text("config", "--file", "gitconfig", "--unset", name)


RULES = """\
environments:
  production:
    approval: {count: 2, from: [release]}
"""
TEAMS = """\
people:
  ann: {mail: [ann@bank.example], keys: [ann@bank.example]}
  bob: {mail: [bob@bank.example], keys: [bob@bank.example]}
teams:
  release: [ann, bob]
"""


@pytest.fixture
def ruled(small: Place) -> Place:
    """QA runs what is held for production, whose gate somebody moved there without a vote."""
    site = Site.of(small.clone)
    push(site.git, {"cepler/app.rules.yml": RULES.encode(), "cepler/teams.yml": TEAMS.encode()})
    site = deployed(site, "qa")
    tip, files = (
        site.gates_tip,
        {"app.yml": f"qa: HEAD\nproduction: {site.tip}\nnew: HEAD\n".encode()},
    )
    made = site.git.commit_files(tip, files, "chore: open it")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=tip)
    return small


@pytest.fixture(scope="module")
def real(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The embedded platform; nothing is deployed yet, and QA waits for staging."""
    folder = tmp_path_factory.mktemp("attack") / "bin"
    notes = terraform_that_reports(folder, toolchain().program("tofu"))
    scene = stage.scene
    kubectl = f"{toolchain().program('kubectl')} --kubeconfig={scene.running().kubeconfig}"
    environment = path_with(folder, {**scene.environment, "KUBECTL": kubectl})
    return Place(scene.clone, environment, notes)
