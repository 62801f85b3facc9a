"""Recording in a work tree: the commit of the state file, and the files that it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.cepler.record import CEPLER, commit_record, record_here, reset_head
from promoter.common.progress import Silent
from promoter.gate.deployment import Deployment
from promoter.git import Git
from tests.gate.differential.twin import Twin
from tests.gate.repositories import STATE, recorded


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """A repository in which staging and QA are recorded, and then a file changed."""
    return recorded(tmp_path / "seed")


def test_the_commit_is_of_the_index_and_by_cepler(twin: Twin) -> None:
    git = Git(twin.top)
    (twin.top / "staged").write_text("staged\n")
    git.text("add", "staged")
    (twin.top / "not-staged").write_text("not staged\n")
    found = record_here(
        Deployment.in_worktree(git, "cepler.yml"), "staging", Silent(), commit=False
    )
    commit = commit_record(git, found)
    assert git.commit("HEAD") == commit
    assert git.text("log", "-1", "--format=%an <%ae>") == f"{CEPLER.name} <{CEPLER.email}>"
    assert git.lines("diff", "--name-only", "HEAD^", "HEAD") == [STATE, "staged"]


def test_a_reset_writes_only_what_differs(twin: Twin) -> None:
    for name, content in {"m/a": "by hand\n", "mine": "mine\n"}.items():
        (twin.top / name).write_text(content)
    other = twin.top / ".cepler/lana/qa.state"
    before = other.stat()
    reset_head(Git(twin.top))
    after = other.stat()
    assert (twin.top / "m/a").read_text() == "2\n"
    assert (twin.top / "mine").read_text() == "mine\n"
    assert (before.st_ino, before.st_ctime_ns) == (after.st_ino, after.st_ctime_ns)
