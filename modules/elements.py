"""Elements of CDK Terrain for any block type, without the bindings of a provider.

Importing the bindings of google or azurerm takes seconds and half a gigabyte for the few
block types that an environment consists of (docs/decisions/0050). Code imports ``block`` and
``provider`` from ``modules.terraform``, whose stub types them by the providers' schemas.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from weakref import WeakKeyDictionary

from cdktn import (
    ITerraformDependable,
    TerraformDataSource,
    TerraformEphemeralResource,
    TerraformHclModule,
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


_ELEMENTS: Mapping[BlockType, type[_Resource | _DataSource | _EphemeralResource]] = {
    "resource": _Resource,
    "data": _DataSource,
    "ephemeral": _EphemeralResource,
}


def block(
    scope: Construct,
    name: str,
    kind: str,
    body: Body,
    *,
    block_type: BlockType = "resource",
    keep: bool = False,
    create_first: bool = False,
    ignore_changes: Sequence[str] = (),
    depends_on: Sequence[ITerraformDependable] = (),
) -> TerraformBlock:
    """Add a block of the type ``kind`` to ``scope`` and return it.

    Its Terraform name is its path in the construct tree; raises ``ModuleError`` if the stack
    already has a block of that address. ``keep`` is Terraform's ``prevent_destroy``,
    ``create_first`` its ``create_before_destroy``. Attributes that are None are left out.
    """
    path, addresses = _place(scope)
    local_name = _local_name(path, name)
    address = f"{block_type}.{kind}.{local_name}".removeprefix("resource.")
    if address in addresses:
        raise ModuleError(f"add block {address}: the stack already has one of this address")
    addresses.add(address)
    options: dict[str, Any] = {"depends_on": list(depends_on) or None}
    if block_type == "resource" and (keep or create_first or ignore_changes):
        options["lifecycle"] = TerraformResourceLifecycle(
            prevent_destroy=keep or None,
            create_before_destroy=create_first or None,
            ignore_changes=list(ignore_changes) or None,
        )
    element = _ELEMENTS[block_type](scope, name, terraform_resource_type=kind, **options)
    element.override_logical_id(local_name)
    element.address = address
    element.body = {key: value for key, value in body.items() if value is not None}
    return element


# Each property of a construct is read from another process, so it is read once.
_PLACES: WeakKeyDictionary[Construct, tuple[list[str], set[str]]] = WeakKeyDictionary()


def _place(scope: Construct) -> tuple[list[str], set[str]]:
    """Return the path of ``scope`` in its stack, and every address of the stack."""
    if scope not in _PLACES:
        _, addresses = _PLACES.setdefault(TerraformStack.of(scope), ([], set()))
        _PLACES[scope] = scope.node.path.split("/")[1:], addresses
    return _PLACES[scope]


def chart_module(scope: Construct, name: str, source: str, variables: Body) -> None:
    """Add the Terraform module in ``source``, a folder relative to Terraform's working folder."""
    TerraformHclModule(
        scope,
        "module",
        source=source,
        variables=variables,
        # The folder is vendored with the chart, so it needs no copy.
        skip_asset_creation_from_local_modules=True,
    ).override_logical_id(name)


def forget(scope: Construct, kinds: Mapping[str, Iterable[str]]) -> None:
    """Let resources out of the state that ``scope`` no longer has, without destroying them.

    ``kinds`` has their names by type.
    """
    path, _ = _place(scope)
    removed = [
        {"from": f"{kind}.{_local_name(path, name)}", "lifecycle": {"destroy": False}}
        for kind, names in kinds.items()
        for name in names
    ]
    if removed:
        TerraformStack.of(scope).add_override("removed", removed)


def _local_name(path: Sequence[str], name: str) -> str:
    return "_".join((*path, name)).replace("-", "_")


def provider(
    stack: TerraformStack, name: str, version: str, body: Body, *, source: str = ""
) -> None:
    """Require a provider and configure it; ``source`` defaults to hashicorp/<name>."""
    _Provider(
        stack,
        name,
        terraform_resource_type=name,
        terraform_generator_metadata=TerraformProviderGeneratorMetadata(
            provider_name=name, provider_version_constraint=version
        ),
        terraform_provider_source=source or f"hashicorp/{name}",
    ).body = body
