"""The generated pages are current."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.reference import pages


@pytest.mark.parametrize("file", pages(), ids=lambda file: str(file.name))
def test_a_generated_page_is_current(file: Path) -> None:
    assert file.read_text() == pages()[file], "write it anew: make generated"
