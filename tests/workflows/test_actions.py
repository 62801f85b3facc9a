"""The actions of the workflows get inputs that they document."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.concourse.test_workflows import WORKFLOWS, names

from .actions import DOCUMENTED, own_actions, problems, uses

FILES = [*WORKFLOWS, *own_actions()]


@pytest.mark.parametrize("file", FILES, ids=names(FILES))
def test_every_input_is_documented(file: Any) -> None:
    assert problems(yaml.safe_load(file.read_text())) == []


def test_an_undocumented_input_is_a_problem() -> None:
    commit = DOCUMENTED["actions/checkout"]["source"].split()[2]
    assert problems({"uses": f"actions/checkout@{commit}", "with": {"fetch-dept": 0}}) == [
        "actions/checkout: Unexpected input(s) ['fetch-dept']"
    ]


def test_a_missing_input_and_an_unknown_commit_are_problems() -> None:
    commit = DOCUMENTED["actions/upload-artifact"]["source"].split()[2]
    assert problems({"uses": f"actions/upload-artifact@{commit}"}) == [
        "actions/upload-artifact: Input required and not supplied: path"
    ]
    (found,) = problems({"uses": f"actions/upload-artifact@{'0' * 40}"})
    assert "actions.yml" in found


def test_every_documented_action_is_used() -> None:
    used = {
        name.partition("@")[0]
        for file in FILES
        for name, _ in uses(yaml.safe_load(file.read_text()))
    }
    assert used == set(DOCUMENTED)
