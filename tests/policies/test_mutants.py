"""Every policy has an edit in `make mutants`, and batches keep edits apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.mutants.__main__ import ROOT, batches, copy_tree, survivors
from dev.mutants.edits import MUTANTS, SETTINGS, VALUES, Mutant, swap
from policies.checks import CHECKS
from promoter.toolchain import Toolchain


def test_every_policy_has_an_edit() -> None:
    assert {mutant.refusal for mutant in MUTANTS} == {*CHECKS, SETTINGS, VALUES}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("mutants") / "tree"
    copy_tree(tree)
    return tree


def test_an_edit_that_nothing_refuses_survives() -> None:
    harmless = swap("stage: staging", "stage: staging # as ever")
    refused = swap("stage: staging", "stage: nowhere")
    file = "stacks/gcp/galoy-staging/shared.yml"
    edits = [Mutant(SETTINGS, file, edit, "x") for edit in (harmless, refused)]
    assert survivors(edits, Toolchain(ROOT), most=100) == edits[:1]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_edit_changes_its_file(tree: Path, mutant: Mutant) -> None:
    text = (tree / mutant.file).read_text()
    assert mutant.edit(text) != text


def test_a_mutated_tree_has_a_production_on_each_cloud(tree: Path) -> None:
    shared = (tree / "stacks").glob("*/*/shared.yml")
    productions = {file.parts[-3] for file in shared if "stage: production" in file.read_text()}
    assert productions == {"azure", "gcp", "local"}
    assert {file.split("/")[1] for file in (m.file for m in MUTANTS) if "production" in file} == {
        "azure",
        "gcp",
    }


def test_a_batch_has_each_file_and_each_rule_once() -> None:
    for batch in batches(MUTANTS):
        assert len({mutant.file for mutant in batch}) == len(batch)
        assert len({mutant.refusal for mutant in batch}) == len(batch)
    assert [mutant for batch in batches(MUTANTS, most=1) for mutant in batch] == list(MUTANTS)
