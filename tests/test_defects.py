"""The list of defects: each edit applies, and the test that it names exists."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dev.defects import Defect, DefectsError, copies, defects, outcome, outcomes, require_passing
from dev.tree import copy_files
from promoter.git import Git

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("defect", defects(), ids=lambda each: each.defect)
def test_a_defect_can_be_put_back_and_its_test_exists(defect: Defect) -> None:
    assert defect.edited() != (ROOT / defect.file).read_text()
    file, _, name = defect.test.partition("[")[0].partition("::")
    tree = ast.parse((ROOT / file).read_text())
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_part_of_the_list_has_a_defect() -> None:
    assert {each.defect.partition(":")[0] for each in defects()} == set("123456789")


FILE, TEST = "promoter/answer.py", "test_answer.py::test_the_answer"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a module that the installed package does not have, and its test."""
    for name, text in {
        FILE: "ANSWER = 42\nUNUSED = 1\n",
        "promoter/__init__.py": "",
        "test_answer.py": "from promoter.answer import ANSWER\n\n\n"
        "def test_the_answer():\n    assert ANSWER == 42\n",
    }.items():
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "tree"


def test_a_test_that_fails_finds_the_defect_which_is_removed_again(tree: Path) -> None:
    before = (tree / FILE).read_bytes()
    wrong, harmless = (
        Defect("wrong", FILE, "42", "41", TEST),
        Defect("no", FILE, "1\n", "2\n", TEST),
    )
    ended = {str(each.defect.defect): each for each in outcomes([wrong, harmless], [tree])}
    assert {name: each.found for name, each in ended.items()} == {"wrong": True, "no": False}
    assert str(ended["wrong"]).startswith("found  wrong  ")
    assert str(ended["no"]).startswith("NOT FOUND  no  ")
    assert "1 passed" in str(ended["no"])
    assert (tree / FILE).read_bytes() == before


def test_a_test_that_does_not_run_finds_nothing(tree: Path) -> None:
    renamed = Defect("wrong", FILE, "42", "41", "test_answer.py::test_another")
    assert not outcome(renamed, tree).found


def test_a_test_that_fails_without_the_defect_is_one_error(tree: Path) -> None:
    require_passing([TEST], tree)
    (tree / FILE).write_text("ANSWER = 0\n")
    with pytest.raises(DefectsError, match=f"{TEST} fails without the defect") as raised:
        require_passing([TEST, TEST], tree)
    assert raised.value.next_step == f"pytest {TEST}"


def test_a_copy_has_the_files_of_the_checkout_and_its_environment() -> None:
    with copies(1) as (tree,):
        assert (tree / "dev/defects.yml").read_bytes() == (ROOT / "dev/defects.yml").read_bytes()
        assert (tree / ".venv" / "bin" / "python").exists()
        assert Git(tree).commit("HEAD") == Git(ROOT).commit("HEAD")
        assert Git(tree).text("remote") == ""
    assert not tree.exists()


def test_a_part_of_the_checkout_is_copied(tmp_path: Path) -> None:
    copy_files(tmp_path, "dev/toolchain", "cdktf.json")
    assert {each.name for each in tmp_path.iterdir()} == {"cdktf.json", "dev"}
    assert [each.name for each in (tmp_path / "dev").iterdir()] == ["toolchain"]
