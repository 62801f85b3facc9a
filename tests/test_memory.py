"""Temporary folders in memory."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.memory import folder_in_memory, tmp_path

__all__ = ["tmp_path"]


def test_a_folder_that_is_not_there_or_too_small_is_not_used(tmp_path: Path) -> None:
    assert folder_in_memory(tmp_path / "nowhere", enough=1) is None
    assert folder_in_memory(tmp_path, enough=1) == tmp_path
    assert folder_in_memory(tmp_path, enough=1 << 60) is None


def test_programs_run_in_it(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    assert subprocess.run([program], capture_output=True, text=True).stdout == "here\n"
