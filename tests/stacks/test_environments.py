"""Discovery of the stacks from the folders of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from stacks.environments import discover, select
from stacks.errors import InvalidSettings, UnknownStack

PLATFORMS = ("gcp", "local")


def settings(root: Path, *names: str) -> None:
    for name in names:
        file = root / "stacks" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("{}\n")


def test_a_stack_is_named_after_its_environment(tmp_path: Path) -> None:
    settings(tmp_path, "local/qa/shared.yml", "local/qa/lana-bank.yml")
    settings(tmp_path, "gcp/galoy-staging/shared.yml", "gcp/galoy-staging/lana-bank.yml")
    found = discover(tmp_path, PLATFORMS)
    assert [source.stack for source in found] == ["gcp-galoy-staging", "local-qa"]
    assert found[1].relative(found[1].settings) == "stacks/local/qa/lana-bank.yml"


def test_a_further_deployment_adds_its_name(tmp_path: Path) -> None:
    settings(tmp_path, "gcp/qa/shared.yml", "gcp/qa/lana-bank.yml", "gcp/qa/metrics.yml")
    assert [source.stack for source in discover(tmp_path, PLATFORMS)] == [
        "gcp-qa",
        "gcp-qa-metrics",
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["azur/qa/shared.yml"], "stacks/azur/qa: unknown platform 'azur'; known: gcp, local"),
        (["gcp/qa/lana-bank.yml"], "stacks/gcp/qa/shared.yml: the file is missing"),
        (["gcp/qa/shared.yml"], "stacks/gcp/qa: has no deployment; add lana-bank.yml"),
    ],
)
def test_an_incomplete_environment_is_rejected(
    tmp_path: Path, files: list[str], expected: str
) -> None:
    settings(tmp_path, *files)
    with pytest.raises(InvalidSettings) as caught:
        discover(tmp_path, PLATFORMS)
    assert str(caught.value) == f"read settings: {expected}"


def test_an_unknown_stack_is_rejected_with_the_known_ones(tmp_path: Path) -> None:
    settings(tmp_path, "local/qa/shared.yml", "local/qa/lana-bank.yml")
    with pytest.raises(UnknownStack, match=r"find stack 'local-qaa': .* known: local-qa$"):
        select(discover(tmp_path, PLATFORMS), ("local-qaa",))
