"""The list of defects: each edit applies, and the test that it names exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dev.defects import Defect, defects

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("defect", defects(), ids=lambda each: each.defect)
def test_a_defect_can_be_put_back_and_its_test_exists(defect: Defect) -> None:
    assert defect.edited() != (ROOT / defect.file).read_text()
    file, _, name = defect.test.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_part_of_the_list_has_a_defect() -> None:
    assert {each.defect.partition(":")[0] for each in defects()} == set("123456789")
