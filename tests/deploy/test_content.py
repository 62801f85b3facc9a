"""Digests of a release's content: as it is declared, and as the cluster has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promoter.deploy.content import declared_digest, observed_digest
from promoter.programs.helm import Helm
from promoter.synthesis.app import StackRelease


def declared(*documents: object) -> str:
    return declared_digest(StackRelease("qa", "app", "space", tuple(map(json.dumps, documents))))


def in_cluster(folder: Path, values: object) -> str:
    program = folder / "helm"
    program.write_text(f"#!/bin/sh\n[ \"$4\" = --revision=7 ] && echo '{json.dumps(values)}'\n")
    program.chmod(0o755)
    return observed_digest(Helm(program), StackRelease("qa", "app", "space", ()), 7)


def test_later_documents_are_merged_over_earlier_ones_as_helm_does(tmp_path: Path) -> None:
    found = declared({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "d": {"e": 1}})
    assert found == in_cluster(tmp_path, {"a": {"b": 1, "c": [3]}, "d": {"e": 1}})


@pytest.mark.parametrize("other", [{"chartHash": "b"}, {"chartHash": "a", "x": 1}, {}, None])
def test_other_content_has_another_digest(tmp_path: Path, other: object) -> None:
    assert declared({"chartHash": "a"}) != in_cluster(tmp_path, other)


def test_a_removed_default_counts_as_absent(tmp_path: Path) -> None:
    assert declared({"a": {"b": None}}) == in_cluster(tmp_path, {"a": {}})
