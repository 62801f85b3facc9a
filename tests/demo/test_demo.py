"""`make demo`, as a reader of the README runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMIT = re.compile(r"[0-9a-f]{40}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """What the demo printed, and its report."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "dev.demo", "--folder", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout, json.loads((folder / "report.json").read_text())


def test_every_environment_runs_the_mended_chart(demo: tuple[str, dict]) -> None:
    environments = demo[1]["environments"]
    assert [each["name"] for each in environments] == [
        "local-staging",
        "local-qa",
        "local-production",
    ]
    assert {each["status"] for each in environments} == {"deployed"}
    assert len({each["chart_ref"] for each in environments}) == 1
    assert len({each["source_commit"] for each in environments}) == 1
    for each in environments:
        assert COMMIT.fullmatch(each["source_commit"])
        assert COMMIT.fullmatch(each["chart_ref"])


def test_the_same_three_digests_run_everywhere(demo: tuple[str, dict]) -> None:
    staging, qa, production = (each["digests"] for each in demo[1]["environments"])
    assert staging == qa
    assert set(staging) == {"lana-bank", "lana-bank-admin-panel", "lana-bank-customer-portal"}
    # Production alone installs the parts that are not ours (docs/environments.md).
    assert staging.items() < production.items()
    assert all(DIGEST.fullmatch(digest) for digest in production.values())


def test_helm_counted_the_failure_and_only_staging_had_it(demo: tuple[str, dict]) -> None:
    staging, qa, production = (each["helm_revision"] for each in demo[1]["environments"])
    assert (qa, production) == (2, 1)
    assert staging > qa


def test_production_names_its_verified_approver(demo: tuple[str, dict]) -> None:
    approvers = [each["approved_by"] for each in demo[1]["environments"]]
    assert approvers == [None, None, "approver@demo.localhost"]


def test_the_trace_of_production_leads_back_to_the_feature(demo: tuple[str, dict]) -> None:
    said = demo[0]
    source = demo[1]["environments"][2]["source_commit"]
    assert f"source: {source}" in said
    assert "title: feat: greet the operator" in said
    assert "candidate: 0.1.0-rc.1" in said
    assert re.search(r"release: \S*0\.1\.0", said)
    assert "not checked" not in said
    assert "every link holds" in said


def test_it_shows_every_refusal(demo: tuple[str, dict]) -> None:
    said = demo[0]
    assert "Previous environment 'local-staging' not deployed yet" in said
    assert "not passed by 'local-staging' yet" in said
    assert "held back by gate" in said
    assert said.count("exit 3") == 4
    assert said.count("exit 1") == 3
