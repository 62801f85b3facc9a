"""/opt/resource/{check,in,out} on a real repository, with the source of the pipeline."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from promoter.concourse import deployments
from promoter.concourse.schema import read_pipeline
from promoter.git import Git
from tests.concourse.test_pipelines import ROOT
from tests.concourse.worker import BIN

RESOURCE = ROOT / "ci" / "deployments" / "cepler-resource" / "opt" / "resource"
DEV = {f"GIT_{r}_{p}": "dev" for r in ("AUTHOR", "COMMITTER") for p in ("NAME", "EMAIL")}
CEPLER = """\
deployment: lana-bank
environments:
  gcp-galoy-staging:
    latest: [charts/*]
  gcp-volcano-qa:
    passed: gcp-galoy-staging
    propagated: [charts/*]
"""
GATES = "gcp-galoy-staging: HEAD\ngcp-volcano-qa: HEAD\n"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with a chart, a cepler file, and every gate open on cepler-gates."""
    bare = Git(tmp_path / "remote.git")
    bare.dir.mkdir()
    bare.text("init", "--quiet", "--bare", "--initial-branch=main")
    files = {"cepler/lana-bank.yml": CEPLER.encode(), "charts/a": b"1\n"}
    main = bare.commit_files(None, files, "feat: a chart")
    bare.text("update-ref", "refs/heads/main", main)
    gates = bare.commit_files(None, {"lana-bank.yml": GATES.encode()}, "gates")
    bare.text("update-ref", "refs/heads/cepler-gates", gates)
    return bare.dir


def source_of(environment: str, remote: Path) -> dict[str, Any]:
    """The rendered pipeline's source, with this test's repository in place of GitHub's."""
    pipeline = read_pipeline(deployments.DEPLOYMENTS.rendered(ROOT))
    (found,) = (each for each in pipeline.resources if each.name == f"{environment}-in")
    return {**found.source, "uri": str(remote), "private_key": "not used for a path"}


def ask(folder: Path, step: str, *arguments: str, **request: Any) -> tuple[int, Any, str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    # Concourse starts every check where the last one's files still are; here that is TMPDIR.
    done = subprocess.run(
        [str(RESOURCE / step), *arguments],
        input=json.dumps(request),
        env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home), **DEV},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def test_check_in_and_out_deploy_one_environment_after_another(
    remote: Path, tmp_path: Path
) -> None:
    staging = source_of("gcp-galoy-staging", remote)
    code, versions, said = ask(tmp_path, "check", source=staging, version=None)
    assert code == 0, said
    (version,) = versions
    assert version["trigger"] == Git(remote).commit("refs/heads/main")

    # QA has to wait for staging.
    other = tmp_path / "qa"
    other.mkdir()
    code, versions, said = ask(other, "check", source=source_of("gcp-volcano-qa", remote))
    assert (code, versions) == (1, None)
    assert "'gcp-galoy-staging' not deployed yet" in said

    work = tmp_path / "work"
    work.mkdir()
    code, got, said = ask(tmp_path, "in", str(work / "repo"), source=staging, version=version)
    assert code == 0, said
    assert got["version"] == version
    assert (work / "repo/charts/a").read_text() == "1\n"

    code, put, said = ask(tmp_path, "out", str(work), source=staging, params={"repository": "repo"})
    assert code == 0, said
    assert put["version"]["trigger"] == version["trigger"]
    state = "cepler/.cepler/lana-bank/gcp-galoy-staging.state"
    assert Git(remote).file("refs/heads/main", state)

    assert len(ask(other, "check", source=source_of("gcp-volcano-qa", remote))[1]) == 1


def test_an_incomplete_request_is_an_error(tmp_path: Path) -> None:
    code, answer, said = ask(tmp_path, "check", source={"branch": "main"})
    assert code != 0
    assert answer is None
    assert "uri is missing" in said
