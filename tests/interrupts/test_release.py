"""``promoter release candidate``: a tag, its images, and the next version."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.programs.registry import Registry
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere
from tests.release.conftest import crane, registry
from tests.release.sandbox import open_sandbox, quick_release_yml

__all__ = ["crane", "registry"]

IMAGES = ("lana-bank", "lana-bank-admin-panel", "dagster-code-location-lana-dw")


@pytest.mark.slow
def test_a_candidate_interrupted_anywhere_is_completed_by_the_next_run(
    tmp_path: Path, registry: Registry
) -> None:
    sandbox = open_sandbox(tmp_path / "sandbox", registry, quick_release_yml())
    arguments = ("release", "candidate", "--registry", registry.address)
    command = Command(sandbox.application.git.dir, arguments, tmp_path)
    commits: list[str] = []

    def change(number: int) -> None:
        commits.append(sandbox.commit(f"feat: {number}", {"src/x": str(number).encode()}))

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        assert sandbox.git.text("fsck", "--no-dangling") == ""

    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.code
        (tag,) = sandbox.git.lines("tag", "--points-at", commits[-1])
        for image in IMAGES:
            assert registry.digest(image, tag) is not None, image
            assert registry.digest(image, tag) == registry.digest(image, "edge"), image

    interrupt_everywhere(command, change, require_whole, require_done)
