"""Terraform's blocks as constructs, without a provider's bindings.

Importing the bindings of google or azurerm takes seconds and half a gigabyte, for the few
resource types that an environment is made of (docs/decisions). So these are written as the
plain blocks that Terraform's JSON syntax has; what they may contain is checked against the
providers' own schemas by the tests, and against the real azurerm provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cdktn import TerraformStack
from constructs import Construct

BlockType = Literal["resource", "data", "ephemeral"]
Body = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """A block of a stack, as other blocks refer to it."""

    address: str
    """For ``depends_on``: ``google_sql_user.server``, ``data.google_project.this``."""

    def __getitem__(self, attribute: str) -> str:
        """The expression of an attribute; what follows it may be indexes: ``"id[0].x"``."""
        return f"${{{self.address}.{attribute}}}"


def block(
    scope: Construct,
    name: str,
    kind: str,
    body: Body,
    *,
    block_type: BlockType = "resource",
    keep: bool = False,
    depends_on: Sequence[Reference] = (),
) -> Reference:
    """Add a block of the type ``kind`` to the stack of ``scope``, and give its reference.

    Its Terraform name is its path in the tree of constructs, so two of the same name in one
    place are an error while building. ``keep`` is Terraform's ``prevent_destroy``.
    Attributes that are None are left out.
    """
    path = Construct(scope, name).node.path
    local = "_".join(path.split("/")[1:]).replace("-", "_")
    content = {key: value for key, value in body.items() if value is not None}
    if keep:
        content["lifecycle"] = {**content.get("lifecycle", {}), "prevent_destroy": True}
    if depends_on:
        content["depends_on"] = [reference.address for reference in depends_on]
    TerraformStack.of(scope).add_override(f"{block_type}.{kind}.{local}", content)
    prefix = "" if block_type == "resource" else f"{block_type}."
    return Reference(f"{prefix}{kind}.{local}")


def provider(
    stack: TerraformStack, name: str, version: str, body: Body, *, source: str = ""
) -> None:
    """Require a provider and configure it; ``source`` is hashicorp/<name> unless given."""
    required = {"source": source or f"hashicorp/{name}", "version": version}
    stack.add_override(f"terraform.required_providers.{name}", required)
    stack.add_override(f"provider.{name}", [dict(body)])
