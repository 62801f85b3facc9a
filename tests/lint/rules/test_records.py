"""The rule for state files: records of cepler or of a deploy pass, any other change does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from promoter.cepler.record import record_here
from promoter.common.progress import Silent
from promoter.gate import records
from promoter.gate.decision import Decision, check, decide
from promoter.gate.deployment import Deployment
from promoter.gate.records import Recorded
from promoter.gate.workspace import prepare_here
from promoter.site.evidence import Evidence, now
from tests.lint.repository import STATE, Repository

CONFIG, STAGING = "cepler/app.yml", "cepler/.cepler/app/staging.state"
QA = "cepler/.cepler/app/qa.state"
RULE = "state-edited"


def due(repository: Repository, name: str) -> tuple[Recorded, Decision]:
    deployment = Deployment.at_commit(repository.git, "HEAD", CONFIG)
    found = decide(deployment, name)
    assert found.is_due
    return records.record(deployment, found), found


def deploy(repository: Repository, name: str, extra: dict[str, str | None] | None = None) -> str:
    """Commit like `promoter deploy`: the state file and its evidence."""
    recorded, found = due(repository, name)
    evidence = Evidence("app", name, "deploy", "deployed", found.trigger, now(), "a test")
    files = {recorded.path: recorded.content.decode(), evidence.path: evidence.content().decode()}
    return repository.commit({**files, **(extra or {})}, recorded.message)


def record(repository: Repository, name: str) -> None:
    """Commit like `promoter cepler record`."""
    deployment = Deployment.in_worktree(repository.git, CONFIG)
    prepare_here(deployment, name, clean=False)
    record_here(deployment, name, Silent())
    repository.git.text("reset", "-q", "--hard", "HEAD")


def problems(repository: Repository, base: str) -> list[tuple[str, str]]:
    return [
        (Path(found.place).stem, found.reason.partition(": ")[2])
        for found in repository.findings(RULE, base)
    ]


@contextmanager
def branch(repository: Repository, name: str, start: str) -> Iterator[None]:
    """Commits in the block go to the branch ``name``, which begins at ``start``."""
    repository.git.text("checkout", "-q", "-b", name, start)
    yield
    repository.git.text("checkout", "-q", "main")


def test_records_of_deploys_pass(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    deploy(repository, "staging")
    deploy(repository, "qa")
    repository.commit({"shared/a": "2", "qa/settings": "2"})
    deploy(repository, "staging")
    repository.commit({"shared/a": "3"})
    deploy(repository, "staging")
    deploy(repository, "qa")
    deploy(repository, "qa")
    deploy(repository, "production")
    assert problems(repository, base) == []


def test_records_of_cepler_pass(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    record(repository, "staging")
    repository.commit({"shared/a": "2"})
    record(repository, "qa")
    record(repository, "staging")
    record(repository, "qa")
    assert problems(repository, base) == []


def test_a_record_made_after_others_pushed_passes(repository: Repository) -> None:
    """A deploy records what it decided, on top of what came meanwhile."""
    base = str(repository.git.commit("HEAD"))
    deployment = Deployment.at_commit(repository.git, "HEAD", CONFIG)
    decided = decide(deployment, "staging")
    assert decided.is_due
    repository.commit({"shared/a": "2"})
    recorded = records.record(Deployment.at_commit(repository.git, "HEAD", CONFIG), decided)
    repository.commit({recorded.path: recorded.content.decode()}, recorded.message)
    assert problems(repository, base) == []


def test_a_record_that_skips_the_queue_passes(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    deploy(repository, "staging")
    deploy(repository, "qa")
    for value in ("2", "3"):
        repository.commit({"shared/a": value})
        deploy(repository, "staging")
    deployment = Deployment.at_commit(repository.git, "HEAD", CONFIG)
    newest = check(deployment, "qa", ignore_queue=True, origins=True)
    assert newest is not None
    recorded = records.record(deployment, newest)
    repository.commit({recorded.path: recorded.content.decode()}, recorded.message)
    assert problems(repository, base) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 2"),
        ('message: "', 'message: "another '),
        ("  files:\n", "  any_dirty: true\n  files:\n"),
        ("from_commit: ", "from_commit: 0"),
        ("file_hash: ", "file_hash: 0"),
    ],
)
def test_a_state_that_no_record_would_make(repository: Repository, old: str, new: str) -> None:
    recorded, _ = due(repository, "staging")
    text = recorded.content.decode()
    assert old in text
    base = str(repository.git.commit("HEAD"))
    repository.commit({STAGING: text.replace(old, new, 1)}, recorded.message)
    ((name, reason),) = problems(repository, base)
    assert name == "staging"
    assert reason.startswith("it is not the state that the gate records at ")


def test_a_state_that_skips_the_environment_before(repository: Repository) -> None:
    """A record of qa with the state of staging."""
    for name in ("staging", "qa", "production"):
        deploy(repository, name)
    repository.commit({"shared/a": "2"})
    deploy(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    newest = (repository.git.dir / STAGING).read_text()
    repository.commit(
        {QA: newest.replace("{latest}", "{staging}")}, "ci(cepler): Updated 'app' state in 'qa'"
    )
    ((name, reason),) = problems(repository, base)
    assert name == "qa"
    assert reason.startswith("it is not the state that the gate records at ")


def test_a_record_with_other_changes(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    deploy(repository, "staging", {"qa/settings": "2"})
    assert problems(repository, base) == [("staging", "a record does not change qa/settings")]


def test_a_record_with_another_message(repository: Repository) -> None:
    recorded, _ = due(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    repository.commit({recorded.path: recorded.content.decode()}, "chore: format")
    assert problems(repository, base) == [
        ("staging", "the message of a record is: ci(cepler): Updated 'app' state in 'staging'")
    ]


def test_a_record_of_an_unknown_commit(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    repository.commit({STAGING: STATE}, "ci(cepler): Updated 'app' state in 'staging'")
    assert problems(repository, base) == [
        ("staging", "it records 111111111111, which is not in the history before it")
    ]


def test_a_removal_after_a_destroy(repository: Repository) -> None:
    deploy(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    evidence = {"cepler/evidence/app/staging/1-destroy-destroyed.json": "{}"}
    message = "ci(cepler): Removed 'app' state in 'staging'"
    repository.commit({STAGING: None, **evidence}, message)
    assert problems(repository, base) == []
    deploy(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    repository.commit({STAGING: None, "shared/a": "other"}, message)
    assert problems(repository, base) == [("staging", "staging is still in cepler/app.yml")]


def test_a_removed_state(repository: Repository) -> None:
    deploy(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    repository.commit({STAGING: None}, "ci(cepler): Updated 'app' state in 'staging'")
    assert problems(repository, base) == [("staging", "staging is still in cepler/app.yml")]


def test_a_state_that_goes_after_its_environment_passes(repository: Repository) -> None:
    deploy(repository, "staging")
    deploy(repository, "qa")
    repository.config("passed: qa", "passed: staging")
    text = (repository.git.dir / CONFIG).read_text()
    start, end = text.index("  qa:\n"), text.index("  production:\n")
    repository.commit({CONFIG: text[:start] + text[end:]})
    base = str(repository.git.commit("HEAD"))
    repository.commit({QA: None}, "chore: qa is gone")
    assert problems(repository, base) == []


def test_a_state_that_was_edited_and_put_back_is_reported_twice(repository: Repository) -> None:
    deploy(repository, "staging")
    base = str(repository.git.commit("HEAD"))
    repository.replace(STAGING, "version: 1", "version: 7")
    repository.replace(STAGING, "version: 7", "version: 1")
    assert [name for name, _ in problems(repository, base)] == ["staging", "staging"]


def test_a_merge_that_keeps_what_was_recorded_passes(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    with branch(repository, "work", base):
        repository.commit({"qa/settings": "2"})
    deploy(repository, "staging")
    repository.git.text("merge", "-q", "--no-edit", "work")
    assert problems(repository, base) == []


def test_a_merge_that_loses_a_record(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    with branch(repository, "work", base):
        repository.commit({"qa/settings": "2"})
        repository.git.text("branch", "pull-request")
    deploy(repository, "staging")
    repository.git.text("checkout", "-q", "pull-request")
    repository.git.text("merge", "-q", "--no-edit", "--strategy=ours", "main")
    assert problems(repository, base) == [
        ("staging", "neither side of the merge recorded it like that")
    ]


def test_a_merge_of_two_records_of_one_environment(repository: Repository) -> None:
    base = str(repository.git.commit("HEAD"))
    with branch(repository, "work", base):
        repository.commit({"shared/a": "2"})
        deploy(repository, "staging")
    deploy(repository, "staging")
    repository.git.text("merge", "-q", "--no-edit", "--strategy-option=ours", "work")
    assert problems(repository, base) == [
        ("staging", "both sides of the merge have a record of it")
    ]


def test_where_rules_ask_for_signed_records_an_unsigned_one_is_named(
    repository: Repository,
) -> None:
    """Signed ones, and what makes them void: tests/approvals/test_signed_records.py."""
    rules = {"cepler/app.rules.yml": "environments:\n  qa: {signed_records: true}\n"}
    base = repository.commit(rules, "feat: rules")
    deploy(repository, "staging")
    found = list(repository.findings("record-unsigned", base))
    assert [each.place for each in found] == [STAGING]
    assert "no deployer of cepler/allowed_deployers signed it" in found[0].reason
