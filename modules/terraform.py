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
from weakref import WeakKeyDictionary

from cdktn import TerraformStack
from constructs import Construct

from modules.errors import ModuleError

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

    Its Terraform name is its path in the tree of constructs; raises ``ModuleError`` for a
    second one of the same name in one place. ``keep`` is Terraform's ``prevent_destroy``.
    Attributes that are None are left out.
    """
    place = _place(scope)
    reference = Reference(_address(block_type, kind, place.local(name)))
    if reference.address in place.taken:
        raise ModuleError(f"add {reference.address}: the stack has it already")
    place.taken.add(reference.address)
    content = {key: value for key, value in body.items() if value is not None}
    if keep:
        content["lifecycle"] = {**content.get("lifecycle", {}), "prevent_destroy": True}
    if depends_on:
        content["depends_on"] = [needed.address for needed in depends_on]
    place.stack.add_override(f"{block_type}.{kind}.{place.local(name)}", content)
    return reference


def _address(block_type: BlockType, kind: str, name: str) -> str:
    return f"{kind}.{name}" if block_type == "resource" else f"{block_type}.{kind}.{name}"


@dataclass(frozen=True)
class _Place:
    """Where blocks are added: a stack, the path of a construct in it, what there is already."""

    stack: TerraformStack
    path: tuple[str, ...]
    taken: set[str]

    def local(self, name: str) -> str:
        return "_".join((*self.path, name)).replace("-", "_")


# Every question to a construct goes through another process and back: it is asked once.
_PLACES: WeakKeyDictionary[Construct, _Place] = WeakKeyDictionary()


def _place(scope: Construct) -> _Place:
    found = _PLACES.get(scope)
    if found is None:
        stack = TerraformStack.of(scope)
        path = tuple(scope.node.path.split("/")[1:])
        taken = _PLACES[stack].taken if stack in _PLACES else set[str]()
        _PLACES.setdefault(stack, _Place(stack, (), taken))
        found = _PLACES[scope] = _Place(stack, path, taken)
    return found


def provider(
    stack: TerraformStack, name: str, version: str, body: Body, *, source: str = ""
) -> None:
    """Require a provider and configure it; ``source`` is hashicorp/<name> unless given."""
    required = {"source": source or f"hashicorp/{name}", "version": version}
    stack.add_override(f"terraform.required_providers.{name}", required)
    stack.add_override(f"provider.{name}", [dict(body)])
