"""YAML files are read with bounds, and errors name file and line."""

from __future__ import annotations

import pytest

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_documents, read_yaml

NESTED_ALIASES = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 31)
)


def test_the_value_of_a_file() -> None:
    assert read_yaml(b"a: [1, two]\n", "f.yml") == {"a": [1, "two"]}
    assert read_yaml(b"", "f.yml") is None
    assert read_documents(b"a: 1\n---\nb: 2\n", "f.yml") == [{"a": 1}, {"b": 2}]


def test_an_alias_is_the_value_that_it_names() -> None:
    assert read_yaml(b"a: &a {b: 1}\nc: *a\n", "f.yml") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (NESTED_ALIASES.encode(), r"f\.yml: line 16: expands to more than 100,000 values"),
        (b"a: [\n", r"f\.yml: line 2: not YAML"),
        (b"a: \xff\n", r"f\.yml: not UTF-8"),
        (b"[" * 5000, r"f\.yml: is nested too deeply"),
        (b"a: 2026-13-45\n", r"f\.yml: not YAML: month must be in 1..12"),
    ],
)
def test_a_bad_file_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InvalidFile, match=message):
        read_yaml(content, "f.yml")


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(InvalidFile, match="line 1: key 'a' is there twice"):
        read_documents(b"a: 1\na: 2\n", "f.yml")
