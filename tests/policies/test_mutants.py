"""Every policy has an edit in `make mutants`, and batches keep edits apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.mutants.__main__ import batches
from dev.mutants.edits import MUTANTS, SETTINGS, VALUES, Mutant
from policies.checks import CHECKS

REPOSITORY = Path(__file__).parents[2]


def test_every_policy_has_an_edit() -> None:
    assert {mutant.refusal for mutant in MUTANTS} == {*CHECKS, SETTINGS, VALUES}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_edit_changes_its_file(mutant: Mutant) -> None:
    text = (REPOSITORY / mutant.file).read_text()
    assert mutant.edit(text) != text


def test_a_batch_has_each_file_and_each_rule_once() -> None:
    for batch in batches(MUTANTS):
        assert len({mutant.file for mutant in batch}) == len(batch)
        assert len({mutant.refusal for mutant in batch}) == len(batch)
    assert [mutant for batch in batches(MUTANTS, most=1) for mutant in batch] == list(MUTANTS)
