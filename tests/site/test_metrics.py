"""Delivery metrics: each number from the commits that it names, and nothing blended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.gate.state import DeployState, EnvironmentState, FileState
from promoter.git import Git
from promoter.site.metrics import (
    DeliveryMetrics,
    Distribution,
    Sample,
    delivery_metrics,
    measured_environments,
)
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.site.timeline import Attempt, RecordedDeployment, Timeline
from tests.command_line import promoter
from tests.site.repository import deployed, push, site

__all__ = ["site"]

BEGIN, HOUR = 1_790_000_000, 3600
OVERRIDDEN = Attempt("x.json", "deploy", "deployed", override="overridden by dee: payments")


@dataclass
class History:
    """Records of one environment with commits of known times, both in hours."""

    git: Git
    records: list[RecordedDeployment] = field(default_factory=list)

    def commit(self, hour: float, message: str) -> str:
        """Return a commit of that hour."""
        date = {
            f"GIT_{each}_DATE": f"{BEGIN + int(hour * HOUR)} +0000"
            for each in ("AUTHOR", "COMMITTER")
        }
        tree = self.git.output("mktree").decode().strip()
        made = self.git.output("commit-tree", tree, stdin=message.encode(), env=date)
        return made.decode().strip()

    def record(self, hour: float, attempt: Attempt | None = None, **files: str) -> str:
        """Record files as ``<content>_<commit>``; return the commit of the record."""
        found = {}
        for path, text in files.items():
            content, _, commit = text.partition("_")
            found[f"{{latest}}/{path}"] = FileState(content * 40, commit, "")
        number = len(self.records) + 1
        state = EnvironmentState(number, DeployState("0" * 40, files=found))
        time = datetime.fromtimestamp(BEGIN + hour * HOUR, UTC).isoformat()
        made = RecordedDeployment("app", "live", f"{number:040x}", "", time, "", state, attempt)
        self.records.append(made)
        return made.commit

    def metrics(self, since: float | None = None) -> DeliveryMetrics:
        """Return the metrics from an hour on."""
        begin = None if since is None else datetime.fromtimestamp(BEGIN + since * HOUR, UTC)
        return delivery_metrics(self.git, Timeline("app", "live", tuple(self.records[::-1])), begin)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    git = Git(tmp_path)
    git.text("init", "-q")
    git.text("config", "user.name", "Ann")
    git.text("config", "user.email", "ann@bank.example")
    return History(git)


def hours(found: Distribution) -> list[float]:
    return [each.seconds / HOUR for each in found.samples]


def test_lead_time_is_from_each_commit_to_the_first_record_that_has_it(history: History) -> None:
    old = history.commit(-1000, "feat: long before")
    history.record(0, a=f"1_{old}")
    one, two = history.commit(1, "feat: one"), history.commit(5, "feat: two")
    second = history.record(6, a=f"2_{one}", b=f"1_{two}")
    history.record(9, a=f"2_{one}", b=f"1_{two}")
    found = history.metrics()
    assert found.change_lead_time.samples == (
        Sample(5 * HOUR, one, second),
        Sample(1 * HOUR, two, second),
    )
    assert (found.change_lead_time.n, found.change_lead_time.median) == (2, 3 * HOUR)
    assert hours(found.between_deployments) == [6, 3]
    assert (found.deployments, found.change_fail_rate.value, found.rework_rate.value) == (3, 0, 0)
    assert (found.recovery_time.n, found.recovery_time.median, found.recovery_time.p90) == (
        0,
        None,
        None,
    )


def test_a_superseded_change_does_not_count(history: History) -> None:
    history.record(0, a=f"1_{history.commit(-1, 'feat: a')}")
    history.commit(1, "feat: waits for long, and is replaced before it is deployed")
    new = history.commit(100, "feat: replaces it")
    history.record(101, a=f"2_{new}")
    assert hours(history.metrics().change_lead_time) == [1]


def test_a_rollback_fails_what_it_goes_back_from_and_brings_nothing_new(history: History) -> None:
    good, bad = history.commit(-1, "feat: good"), history.commit(1, "feat: bad")
    history.record(0, a=f"1_{good}")
    failed = history.record(2, a=f"2_{bad}")
    repair = history.record(6, a=f"1_{good}")
    found = history.metrics()
    assert [(each.sign, each.failed, each.record) for each in found.repairs] == [
        ("rollback", failed, repair)
    ]
    assert hours(found.recovery_time) == [4]
    assert (found.change_fail_rate.records, found.rework_rate.records) == ((failed,), (repair,))
    assert found.change_fail_rate.value == pytest.approx(1 / 3)
    assert hours(found.change_lead_time) == [1]


def test_a_revert_fails_the_record_that_brought_what_it_reverts(history: History) -> None:
    history.record(
        0, a=f"1_{history.commit(-1, 'feat: a')}", b=f"1_{history.commit(-1, 'feat: b')}"
    )
    bad, later = history.commit(1, "feat: bad"), history.commit(3, "feat: later")
    failed = history.record(2, a=f"2_{bad}", b=f"1_{later}")
    history.record(4, a=f"2_{bad}", b=f"2_{later}")
    revert = history.commit(5, f"revert: bad\n\nThis reverts commit {bad}.\n")
    history.record(7, a=f"1_{revert}", b=f"2_{later}")
    (found,) = history.metrics().repairs
    assert (found.sign, found.failed, found.seconds) == ("revert", failed, 5 * HOUR)


@pytest.mark.parametrize(
    ("title", "attempt", "sign"),
    [
        ("fix: hotfix for payments", None, "hotfix"),
        ("fix: payments", OVERRIDDEN, "override"),
        ('Revert "feat: bad"', None, "revert"),
        ("feat: reverting is easier", None, None),
        ("fix: payments", None, None),
    ],
)
def test_the_signs_of_a_repair(
    history: History, title: str, attempt: Attempt | None, sign: str | None
) -> None:
    history.record(0, a=f"1_{history.commit(-1, 'feat: a')}")
    history.record(1, a=f"2_{history.commit(0.5, 'feat: bad')}")
    history.record(3, attempt, a=f"3_{history.commit(2, title)}")
    assert [each.sign for each in history.metrics().repairs] == ([sign] if sign else [])


def test_two_repairs_of_one_deployment_are_one_failure(history: History) -> None:
    history.record(0, a=f"1_{history.commit(-1, 'feat: a')}")
    bad = history.commit(1, "feat: bad")
    failed = history.record(2, a=f"2_{bad}")
    for hour, content in ((3, "3"), (5, "4")):
        message = f"revert: a part\n\nThis reverts commit {bad}.\n"
        history.record(hour + 1, a=f"{content}_{history.commit(hour, message)}")
    found = history.metrics()
    assert hours(found.recovery_time) == [2]
    assert (found.change_fail_rate.records, len(found.rework_rate.records)) == ((failed,), 2)


def test_a_time_restricts_what_is_counted_but_not_what_is_compared(history: History) -> None:
    history.record(0, a=f"1_{history.commit(-1, 'feat: a')}")
    new = history.commit(4, "feat: b")
    second = history.record(10, a=f"2_{new}")
    found = history.metrics(since=5)
    assert (found.deployments, found.change_lead_time.samples) == (
        1,
        (Sample(6 * HOUR, new, second),),
    )
    assert history.metrics(since=11).change_fail_rate.value is None


def test_what_the_clone_does_not_have_is_left_out(history: History) -> None:
    history.record(0, a=f"1_{history.commit(-1, 'feat: a')}")
    history.record(1, a=f"2_{'f' * 40}", b="2_not-an-id")
    assert history.metrics().change_lead_time.n == 0


def test_the_ninetieth_percentile_is_a_length_that_was_seen() -> None:
    found = Distribution.of(Sample(float(number), "", "") for number in range(1, 11))
    assert (found.n, found.median, found.p90) == (10, 5.5, 9.0)
    assert Distribution.of([Sample(7.0, "", "")]).p90 == 7.0


def test_environments_of_stage_production_are_measured_else_the_last_ones(site: Site) -> None:
    assert measured_environments(site, "app") == ("production",)
    config = b"deployment: other\nenvironments:\n  gcp-a:\n    latest: [shared/*]\n  gcp-b:\n"
    config += b"    passed: gcp-a\n    propagated: [shared/*]\n"
    push(
        site.git,
        {
            "cepler/other.yml": config,
            "stacks/gcp/a/shared.yml": b"stage: production\n",
            "stacks/gcp/b/shared.yml": b"stage: staging\n",
        },
    )
    assert measured_environments(site.fetched(), "other") == ("gcp-a",)


def test_the_command_has_a_table_and_the_commits_as_json(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    deployed(site, "production")
    monkeypatch.chdir(site.git.dir)
    shown = promoter("metrics")
    assert shown.code == 0
    assert "production   change lead time" in shown.stdout
    (row,) = json.loads(promoter("metrics", "--json").stdout)["environments"]
    assert (row["environment"], row["deployments"], row["change_lead_time"]["n"]) == (
        "production",
        1,
        0,
    )
    assert json.loads(promoter("metrics", "qa", "--json").stdout) == {"environments": []}
    assert promoter("metrics", "nowhere").code == 64
    assert promoter("metrics", "--since", "noon").code == 64
