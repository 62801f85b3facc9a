"""Fixtures of the toolchain's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain.fake_programs import small_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree that pins "etcd" 3.6.99: a Go module of its own that needs no network."""
    return small_tree(tmp_path / "tree")
