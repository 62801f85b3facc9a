from __future__ import annotations

from tests.lint.repository import Repository


def test_a_stack_an_environment_is_fine(stacks: Repository) -> None:
    assert stacks.findings("stack-mismatch") == []


def test_an_environment_without_a_stack(stacks: Repository) -> None:
    stacks.config("  qa:\n", "  demo:\n    latest: [qa/*]\n  qa:\n")
    (found,) = stacks.findings("stack-mismatch")
    assert found.file == "cepler/app.yml"
    assert found.what == "demo: the app makes no stack of this name"


def test_a_stack_without_an_environment(stacks: Repository) -> None:
    stacks.replace("app.py", '("staging",', '("demo", "staging",')
    stacks.commit({"demo/settings": "1"})
    assert stacks.told("stack-mismatch") == [
        "stack demo is in no file of cepler/, so no gate decides over it"
    ]


def test_a_stack_that_cannot_be_synthesized_hides_no_other(stacks: Repository) -> None:
    stacks.commit({"qa/settings": None, "staging/other": "1"})
    stacks.replace("app.py", "def build(name):\n", "def build(name):\n    read(ROOT / 'extra')\n")
    stacks.commit({"extra": "1"})
    (broken,) = stacks.findings("stack-mismatch")
    assert broken.what.startswith("qa: its synthesis fails: ")
    assert "qa/settings" in broken.what
    assert len(stacks.findings("uncovered-input")) == 2


def test_a_name_that_leads_elsewhere_is_no_stack(stacks: Repository) -> None:
    stacks.config("  qa:\n", "  ../../qa:\n    latest: [qa/*]\n  qa:\n")
    assert stacks.told("stack-mismatch") == ["../../qa: no stack can have such a name"]


def test_an_app_that_no_file_names(stacks: Repository) -> None:
    stacks.commit({"cdktf.json": "{}"})
    assert all("it names no app" in told for told in stacks.told("stack-mismatch"))
    assert len(stacks.told("stack-mismatch")) == 3
