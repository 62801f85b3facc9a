"""The committed schemas are those of the models, and every settings file names its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stacks.schema import schemas

STACKS = Path(__file__).parents[2] / "stacks"
FILES = sorted(STACKS.glob("*/*/*.yml"))


def test_the_schemas_are_those_of_the_models() -> None:
    committed = {file.name: file.read_text() for file in (STACKS / "schemas").glob("*.json")}
    assert committed == schemas(), "write them anew: make generated"


def test_a_schema_rejects_unknown_keys() -> None:
    for content in schemas().values():
        assert json.loads(content)["additionalProperties"] is False


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_a_settings_file_names_its_schema(file: Path) -> None:
    name = f"{file.parts[-3]}-{file.stem}.json"
    assert name in schemas()
    first = file.read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../../schemas/{name}"
