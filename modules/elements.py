"""Elements of CDK Terrain for any block type, without the bindings of a provider.

Importing the bindings of google or azurerm takes seconds and half a gigabyte for the few
block types that an environment consists of (docs/decisions/0050). Code imports ``block`` and
``provider`` from ``modules.terraform``, whose stub types them by the providers' schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from cdktn import (
    ITerraformDependable,
    TerraformDataSource,
    TerraformEphemeralResource,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from constructs import Construct

from modules.errors import ModuleError

BlockType = Literal["resource", "data", "ephemeral"]
Body = Mapping[str, Any]


class TerraformBlock:
    """A block of a stack: ``block["attribute"]`` is the expression of one of its attributes."""

    address: str
    """Its address in Terraform: ``google_sql_user.server``, ``data.google_project.this``."""
    body: Body

    def __getitem__(self, attribute: str) -> str:
        """Return the expression of an attribute, indexes included: ``metadata[0].name``."""
        return f"${{{self.address}.{attribute}}}"

    def _synthesize_attributes(self) -> Body:
        return self.body


class _Resource(TerraformBlock, TerraformResource):
    pass


class _DataSource(TerraformBlock, TerraformDataSource):
    pass


class _EphemeralResource(TerraformBlock, TerraformEphemeralResource):
    pass


class _Provider(TerraformBlock, TerraformProvider):
    pass


def block(
    scope: Construct,
    name: str,
    kind: str,
    body: Body,
    *,
    block_type: BlockType = "resource",
    keep: bool = False,
    ignore_changes: Sequence[str] = (),
    depends_on: Sequence[ITerraformDependable] = (),
) -> TerraformBlock:
    """Add a block of the type ``kind`` to ``scope`` and return it.

    Its Terraform name is its path in the construct tree; raises ``ModuleError`` if the stack
    already has a block of that address. ``keep`` is Terraform's ``prevent_destroy``.
    Attributes that are None are left out.
    """
    place = _place(scope)
    local_name = place.local_name(name)
    address = f"{block_type}.{kind}.{local_name}".removeprefix("resource.")
    if address in place.addresses:
        raise ModuleError(f"add block {address}: the stack already has one of this address")
    place.addresses.add(address)
    element: _Resource | _DataSource | _EphemeralResource
    common: dict[str, Any] = {
        "terraform_resource_type": kind,
        "depends_on": list(depends_on) or None,
    }
    if block_type == "resource":
        if keep or ignore_changes:
            common["lifecycle"] = TerraformResourceLifecycle(
                prevent_destroy=keep or None, ignore_changes=list(ignore_changes) or None
            )
        element = _Resource(scope, name, **common)
    elif block_type == "data":
        element = _DataSource(scope, name, **common)
    else:
        element = _EphemeralResource(scope, name, **common)
    element.override_logical_id(local_name)
    element.address = address
    element.body = {key: value for key, value in body.items() if value is not None}
    return element


@dataclass(frozen=True)
class _Place:
    """A construct to which blocks are added: its path, and every address of its stack."""

    path: tuple[str, ...]
    addresses: set[str] = field(default_factory=set)

    def local_name(self, name: str) -> str:
        return "_".join((*self.path, name)).replace("-", "_")


# Each property of a construct is read from another process, so it is read once.
_PLACES: WeakKeyDictionary[Construct, _Place] = WeakKeyDictionary()


def _place(scope: Construct) -> _Place:
    place = _PLACES.get(scope)
    if place is None:
        stack = TerraformStack.of(scope)
        addresses = _PLACES.setdefault(stack, _Place(())).addresses
        path = tuple(scope.node.path.split("/")[1:])
        place = _PLACES[scope] = _Place(path, addresses)
    return place


def provider(
    stack: TerraformStack, name: str, version: str, body: Body, *, source: str = ""
) -> None:
    """Require a provider and configure it; ``source`` defaults to hashicorp/<name>."""
    metadata = TerraformProviderGeneratorMetadata(
        provider_name=name, provider_version_constraint=version
    )
    element = _Provider(
        stack,
        name,
        terraform_resource_type=name,
        terraform_generator_metadata=metadata,
        terraform_provider_source=source or f"hashicorp/{name}",
    )
    element.body = body
