"""Blocks are named by their place, once each."""

from __future__ import annotations

from pathlib import Path

import pytest
from cdktn import TerraformStack
from constructs import Construct

from modules.errors import ModuleError
from modules.terraform import block
from tests.modules.synthesis import synthesize


def test_a_block_is_named_by_its_place(tmp_path: Path) -> None:
    def build(stack: TerraformStack) -> None:
        first = block(
            Construct(stack, "a-b"), "user", "google_sql_user", {"name": "x", "host": None}
        )
        assert first.address == "google_sql_user.a_b_user"
        assert first["id"] == "${google_sql_user.a_b_user.id}"
        value = block(stack, "v", "random_bytes", {"length": 3}, block_type="ephemeral")
        assert value["hex"] == "${ephemeral.random_bytes.v.hex}"
        block(stack, "kept", "google_sql_database", {}, keep=True, depends_on=[first])

    content = synthesize(tmp_path, build)
    assert content["resource"]["google_sql_user"]["a_b_user"] == {"name": "x"}
    assert content["ephemeral"]["random_bytes"]["v"] == {"length": 3}
    assert content["resource"]["google_sql_database"]["kept"] == {
        "lifecycle": {"prevent_destroy": True},
        "depends_on": ["google_sql_user.a_b_user"],
    }


def test_a_second_block_of_a_name_in_a_place_is_refused(tmp_path: Path) -> None:
    def build(stack: TerraformStack) -> None:
        place = Construct(stack, "a")
        block(place, "b", "google_sql_user", {})
        block(stack, "b", "google_sql_user", {})
        with pytest.raises(ModuleError, match=r"add google_sql_user\.a_b: the stack has it"):
            block(place, "b", "google_sql_user", {})
        # Two places whose paths read the same are one name to Terraform.
        with pytest.raises(ModuleError, match="the stack has it"):
            block(stack, "a-b", "google_sql_user", {})

    assert len(synthesize(tmp_path, build)["resource"]["google_sql_user"]) == 2
