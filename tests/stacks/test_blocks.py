"""Every block of every cloud stack fits the schema of its provider."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.stack_tree import Tree, copy_tree

SCHEMAS = json.loads((Path(__file__).parents[1] / "modules/provider_schemas.json").read_text())
META = {"//", "depends_on", "lifecycle", "provider", "count", "for_each"}
CLOUD = ("gcp-galoy-staging", "gcp-volcano-qa", "gcp-volcano-production", "azure-volcano-staging")
FOUNDATIONS = tuple(f"{name}-foundation" for name in CLOUD)


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = copy_tree(tmp_path_factory.mktemp("stacks") / "tree")
    tree.synthesize(*CLOUD, *FOUNDATIONS)
    return tree


def faults(schema: Mapping[str, Any], body: Any, place: str) -> Iterator[str]:
    """Yield the differences of a block, or of each block of a list, from its schema."""
    if isinstance(body, list):
        for number, item in enumerate(body):
            yield from faults(schema, item, f"{place}[{number}]")
        return
    for name in body.keys() - META - schema.keys():
        yield f"{place}.{name} is not known"
    for name, attribute in schema.items():
        if name not in body:
            if attribute["required"]:
                yield f"{place}.{name} is missing"
        elif "block" in attribute:
            yield from faults(attribute["block"], body[name], f"{place}.{name}")


def blocks(stack: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Type, address and body of every block that is not the helm release."""
    for block in ("resource", "data", "ephemeral"):
        for kind, named in stack.get(block, {}).items():
            for name, body in named.items():
                if kind != "helm_release":
                    yield f"{block}.{kind}", f"{block}.{kind}.{name}", body


@pytest.mark.parametrize("stack", (*CLOUD, *FOUNDATIONS))
def test_every_block_fits_its_schema(synthesized: Tree, stack: str) -> None:
    checked = 0
    found = []
    for kind, place, body in blocks(synthesized.json(stack)):
        found += list(faults(SCHEMAS[kind]["attributes"], body, place))
        checked += 1
    assert found == []
    assert checked > 25


def test_a_wrong_attribute_is_found() -> None:
    schema = SCHEMAS["resource.google_sql_database_instance"]["attributes"]
    body = {"settings": {"teir": "x"}, "name": "a"}
    assert sorted(faults(schema, body, "i")) == [
        "i.database_version is missing",
        "i.settings.teir is not known",
        "i.settings.tier is missing",
    ]


@pytest.mark.parametrize("stack", CLOUD)
def test_no_secret_has_a_value_that_is_kept(synthesized: Tree, stack: str) -> None:
    """Passwords go through write-only attributes; what ends in _wo is in no state and no plan."""
    for _, place, body in blocks(synthesized.json(stack)):
        kept = {key for key in body if not key.endswith(("_wo", "_version", "_revision"))}
        assert not kept & {
            "password",
            "data",
            "secret_data",
            "value",
            "administrator_password",
        } or ("configuration" in place), place
        for key in kept:
            assert "ephemeral." not in json.dumps(body[key]), f"{place}.{key}"


@pytest.mark.parametrize("stack", CLOUD)
def test_every_dependency_exists(synthesized: Tree, stack: str) -> None:
    content = synthesized.json(stack)
    there = {place.removeprefix("resource.") for _, place, _ in blocks(content)}
    for _, place, body in blocks(content):
        for address in body.get("depends_on", []):
            assert address in there, place
    release = content["resource"]["helm_release"]["lana-bank"]
    assert set(release["depends_on"]) <= there


@pytest.mark.parametrize("stack", CLOUD)
def test_databases_and_the_namespace_are_kept(synthesized: Tree, stack: str) -> None:
    kept = ("sql_database", "postgresql_flexible_server", "secret_manager_secret", "namespace")
    never = ("_configuration", "_administrator", "_version")
    seen = 0
    for kind, place, body in blocks(synthesized.json(stack)):
        stateful = kind.startswith("resource.") and any(word in kind for word in kept)
        if stateful and not kind.endswith(never):
            assert body["lifecycle"]["prevent_destroy"] is True, place
            seen += 1
    assert seen >= 3
