"""Atomic writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from promoter.common.files import write_atomically


def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "sub/file", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "sub/file").stat().st_mode & 0o777 == 0o640


def test_an_existing_file_keeps_its_mode_and_open_readers_their_content(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    file.chmod(0o600)
    with file.open("rb") as still_open:
        write_atomically(file, b"new")
        assert still_open.read() == b"old"
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "file", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_given_mode_replaces_the_present_one(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"old", 0o644)
    write_atomically(tmp_path / "file", b"new", 0o600)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
