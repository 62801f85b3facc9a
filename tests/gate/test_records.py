"""Records: the state file that a deploy leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import NothingNewer
from promoter.gate.decision import Decision, decide
from promoter.gate.deployment import Deployment
from promoter.gate.records import (
    AlreadyRecorded,
    RecordMoved,
    observed,
    record,
    record_message,
    record_state,
)
from promoter.git import Git

from .differential.twin import Twin
from .repositories import STATE, recorded


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """A repository in which staging and QA are recorded, and then a file changed."""
    return recorded(tmp_path / "seed")


def _deployment(twin: Twin) -> Deployment:
    return Deployment.in_worktree(Git(twin.top), "cepler.yml")


def _due(twin: Twin) -> Decision:
    found = decide(_deployment(twin), "staging")
    assert found.is_due
    return found


def test_a_record_is_what_was_decided(twin: Twin) -> None:
    due = _due(twin)
    found = record(_deployment(twin), due)
    assert found.path == STATE
    assert found.state.version == due.version == 2
    assert found.state.current == due.state
    assert [change.path for change in found.changes] == ["m/a"]
    assert found.message == "ci(cepler): Updated 'lana' state in 'staging'"


def test_the_default_deployment_has_cepler_s_short_message() -> None:
    assert record_message("default", "qa") == "ci(cepler): Updated 'qa' state"


def test_the_same_record_again_is_nothing_new(twin: Twin) -> None:
    due = _due(twin)
    (twin.top / STATE).write_bytes(record(_deployment(twin), due).content)
    with pytest.raises(AlreadyRecorded) as refused:
        record(_deployment(twin), due)
    assert isinstance(refused.value, NothingNewer)


def test_a_record_by_somebody_else_since_is_an_error_that_names_both(twin: Twin) -> None:
    due = _due(twin)
    other = due.state._replace(head_commit="f" * 40)
    (twin.top / STATE).write_bytes(record_state(_deployment(twin), "staging", other).content)
    with pytest.raises(RecordMoved, match=r"from version 1 .* to version 2 \(ffffffffffff\)"):
        record(_deployment(twin), due)


def test_a_record_that_went_away_since_is_an_error(twin: Twin) -> None:
    due = _due(twin)
    (twin.top / STATE).unlink()
    with pytest.raises(RecordMoved, match="to nothing meanwhile"):
        record(_deployment(twin), due)


def test_what_lies_in_the_work_tree_is_observed(twin: Twin) -> None:
    (twin.top / "m/a").write_text("by hand\n")
    (file,) = observed(_deployment(twin), "staging").files.values()
    assert file.dirty
    assert file.file_hash == twin.git("hash-object", "m/a").strip()
    (twin.top / "m/a").unlink()
    (file,) = observed(_deployment(twin), "staging").files.values()
    assert file.file_hash is None


def test_what_another_environment_has_not_taken_yet_stays_in_the_queue(twin: Twin) -> None:
    due = _due(twin)
    first = record(_deployment(twin), due)
    assert first.state.propagation_queue == ()  # QA has taken what was there before it
    (twin.top / STATE).write_bytes(first.content)
    later = due.state._replace(head_commit="f" * 40)
    second = record_state(_deployment(twin), "staging", later)
    assert second.state.propagation_queue == (due.state,)
