"""Temporary folders in memory."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.memory import MEMORY, folder_in_memory


def test_a_folder_that_is_not_there_or_too_small_is_not_used(tmp_path: Path) -> None:
    assert folder_in_memory(tmp_path / "nowhere", enough=1) is None
    assert folder_in_memory(tmp_path, enough=1) == tmp_path
    assert folder_in_memory(tmp_path, enough=1 << 60) is None


def test_the_folders_of_a_run_are_in_it_where_there_is_room(tmp_path: Path) -> None:
    assert folder_in_memory(enough=1) is None or tmp_path.is_relative_to(MEMORY)


def test_programs_run_in_it(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    assert subprocess.run([program], capture_output=True, text=True).stdout == "here\n"
