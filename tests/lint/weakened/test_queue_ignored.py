from __future__ import annotations

from tests.lint.repository import Repository


def test_a_queue_that_is_kept_is_fine(repository: Repository) -> None:
    repository.config("    passed: qa\n", "    passed: qa\n    ignore_queue: false\n")
    assert repository.findings("queue-ignored", "HEAD~1") == []


def test_a_queue_that_is_skipped_from_now_on(repository: Repository) -> None:
    repository.config("    passed: qa\n", "    passed: qa\n    ignore_queue: true\n")
    assert repository.told("queue-ignored", "HEAD~1") == [
        "production now has 'ignore_queue' and skips what was queued"
    ]
    repository.commit({"shared/a": "2"})
    assert repository.findings("queue-ignored", "HEAD~1") == []
