"""The harness itself: a failure says how to repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interrupts import harness
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere

VERSION = ("--version",)


def test_a_failure_has_the_command_that_repeats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    def require_whole(run: Run, interrupt: Interrupt) -> None:
        raise ValueError("half recorded")

    monkeypatch.setattr(harness, "FUZZING", False)
    monkeypatch.setattr(harness, "SEED", 7)
    with pytest.raises(AssertionError) as failed:
        interrupt_everywhere(
            Command(tmp_path, VERSION, tmp_path), lambda _: None, require_whole, lambda *_: None
        )
    assert "half recorded" in str(failed.value)
    assert f"repeat it: SEED=7 python -m pytest '{request.node.nodeid}'" in str(failed.value)


def test_a_seed_chooses_the_same_interrupts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(0, "", tuple(f"git push {number}" for number in range(50)), 1.0)
    monkeypatch.setattr(harness, "FUZZING", True)

    def chosen(seed: int) -> list[str]:
        monkeypatch.setattr(harness, "SEED", seed)
        return [name for name, _, _ in harness._interrupts(run, 2, 3)]

    assert chosen(7) == chosen(7) != chosen(8)
    assert len(chosen(7)) == 3 * len(harness.INTERRUPTS) + 2
