"""`make play`, which is `make demo` left running, as a reader of the README uses it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.typed import Step, fresh_clone, steps, type_in

COMMIT = re.compile(r"[0-9a-f]{40}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = fresh_clone(tmp_path_factory.mktemp("demo"))
    yield folder
    type_in(folder, [Step("make play-down", 0, ("the playground is stopped",))] * 2)


@pytest.fixture(scope="module")
def demo(clone: Path) -> tuple[str, dict]:
    """The output of `make play`, which is that of `make demo` and more, and the report."""
    output = type_in(clone, [Step("make play", 0, ())])
    return output, json.loads((clone / ".local/play/report.json").read_text())


def entry(output: str) -> list[str]:
    """Return the commands that enter the playground, as `make play` prints them."""
    found = re.findall(r"(?m)^  (cd .+|source .+)$", output.partition("The playground runs.")[2])
    assert len(found) == 2
    return found


def test_every_environment_runs_the_tested_chart(demo: tuple[str, dict]) -> None:
    environments = demo[1]["environments"]
    assert [item["name"] for item in environments] == [
        "local-staging",
        "local-qa",
        "local-production",
    ]
    assert {item["status"] for item in environments} == {"deployed"}
    assert len({item["chart_ref"] for item in environments}) == 1
    assert len({item["source_commit"] for item in environments}) == 1
    for item in environments:
        assert COMMIT.fullmatch(item["source_commit"])
        assert COMMIT.fullmatch(item["chart_ref"])


def test_the_same_three_digests_run_everywhere(demo: tuple[str, dict]) -> None:
    staging, qa, production = (item["digests"] for item in demo[1]["environments"])
    assert staging == qa
    assert set(staging) == {"lana-bank", "lana-bank-admin-panel", "lana-bank-customer-portal"}
    # Production alone installs the parts that are not ours (docs/environments.md).
    assert staging.items() < production.items()
    assert all(DIGEST.fullmatch(digest) for digest in production.values())


def test_only_staging_had_the_failed_revision(demo: tuple[str, dict]) -> None:
    staging, qa, production = (item["helm_revision"] for item in demo[1]["environments"])
    assert (qa, production) == (2, 1)
    assert staging > qa


def test_production_names_those_who_approved_it(demo: tuple[str, dict]) -> None:
    approvers = [item["approved_by"] for item in demo[1]["environments"]]
    assert approvers == [None, None, "rachel, rob"]


def test_the_rules_hold_what_they_say(demo: tuple[str, dict]) -> None:
    output = demo[0]
    (opening,) = set(re.findall(r"closed until (\S+): year-end freeze\n", output))
    assert f"local-qa: clears at {opening}" in output
    unsigned, mine, both = (
        output.index(text)
        for text in (
            "0 of 2 approvals, none of team risk",
            "erin wrote a part of it, so the vote would not count",
            "approved local-production by rob: 2 of 2 approvals (rachel, rob)",
        )
    )
    assert unsigned < mine < both
    audited = re.findall(r"(?m)^ *(local-\w+): 0 of \d deployments should not have", output)
    assert audited == ["local-staging", "local-qa", "local-production"]
    assert ("VSA: PASSED" in output) is not ("so nothing was checked" in output)


def test_the_trace_of_production_leads_back_to_the_feature(demo: tuple[str, dict]) -> None:
    output = demo[0]
    source = demo[1]["environments"][2]["source_commit"]
    assert f"source: {source}" in output
    assert "title: feat: greet the operator" in output
    assert "candidate: 0.1.0-rc.1" in output
    assert re.search(r"release: \S*0\.1\.0", output)
    assert "not checked" not in output
    assert "every link holds" in output


def test_it_shows_every_refusal(demo: tuple[str, dict]) -> None:
    output = demo[0]
    assert "Previous environment 'local-staging' not deployed yet" in output
    assert "not passed by 'local-staging' yet" in output
    assert output.count("exit 3") == 5
    assert output.count("exit 64") == 1
    assert output.count("exit 1") == 3


def test_the_playground_s_commands_work_as_printed(demo: tuple[str, dict]) -> None:
    """In a shell without any of our variables, as `make play` says."""
    text = demo[0].partition("The playground runs.")[2]
    commands = re.findall(r"(?m)^  (promoter .+?|kubectl .+?) +#", text)
    assert len(commands) == 5
    for command in commands:
        script = " && ".join([*entry(demo[0]), command])
        done = subprocess.run(
            ["env", "-i", "PATH=/usr/bin:/bin", *home(), "bash", "-c", script],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def home() -> list[str]:
    return [
        f"{name}={os.environ[name]}" for name in ("HOME", "XDG_CACHE_HOME") if name in os.environ
    ]


def test_a_change_travels_as_the_readme_says(demo: tuple[str, dict], clone: Path) -> None:
    output = type_in(clone, steps("How a change travels"), *entry(demo[0]))
    (table,) = re.findall(r"(?m)^environment +status .*\n((?:local-.*\n)+)", output)
    charts = {line.split()[2] for line in table.splitlines() if line.split()[1] == "deployed"}
    assert len(table.splitlines()) == 3
    assert len(charts) == 1
    assert output.count("recorded in") == 5
