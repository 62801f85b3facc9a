"""Which paths of a synthesized stack lie in the tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promoter.lint.inputs.handed import paths_handed


def handed(tree: Path, value: object) -> list[tuple[str, str]]:
    stack = tree / "cdktf.out.x" / "stacks" / "x" / "cdk.tf.json"
    stack.parent.mkdir(parents=True)
    stack.write_text(json.dumps({"resource": {"kind": {"name": value}}}))
    return [
        (path, place.removeprefix("resource.kind.name"))
        for path, place in paths_handed(stack, tree)
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("../../../charts/lana-bank", "charts/lana-bank"),
        ("../../../charts/../charts/a", "charts/a"),
        ('${file("../../../files/a.json")}', "files/a.json"),
        ("${path.module}/../../../files/a", "files/a"),
        ("${templatefile('../../../t.tpl', {a = 1})}", "t.tpl"),
    ],
)
def test_a_path_in_the_tree(tmp_path: Path, text: str, path: str) -> None:
    assert handed(tmp_path, {"source": [text]}) == [(path, ".source")]


def test_an_absolute_path_in_the_tree(tmp_path: Path) -> None:
    assert handed(tmp_path, {"source": f"{tmp_path}/a/b"}) == [("a/b", ".source")]


@pytest.mark.parametrize(
    "text", ["/healthz", "https://example.org/a", "a/b", "../../..", "hashicorp/helm", "10.0.0.0/8"]
)
def test_what_is_no_path_of_the_tree(tmp_path: Path, text: str) -> None:
    assert handed(tmp_path, text) == []


def test_remarks_are_not_looked_at(tmp_path: Path) -> None:
    assert handed(tmp_path, {"//": {"metadata": {"path": "../../../a"}}}) == []
