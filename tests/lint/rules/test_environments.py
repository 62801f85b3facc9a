"""Rules for cepler files, state files, and the order of environments."""

from __future__ import annotations

import pytest

from promoter.common.errors import UsageError
from promoter.common.progress import Silent
from promoter.lint import lint
from tests.lint.repository import CONFIG, STATE, Repository

STATE_FILE = "cepler/.cepler/app/staging.state"


def test_valid_files_pass(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE})
    assert repository.findings("invalid-file") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("environments: [\n", "line 2: not YAML"),
        ("deployment: app\n", "environments is missing"),
        (CONFIG.replace("passed: qa", "passed: nowhere"), "line 9: environment production"),
        (CONFIG.replace("qa/*", "qa/***"), "environment qa: pattern 'qa/***'"),
        ("", "the file is empty"),
        ("<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n", "line 2: not YAML"),
    ],
)
def test_an_invalid_cepler_file(repository: Repository, content: str, reason: str) -> None:
    repository.commit({"cepler/app.yml": content})
    (found,) = repository.findings("invalid-file")
    assert found.place == "cepler/app.yml"
    assert reason in found.reason
    assert found.next_step


def test_the_other_cepler_files_are_still_checked(repository: Repository) -> None:
    repository.commit({"cepler/broken.yml": "environments: [\n"})
    repository.config("passed: staging", "passed: production")
    assert [found.place for found in repository.findings("invalid-file")] == ["cepler/broken.yml"]
    assert repository.findings("passed-cycle")


def test_an_invalid_state_file(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE.replace("version: 1", "version: one")})
    (found,) = repository.findings("invalid-file")
    assert found.place == STATE_FILE
    assert found.reason.startswith("line 2: version must be a number")


OTHER = "deployment: other\nenvironments:\n  demo:\n    latest: [qa/*]\n"


def test_unique_names_pass(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER})
    assert repository.findings("ambiguous-name") == []


def test_an_environment_in_two_files(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("demo", "production")})
    (found,) = repository.findings("ambiguous-name")
    assert found.place == "cepler/other.yml"
    assert found.reason == (
        "cepler/app.yml has environment production too, so it is unclear which rules apply"
    )


def test_a_deployment_in_two_files(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("other", "app")})
    assert repository.reasons("ambiguous-name") == [
        "cepler/app.yml has deployment app too, so it is unclear which rules apply"
    ]


def test_states_of_existing_environments_pass(repository: Repository) -> None:
    repository.commit({f"cepler/.cepler/app/{name}.state": STATE for name in ("staging", "qa")})
    assert repository.findings("orphan-state") == []


def test_the_state_of_a_removed_environment(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/demo.state": STATE})
    (found,) = repository.findings("orphan-state")
    assert found.place == "cepler/.cepler/app/demo.state"
    assert found.reason == "no file in cepler/ has environment demo of app"


def test_the_states_of_a_renamed_deployment(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE})
    repository.config("deployment: app", "deployment: application")
    assert repository.reasons("orphan-state") == ["no file in cepler/ has environment qa of app"]


def test_no_state_is_an_orphan_while_a_cepler_file_is_invalid(
    repository: Repository,
) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE, "cepler/app.yml": "environments: [\n"})
    assert repository.findings("orphan-state") == []


def test_a_chain_passes(repository: Repository) -> None:
    assert repository.findings("passed-cycle") == []


def test_a_cycle_is_reported_once(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert repository.reasons("passed-cycle") == [
        "qa waits for production waits for qa, so none is ever deployed"
    ]


def test_an_environment_after_a_cycle_is_not_part_of_it(repository: Repository) -> None:
    repository.config("staging:\n", "staging:\n    passed: qa\n    propagated: [staging/*]\n")
    assert repository.reasons("passed-cycle") == [
        "staging waits for qa waits for staging, so none is ever deployed"
    ]


def test_an_environment_that_waits_for_itself(repository: Repository) -> None:
    repository.config("passed: qa", "passed: production")
    assert repository.reasons("passed-cycle") == [
        "production waits for production, so none is ever deployed"
    ]


def test_environments_with_patterns_pass(repository: Repository) -> None:
    assert repository.findings("unfed-environment") == []


def test_an_environment_without_patterns(repository: Repository) -> None:
    repository.config("    latest: [shared/*, staging/*]\n", "    ignore_queue: false\n")
    assert repository.reasons("unfed-environment") == [
        "staging has neither 'latest' nor 'propagated', so nothing is ever deployed there"
    ]


def test_propagated_without_passed(repository: Repository) -> None:
    repository.config("    passed: staging\n", "")
    assert repository.reasons("unfed-environment") == [
        "qa has 'propagated' but no 'passed', so nothing feeds these patterns"
    ]


def test_files_that_upstream_has_pass(repository: Repository) -> None:
    assert repository.findings("not-upstream") == []


def test_files_that_upstream_does_not_take(repository: Repository) -> None:
    repository.commit({"other/x": "1", "other/y": "1"})
    repository.config(
        "passed: staging\n    propagated: [shared/*]",
        "passed: staging\n    propagated: [shared/*, other/*]",
    )
    assert repository.reasons("not-upstream") == [
        "qa: propagated 'other/*' matches other/x and 1 more, which staging does not have, "
        "so it never arrives"
    ]


def test_files_that_upstream_takes_but_never_receives(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [qa/*]",
        "    propagated: [shared/a]\n    latest: [qa/*]",
    )
    assert repository.reasons("not-upstream") == [
        "production: propagated 'shared/*' matches shared/b, which qa does not have, "
        "so it never arrives"
    ]


def test_a_file_of_latest_need_not_be_upstream(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [production/*]",
        "    propagated: [shared/*, production/*]\n    latest: [production/*]",
    )
    assert repository.findings("not-upstream") == []


def test_a_cycle_ends(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert len(repository.findings("not-upstream")) == 2


def test_names_restrict_the_environments_that_are_checked(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, nothing/*]")
    repository.config("latest: [production/*]", "latest: [production/*, nowhere/*]")

    def patterns(*names: str) -> list[str]:
        found = lint(repository.git, Silent(), names=names).findings
        return [each.reason.split("'")[1] for each in found if each.rule == "dead-pattern"]

    assert patterns() == patterns("app") == ["nothing/*", "nowhere/*"]
    assert patterns("qa") == ["nothing/*"]
    assert patterns("staging") == []
    with pytest.raises(UsageError, match="lint other: no such deployment or environment"):
        patterns("other")


def test_the_others_are_no_orphans_where_names_restrict(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE})
    found = lint(repository.git, Silent(), names=["qa"]).findings
    assert [each for each in found if each.rule == "orphan-state"] == []
