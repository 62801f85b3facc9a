"""The committed JSON schemas are those of the models."""

from __future__ import annotations

import pytest

from dev.control_schemas import FOLDER, schemas


@pytest.mark.parametrize("name", schemas())
def test_a_committed_schema_is_the_generated_one(name: str) -> None:
    assert (FOLDER / name).read_text() == schemas()[name], "run make generated"


def test_no_other_schema_is_committed() -> None:
    assert {each.name for each in FOLDER.iterdir()} == set(schemas())
