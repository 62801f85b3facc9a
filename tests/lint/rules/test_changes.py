"""Rules for a change that weakens the gate."""

from __future__ import annotations

from tests.lint.repository import CONFIG, Repository

PRODUCTION = CONFIG[CONFIG.index("  production:") :]


def test_an_added_environment_passes(repository: Repository) -> None:
    repository.config(PRODUCTION, f"{PRODUCTION}  demo:\n    latest: [qa/*]\n")
    assert repository.findings("environment-dropped", "HEAD~1") == []


def test_a_removed_environment(repository: Repository) -> None:
    repository.config(PRODUCTION, "")
    assert repository.reasons("environment-dropped", "HEAD~1") == [
        "environment production of app is removed"
    ]


def test_a_cepler_file_may_have_another_name(repository: Repository) -> None:
    repository.commit({"cepler/app.yml": None, "cepler/application.yml": CONFIG})
    assert repository.findings("environment-dropped", "HEAD~1") == []


def test_a_renamed_deployment_drops_its_environments(repository: Repository) -> None:
    repository.config("deployment: app", "deployment: other")
    assert len(repository.findings("environment-dropped", "HEAD~1")) == 3


def test_an_invalid_file_is_not_reported_as_dropped(repository: Repository) -> None:
    repository.commit({"cepler/app.yml": "environments: [\n"})
    assert repository.findings("environment-dropped", "HEAD~1") == []
    assert repository.findings("invalid-file", "HEAD~1")


def test_later_commits_of_the_base_do_not_count(repository: Repository) -> None:
    git = repository.git
    fork = git.commit("HEAD")
    repository.config(PRODUCTION, f"{PRODUCTION}  demo:\n    latest: [qa/*]\n")
    git.text("branch", "base")
    git.text("reset", "-q", "--hard", str(fork))
    repository.commit({"shared/a": "2"})
    assert repository.findings("environment-dropped", "base") == []


DEMO = "  demo:\n    passed: qa\n    propagated: [shared/*]\n    latest: [qa/*]\n  production:\n"


def test_an_unchanged_gate_passes(repository: Repository) -> None:
    repository.commit({"shared/a": "2"})
    assert repository.findings("passed-removed", "HEAD~1") == []


def test_an_environment_that_waits_no_longer(repository: Repository) -> None:
    repository.config("    passed: qa\n    propagated: [shared/*]\n", "    latest: [shared/*]\n#")
    assert repository.reasons("passed-removed", "HEAD~1") == [
        "production waited for 'qa' and now waits for nothing"
    ]


def test_an_environment_that_skips_one(repository: Repository) -> None:
    repository.config("passed: qa", "passed: staging")
    assert repository.reasons("passed-removed", "HEAD~1") == [
        "production waited for 'qa' and now waits for 'staging'"
    ]


def test_one_more_environment_in_between_passes(repository: Repository) -> None:
    repository.config("  production:\n    passed: qa\n", f"{DEMO}    passed: demo\n")
    assert repository.findings("passed-removed", "HEAD~1") == []


def test_a_kept_queue_passes(repository: Repository) -> None:
    repository.config("    passed: qa\n", "    passed: qa\n    ignore_queue: false\n")
    assert repository.findings("queue-ignored", "HEAD~1") == []


def test_a_newly_ignored_queue(repository: Repository) -> None:
    repository.config("    passed: qa\n", "    passed: qa\n    ignore_queue: true\n")
    assert repository.reasons("queue-ignored", "HEAD~1") == [
        "production now has 'ignore_queue' and skips queued deployments"
    ]
    repository.commit({"shared/a": "2"})
    assert repository.findings("queue-ignored", "HEAD~1") == []


LISTS = "    propagated: [shared/*]\n    latest: [production/*]\n"


def changed(repository: Repository, propagated: str, latest: str) -> list[str]:
    repository.config(LISTS, f"    propagated: [{propagated}]\n    latest: [{latest}]\n")
    return repository.reasons("unpropagated", "HEAD~1")


def test_unchanged_lists_pass(repository: Repository) -> None:
    assert changed(repository, "'shared/*'", "'production/*'") == []


def test_a_split_pattern_passes(repository: Repository) -> None:
    assert changed(repository, "shared/a, shared/b", "production/*") == []


def test_a_pattern_that_moves_to_latest(repository: Repository) -> None:
    assert changed(repository, "", "production/*, shared/*") == [
        "production took 'shared/*' (shared/a and 1 more) as 'qa' had it; it is now taken "
        "from 'latest'"
    ]


def test_a_file_that_is_also_in_latest(repository: Repository) -> None:
    assert changed(repository, "shared/*", "production/*, '*/b'") == [
        "production took 'shared/*' (shared/b) as 'qa' had it; it is now taken from 'latest'"
    ]


def test_a_removed_pattern(repository: Repository) -> None:
    assert changed(repository, "shared/b", "production/*") == [
        "production took 'shared/*' (shared/a) as 'qa' had it; it is in no pattern any more"
    ]


def test_a_pattern_without_files_that_moves_to_latest(repository: Repository) -> None:
    repository.config("propagated: [shared/*]\n    latest: [p", "propagated: [x/*]\n    latest: [p")
    repository.config("propagated: [x/*]\n    latest: [", "propagated: []\n    latest: [x/*, ")
    assert repository.reasons("unpropagated", "HEAD~1") == [
        "production took 'x/*' as 'qa' had it; it is now taken from 'latest'"
    ]


def test_a_pattern_removed_with_its_files_passes(repository: Repository) -> None:
    repository.commit({"shared/a": None, "shared/b": None})
    assert repository.findings("unpropagated", "HEAD~1") == []
    assert changed(repository, "", "production/*") == []


def test_removed_passed_is_reported_instead(repository: Repository) -> None:
    repository.config(f"    passed: qa\n{LISTS}", "    latest: [production/*, shared/*]\n")
    assert repository.findings("unpropagated", "HEAD~1") == []
    assert repository.findings("passed-removed", "HEAD~1")
