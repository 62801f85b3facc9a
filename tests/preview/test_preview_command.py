"""`promoter preview` as a command, with synthesized stacks and rendered values."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.release.upstream import AUTHOR, export
from tests.platform_fixture import ROOT

pytestmark = pytest.mark.slow

NOTE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: note}
data: {where: "{{ .Values.global.environment }} below {{ .Values.global.lanaDomain }}"}
"""


@dataclass(frozen=True)
class Checkout:
    """A clone of this repository, and the charts repository that its vendir.yml names."""

    folder: Path
    charts: Git
    gitconfig: Path

    def another_chart(self, name: str, content: str) -> str:
        """Commit one more template to the charts repository; return the commit's id."""
        file = {f"charts/lana-bank/templates/{name}": content.encode()}
        made = self.charts.commit_files("refs/heads/main", file, f"feat: {name}", author=AUTHOR)
        self.charts.text("update-ref", "refs/heads/main", made)
        return made

    def preview(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "promoter", "preview", *arguments],
            cwd=self.folder,
            env={**os.environ, "GIT_CONFIG_GLOBAL": str(self.gitconfig), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("preview")
    remotes = folder / "remotes"
    export(ROOT / "upstream/galoy-private-charts", remotes / "galoy-private-charts.git")
    export(ROOT, remotes / "galoy-deployments.git")
    Git(folder).text("clone", "--quiet", str(remotes / "galoy-deployments.git"), "clone")
    config = folder / "gitconfig"
    leads = (f"url.{remotes}/.insteadOf", "git@github.com:GaloyMoney/")
    Git(folder).text("config", "--file", str(config), *leads)
    return Checkout(folder / "clone", Git(remotes / "galoy-private-charts.git"), config)


def test_each_environment_has_its_own_difference(checkout: Checkout) -> None:
    ref = checkout.another_chart("note.yaml", NOTE)
    done = checkout.preview(
        f"--ref={ref}", "--environment=local-staging", "--environment=local-production"
    )
    assert done.returncode == 0, done.stderr
    assert "feat: note.yaml" in done.stdout
    shown = done.stdout.partition("\nlocal-production")[2].partition("\nlocal-staging")
    for environment, text in (("production", shown[0]), ("staging", shown[2])):
        assert "ConfigMap/note" in text, done.stdout
        assert f"where: local-{environment} below " in text, done.stdout
    assert Git(checkout.folder).text("status", "--porcelain") == ""


def test_a_chart_that_fails_in_one_environment(checkout: Checkout) -> None:
    fails = (
        '{{ if eq .Values.global.environment "local-production" }}{{ fail "not here" }}{{ end }}\n'
    )
    ref = checkout.another_chart("fails.yaml", fails)
    done = checkout.preview(
        f"--ref={ref}",
        "--markdown",
        "--environment=local-staging",
        "--environment=local-production",
    )
    assert done.returncode == 1, done.stderr
    assert "### local-production: **fails**" in done.stdout
    assert "not here" in done.stdout
    assert "### local-staging: **fails**" not in done.stdout


def test_an_unknown_stack(checkout: Checkout) -> None:
    done = checkout.preview("--ref=main", "--environment=local-nowhere")
    assert done.returncode == 64
    assert "find stack 'local-nowhere'" in done.stderr
