"""A stack's tests give it the variables that a deploy of it would, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.providers.azurerm_stack import Tofu

STACK = {"terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm"}}}}


@pytest.mark.parametrize(
    ("variable", "undeclared"),
    [
        ("ARM_CLIENT_ID", False),
        ("ARM_METADATA_HOSTNAME", False),
        ("GOOGLE_CREDENTIALS", True),
        ("HONEYCOMB_API_KEY", True),
        ("TF_VAR_replicas", True),
    ],
)
def test_a_variable_of_another_provider_is_refused(
    tmp_path: Path, variable: str, undeclared: bool
) -> None:
    tofu = Tofu(Path("/bin/true"), tmp_path / "stack", {variable: "x"})
    tofu.write(STACK)
    assert tofu.undeclared() == ({variable} if undeclared else set())
    if undeclared:
        with pytest.raises(AssertionError, match=variable):
            tofu.run("plan")
