"""``promoter vendor bump``: a chart, its lock and vendir.yml change in one commit or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.vendoring import check
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere
from tests.vendoring.conftest import source, target
from tests.vendoring.sources import Source, Target, git

__all__ = ["source", "target"]


@pytest.mark.slow
def test_a_bump_interrupted_anywhere_is_completed_by_the_next_one(
    source: Source, target: Target, tmp_path: Path
) -> None:
    bare = tmp_path / "origin.git"
    git(tmp_path, "clone", "-q", "--bare", str(target.folder), str(bare))
    git(target.folder, "remote", "add", "origin", str(bare))
    options = ("--untested", "a test", "--no-digest-check", "--vendir", "never", "--push")
    command = Command(target.folder, ("vendor", "bump", "lana-bank", "main", *options), tmp_path)

    def change(number: int) -> None:
        source.commit("feat: more", {"charts/lana-bank/values.yaml": f"replicas: {number}\n"})

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        for repository in (target.folder, bare):
            assert git(repository, "fsck", "--no-dangling") == ""
        values = git(bare, "show", "HEAD:charts/lana-bank/values.yaml")
        locked = git(bare, "show", "HEAD:vendir.lock.yml")
        sha = next(line for line in locked.splitlines() if "sha:" in line).split()[-1]
        assert values == git(source.folder, "show", f"{sha}:charts/lana-bank/values.yaml")

    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.code
        assert (target.chart / "values.yaml").read_text() == f"replicas: {number}\n"
        assert target.status == ""
        assert check(target.folder) == []
        assert git(bare, "rev-parse", "HEAD") == target.head

    interrupt_everywhere(command, change, require_whole, require_done)
