"""Blocks are elements of the construct tree, named by their path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktn import (
    Aspects,
    IAspect,
    TerraformDataSource,
    TerraformEphemeralResource,
    TerraformHclModule,
    TerraformProvider,
    TerraformResource,
    TerraformStack,
)
from cdktn import Testing as CdktnTesting
from constructs import Construct, IConstruct

from modules.errors import ModuleError
from modules.terraform import block, provider
from tests.modules.synthesis import new_stack, synthesize


def without_metadata(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "//"}


def add_blocks(stack: TerraformStack) -> None:
    """Add one block of each type."""
    provider(stack, "google", "~> 8.0", {"project": "p"})
    block(stack, "cluster", "google_container_cluster", {"name": "c"}, block_type="data")
    block(stack, "fresh", "random_bytes", {"length": 3}, block_type="ephemeral")
    block(Construct(stack, "a"), "user", "google_sql_user", {"name": "u", "instance": "i"})


def test_a_block_is_named_by_its_path(tmp_path: Path) -> None:
    def build(stack: TerraformStack) -> None:
        first = block(
            Construct(stack, "a-b"),
            "user",
            "google_sql_user",
            {"name": "x", "instance": "i", "host": None},
        )
        assert first.address == "google_sql_user.a_b_user"
        assert first["id"] == "${google_sql_user.a_b_user.id}"
        value = block(stack, "v", "random_bytes", {"length": 3}, block_type="ephemeral")
        assert value["hex"] == "${ephemeral.random_bytes.v.hex}"
        block(
            stack,
            "kept",
            "google_sql_database",
            {"name": "d", "instance": "i"},
            keep=True,
            ignore_changes=["charset"],
            depends_on=[first],
        )

    content = synthesize(tmp_path, build)
    users = content["resource"]["google_sql_user"]
    assert without_metadata(users["a_b_user"]) == {"name": "x", "instance": "i"}
    assert without_metadata(content["ephemeral"]["random_bytes"]["v"]) == {"length": 3}
    assert without_metadata(content["resource"]["google_sql_database"]["kept"]) == {
        "name": "d",
        "instance": "i",
        "lifecycle": {"prevent_destroy": True, "ignore_changes": ["charset"]},
        "depends_on": ["google_sql_user.a_b_user"],
    }


def test_a_second_block_of_the_same_address_is_rejected(tmp_path: Path) -> None:
    def user(scope: Construct, name: str) -> None:
        block(scope, name, "google_sql_user", {"name": "x", "instance": "i"})

    def build(stack: TerraformStack) -> None:
        place = Construct(stack, "a")
        user(place, "b")
        user(stack, "b")
        with pytest.raises(
            ModuleError, match=r"add block google_sql_user\.a_b: the stack already has one"
        ):
            user(place, "b")
        # Two paths that Terraform cannot tell apart.
        with pytest.raises(ModuleError, match="the stack already has one"):
            user(stack, "a-b")

    assert len(synthesize(tmp_path, build)["resource"]["google_sql_user"]) == 2


def test_an_aspect_sees_every_block_and_changes_it(tmp_path: Path) -> None:
    visited: list[type] = []
    kinds = (
        TerraformResource,
        TerraformDataSource,
        TerraformEphemeralResource,
        TerraformProvider,
    )

    @jsii.implements(IAspect)
    class Visitor:
        def visit(self, node: IConstruct) -> None:
            visited.extend(kind for kind in kinds if isinstance(node, kind))
            if isinstance(node, TerraformResource):
                node.add_override("name", "overridden")

    def build(stack: TerraformStack) -> None:
        add_blocks(stack)
        Aspects.of(stack).add(Visitor())

    content = synthesize(tmp_path, build)
    assert set(visited) == set(kinds)
    assert content["resource"]["google_sql_user"]["a_user"]["name"] == "overridden"
    assert content["provider"] == {"google": [{"project": "p"}]}
    assert content["terraform"]["required_providers"] == {
        "google": {"source": "hashicorp/google", "version": "~> 8.0"}
    }


def test_testing_synthesizes_every_block(tmp_path: Path) -> None:
    stack = new_stack(tmp_path)
    add_blocks(stack)
    content = json.loads(CdktnTesting.synth(stack))
    assert list(content["data"]["google_container_cluster"]) == ["cluster"]
    assert list(content["ephemeral"]["random_bytes"]) == ["fresh"]
    assert content["resource"]["google_sql_user"]["a_user"]["instance"] == "i"
    assert list(content["provider"]) == ["google"]


def test_a_construct_depends_on_a_block(tmp_path: Path) -> None:
    def build(stack: TerraformStack) -> None:
        user = block(stack, "user", "google_sql_user", {"name": "x", "instance": "i"})
        value = block(stack, "v", "random_bytes", {"length": 3}, block_type="ephemeral")
        TerraformHclModule(stack, "module", source="registry/m/x", depends_on=[user, value])
        TerraformResource(stack, "r", terraform_resource_type="null_resource", depends_on=[user])

    content = synthesize(tmp_path, build)
    addresses = ["google_sql_user.user", "ephemeral.random_bytes.v"]
    assert content["module"]["module"]["depends_on"] == addresses
    assert content["resource"]["null_resource"]["r"]["depends_on"] == addresses[:1]


def test_a_block_that_was_moved_says_so(tmp_path: Path) -> None:
    def build(stack: TerraformStack) -> None:
        user: Any = block(stack, "user", "google_sql_user", {"name": "x", "instance": "i"})
        user.move_from_id("google_sql_user.earlier")

    moved = synthesize(tmp_path, build)["moved"]
    assert moved == [{"from": "google_sql_user.earlier", "to": "google_sql_user.user"}]
