"""The quick reader against PyYAML: where it has an answer, both have the same."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.common.errors import InvalidFile
from promoter.gate.config import read_config
from promoter.gate.documents import Node, ScalarNode, SequenceNode, read_document, read_quickly
from tests.examples import examples

USUAL = """\
# comment
deployment: lana-bank   # trailing
environments:
  gcp-galoy-staging:
    latest:
      - modules/lana-bank/**
      - "gcp/galoy-staging/shared/*"

    # between
  'gcp-volcano-qa':
    passed: gcp-galoy-staging
    ignore_queue: false
    propagated:
    - modules/lana-bank/**
    latest: [gcp/*, "a b", 'c']
  empty:
  none: ~
"""


def _theirs(node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return [(_theirs(key), _theirs(value)) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [_theirs(value) for value in node.value]
    plain = not node.style
    return ("~" if plain and not node.value else node.value, plain)


def _ours(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return (node.text, node.plain)
    if isinstance(node, SequenceNode):
        return [_ours(item) for item in node.items]
    return [(_ours(key), _ours(value)) for key, value in node.entries]


def _agree(text: str) -> bool:
    found = read_quickly(text)
    if found is None:
        return False
    assert _ours(found) == _theirs(yaml.compose(text, Loader=yaml.CLoader)), text
    return True


def test_the_usual_cepler_file_is_read_quickly() -> None:
    assert _agree(USUAL)


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: c}\n",
        "a: |\n  text\n",
        "a: *b\n",
        "a: &b c\n",
        'a: "x\\ty"\n',
        "a: b\n  c\n",
        "- a: b\n",
        "a:\tb\n",
        "a: b: c\n",
        "a\n",
        "",
        "# only\n",
        "a: b\n---\nc: d\n",
        "? a\n: b\n",
        "a: 'it''s'\n",
        "a: [b\n",
        "a: b # c\n d: e\n",
        "<<<<<<< HEAD\na: b\n",
        "a: !!str 1\n",
        "a: - b\n",
        "a:\r\n  b: c\r\n",
    ],
)
def test_what_is_unusual_is_left_to_the_library(text: str) -> None:
    assert read_quickly(text) is None


# fmt: off
words = st.sampled_from(
    ["a", "b c", "m/**", '"q"', "'s'", "~", "-", "- ", ":", ": ", "#", " #", "[", "]", ",", "{",
     "*", "x: y", "null", "true", "1.5", "é", "&", "!", "?", "%", "|", '"', "'", "\\", "..."]
)
# fmt: on
lines = st.builds(
    lambda indent, parts: " " * indent + "".join(parts),
    st.integers(0, 4),
    st.lists(words, max_size=5),
)
keyed = st.builds(
    lambda indent, key, value: " " * indent + f"{key}: {value}",
    st.sampled_from([0, 2, 4]),
    st.sampled_from(["a", "b", '"c"']),
    st.one_of(st.just(""), words),
)
items = st.builds(lambda indent, value: " " * indent + f"- {value}", st.sampled_from([0, 2]), words)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.one_of(keyed, items, lines), max_size=6))
def test_both_read_the_same(parts: list[str]) -> None:
    text = "\n".join(parts) + "\n"
    try:
        theirs = yaml.compose(text, Loader=yaml.CLoader)
    except yaml.YAMLError:
        assert read_quickly(text) is None, text
        return
    if theirs is not None:
        _agree(text)


def _nested_aliases(depth: int) -> bytes:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth)]
    return "\n".join(lines).encode()


def test_aliases_that_stand_for_billions_of_values_are_refused_at_once() -> None:
    reason = r"read cepler\.yml: line \d+: its aliases expand to more than 10,000 values"
    with pytest.raises(InvalidFile, match=reason) as refused:
        read_config(_nested_aliases(30), "cepler.yml")
    assert refused.value.next_step == "correct cepler.yml and run again"


def test_an_alias_to_a_node_around_it_is_refused() -> None:
    with pytest.raises(InvalidFile, match=r"read a\.yml: line 1: (nested too|its aliases)"):
        read_document(b"a: &a [*a, *a]\n", "a.yml")


def test_a_list_that_environments_share_by_an_alias_is_read() -> None:
    text = b"environments:\n  qa: {latest: &own [a, b]}\n  production: {latest: *own}\n"
    environments = read_config(text, "cepler.yml").environments
    assert environments["production"].latest == environments["qa"].latest == ("a", "b")
