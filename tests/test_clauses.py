"""The table of clauses: current, complete, and every policy and test in it exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dev.clauses import PAGE, SECTION, Clause, clauses, table
from dev.generated import with_section
from policies.checks import CHECKS

ROOT = Path(__file__).parents[1]
CLAUSES = clauses()


def test_the_table_is_current() -> None:
    text = PAGE.read_text()
    assert text == with_section(text, SECTION, table()), "write it anew: make generated"


def test_every_part_of_the_requirements_has_clauses() -> None:
    numbers = {each.part.partition(".")[0] for each in CLAUSES}
    assert numbers >= {str(number) for number in range(1, 10)}


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda each: each.clause)
def test_what_holds_a_clause_exists(clause: Clause) -> None:
    assert bool(clause.missing) != bool(clause.by or clause.cloud)
    for reference in clause.by:
        file, _, name = reference.partition("::")
        if not name:
            assert reference in CHECKS
            continue
        tree = ast.parse((ROOT / file).read_text())
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_policy_holds_a_clause() -> None:
    named = {reference for each in CLAUSES for reference in each.by if "::" not in reference}
    assert named == CHECKS.keys()
