"""The schemas of the block types that the stacks use, and the stub that types them.

``python -m dev.provider_schemas <site-packages>`` reads CDK Terrain's bindings of google,
azurerm, kubernetes and random, installed with ``pip install --no-deps --target``, and writes
tests/modules/provider_schemas.json. The bindings are generated from the providers' schemas;
the stacks do not use them, because of their size (docs/decisions/0050). Without an argument
it writes modules/terraform.pyi from that file: ``make generated``.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TYPES = {
    "azurerm": (
        "application_insights",
        "application_insights_standard_web_test",
        "container_registry",
        "container_registry_cache_rule",
        "container_registry_credential_set",
        "data_protection_backup_instance_postgresql_flexible_server",
        "data_protection_backup_policy_postgresql_flexible_server",
        "data_protection_backup_vault",
        "data_protection_backup_vault_customer_managed_key",
        "dns_zone",
        "ephemeral_azurerm_key_vault_secret",
        "federated_identity_credential",
        "key_vault",
        "key_vault_key",
        "key_vault_secret",
        "log_analytics_workspace",
        "management_lock",
        "monitor_action_group",
        "monitor_alert_processing_rule_action_group",
        "monitor_diagnostic_setting",
        "monitor_metric_alert",
        "postgresql_flexible_server",
        "postgresql_flexible_server_active_directory_administrator",
        "postgresql_flexible_server_backup",
        "postgresql_flexible_server_configuration",
        "postgresql_flexible_server_database",
        "private_dns_zone",
        "private_dns_zone_virtual_network_link",
        "resource_group",
        "role_assignment",
        "role_definition",
        "storage_account",
        "storage_container",
        "subnet",
        "user_assigned_identity",
        "virtual_network",
    ),
    "google": (
        "artifact_registry_repository_iam_member",
        "bigquery_dataset_iam_member",
        "cloud_scheduler_job",
        "compute_global_address",
        "compute_network",
        "compute_router",
        "compute_router_nat",
        "compute_subnetwork",
        "data_google_bigquery_default_service_account",
        "data_google_container_cluster",
        "data_google_project",
        "data_google_sql_backup_run",
        "data_google_storage_project_service_account",
        "dns_managed_zone",
        "dns_record_set",
        "ephemeral_google_client_config",
        "ephemeral_google_secret_manager_secret_version",
        "iam_workload_identity_pool",
        "iam_workload_identity_pool_provider",
        "kms_crypto_key",
        "kms_crypto_key_iam_member",
        "kms_key_ring",
        "monitoring_alert_policy",
        "monitoring_notification_channel",
        "monitoring_uptime_check_config",
        "project_iam_audit_config",
        "project_iam_custom_role",
        "project_iam_member",
        "project_service",
        "secret_manager_secret",
        "secret_manager_secret_version",
        "service_account",
        "service_account_iam_member",
        "service_networking_connection",
        "sql_database",
        "sql_database_instance",
        "sql_user",
        "storage_bucket",
        "storage_bucket_iam_member",
        "workflows_workflow",
    ),
    "kubernetes": ("namespace_v1", "secret_v1"),
    "random": ("ephemeral_random_bytes", "ephemeral_random_password"),
}
"""The bindings' modules for the types that the stacks use."""

_TEXT = {"required": False, "type": "str"}
_NAME = {"required": True, "type": "str"}
_NUMBER = {"required": True, "type": "float"}
_RECIPIENTS = {"required": False, "block": {"id": _TEXT, "target": _TEXT, "type": _TEXT}}
DOCUMENTED: dict[str, Any] = {
    "resource.honeycombio_burn_alert": {
        "attributes": {
            **dict.fromkeys(("dataset", "slo_id"), _NAME),
            **dict.fromkeys(("alert_type", "description"), _TEXT),
            "budget_rate_decrease_percent": {"required": False, "type": "float"},
            "budget_rate_window_minutes": {"required": False, "type": "float"},
            "exhaustion_minutes": {"required": False, "type": "float"},
            "recipient": _RECIPIENTS,
        },
        "readable": ["id"],
    },
    "resource.honeycombio_column": {
        "attributes": {
            **dict.fromkeys(("dataset", "name"), _NAME),
            **dict.fromkeys(("description", "type"), _TEXT),
            "hidden": {"required": False, "type": "bool"},
        },
        "readable": ["id", "name"],
    },
    "resource.honeycombio_dataset": {
        "attributes": {
            "name": _NAME,
            "description": _TEXT,
            "delete_protected": {"required": False, "type": "bool"},
            "expand_json_depth": {"required": False, "type": "float"},
        },
        "readable": ["id", "name", "slug"],
    },
    "resource.honeycombio_derived_column": {
        "attributes": {
            **dict.fromkeys(("alias", "dataset", "expression"), _NAME),
            "description": _TEXT,
        },
        "readable": ["alias", "id"],
    },
    "resource.honeycombio_query": {
        "attributes": dict.fromkeys(("dataset", "query_json"), _NAME),
        "readable": ["id"],
    },
    "resource.honeycombio_slo": {
        "attributes": {
            **dict.fromkeys(("name", "sli"), _NAME),
            **dict.fromkeys(("target_percentage", "time_period"), _NUMBER),
            "datasets": {"required": False, "type": "Sequence[str]"},
            "description": _TEXT,
        },
        "readable": ["id"],
    },
    "resource.honeycombio_trigger": {
        "attributes": {
            **dict.fromkeys(("dataset", "name"), _NAME),
            **dict.fromkeys(("alert_type", "description", "query_id"), _TEXT),
            "frequency": {"required": False, "type": "float"},
            "recipient": _RECIPIENTS,
            "threshold": {"required": True, "block": {"op": _NAME, "value": _NUMBER}},
        },
        "readable": ["id"],
    },
}
"""Schemas of a provider that has no bindings, as its documentation lists them."""

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "tests/modules/provider_schemas.json"
STUB = ROOT / "modules/terraform.pyi"
META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
TYPE_NAMES = {
    "typing.Mapping[builtins.str, builtins.str]": "Mapping[str, str]",
    "typing.Sequence[builtins.str]": "Sequence[str]",
    "builtins.bool": "bool",
    "jsii.Number": "float",
    "builtins.str": "str",
}
"""Python's types by those of the bindings; the first that occurs in an annotation counts."""

HEADER = '''\
"""Types of ``modules.terraform``, read off the providers' schemas.

Written by ``make generated`` (dev/provider_schemas.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar, overload

from cdktn import ITerraformDependable, TerraformElement, TerraformStack
from constructs import Construct

AttributeT = TypeVar("AttributeT", bound=str, contravariant=True)

class TerraformBlock(TerraformElement, Generic[AttributeT]):
    """A block of a stack: ``block["attribute"]`` is the expression of one of its attributes."""

    address: str
    body: Mapping[str, Any]
    def __getitem__(self, attribute: AttributeT) -> str: ...

def provider(
    stack: TerraformStack, name: str, version: str, body: Mapping[str, Any], *, source: str = ...
) -> None: ...
'''
SIGNATURE = """\
@overload
def block(
    scope: Construct,
    name: str,
    kind: Literal["{kind}"],
    body: {name},
    *,
    block_type: Literal["{block_type}"]{default},{resource}
    depends_on: Sequence[ITerraformDependable] = ...,
) -> {name}Block: ...
"""
RESOURCE = """
    keep: bool = ...,
    create_first: bool = ...,
    ignore_changes: Sequence[str] = ...,"""

Schema = dict[str, Any]
Classes = dict[str, ast.ClassDef]


def read_schema(module: Path) -> Schema:
    """Return the ``attributes`` that a block of a type takes, and the ``readable`` ones.

    An attribute has ``required`` and either ``type`` or, if it is a block, ``block`` with the
    attributes in it.
    """
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    class_name = module.parent.name.replace("_", "")
    name = next(name for name in classes if name.lower() == class_name)
    return {"attributes": _attributes(name, classes, ()), "readable": _readable(name, classes)}


def _attributes(name: str, classes: Classes, parents: tuple[str, ...]) -> Schema:
    found: Schema = {}
    for argument, required, annotation in _arguments(classes[name]):
        if argument in META and not parents:
            continue
        nested = _names(annotation, classes)
        entry: Schema = {"required": required}
        if nested and nested[0] not in parents:
            entry["block"] = _attributes(nested[0], classes, (*parents, name))
        else:
            matches = (shown for text, shown in TYPE_NAMES.items() if text in annotation)
            entry["type"] = next(matches, "Any")
        found[argument] = entry
    return found


def _names(annotation: str, classes: Classes) -> list[str]:
    return [word for word in re.findall(r"\w+", annotation) if word in classes]


def _arguments(node: ast.ClassDef) -> list[tuple[str, bool, str]]:
    for function in node.body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
            return [
                (argument.arg, default is None, ast.unparse(argument.annotation))
                for argument, default in pairs
                if argument.annotation is not None
            ]
    return []


def _readable(name: str, classes: Classes) -> list[str]:
    """Return the attributes that expressions may read, one level of blocks included."""
    found = []
    for attribute, annotation in _properties(classes[name]):
        nested = re.search(r"(\w+?)(?:List|OutputReference)\b", annotation)
        output = f"{nested[1]}OutputReference" if nested else ""
        found.append(attribute)
        if output in classes and attribute != "timeouts":
            found += [
                f"{attribute}[0].{inner}"
                for inner, inner_annotation in _properties(classes[output])
                if inner != "internal_value" and not _names(inner_annotation, classes)
            ]
    return sorted(found)


def _properties(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for function in node.body:
        if (
            isinstance(function, ast.FunctionDef)
            and any(ast.unparse(item) == "builtins.property" for item in function.decorator_list)
            and not function.name.endswith("_input")
            and function.returns is not None
        ):
            # The bindings' names went through camel case and back, which split k8s.
            yield function.name.replace("k8_s", "k8s"), ast.unparse(function.returns)


def address(provider: str, module: str) -> str:
    """Return the block and type of a binding's module: ``ephemeral.random_password``."""
    for block in ("data", "ephemeral"):
        # Not data_protection_backup_vault, which is a resource.
        if module.startswith(f"{block}_{provider}_"):
            return f"{block}.{module.removeprefix(f'{block}_')}"
    return f"resource.{provider}_{module}"


def render_stub(schemas: Schema) -> str:
    """Return the stub of ``modules.terraform``, with one overload of ``block`` for each type."""
    parts = [HEADER]
    signatures = []
    for where, schema in sorted(schemas.items()):
        block_type, kind = where.split(".")
        is_resource = block_type == "resource"
        name = _class_name(kind if is_resource else f"{block_type}_{kind}")
        parts += _typed_dicts(name, schema["attributes"])
        attributes = ", ".join(json.dumps(attribute) for attribute in schema["readable"])
        parts.append(f"{name}Block = TerraformBlock[Literal[{attributes}]]\n")
        signatures.append(
            SIGNATURE.format(
                kind=kind,
                name=name,
                block_type=block_type,
                default=" = ..." if is_resource else "",
                resource=RESOURCE if is_resource else "",
            )
        )
    return _formatted("\n".join([*parts, *signatures]))


def _typed_dicts(name: str, attributes: Schema) -> Iterator[str]:
    lines = []
    for attribute, entry in attributes.items():
        shown = entry.get("type")
        if shown is None:
            nested = name + _class_name(attribute)
            yield from _typed_dicts(nested, entry["block"])
            shown = f"{nested} | Sequence[{nested}]"
        lines.append(
            f"{attribute}: {shown if entry['required'] else f'NotRequired[{shown} | None]'}"
        )
    yield "\n    ".join([f"class {name}(TypedDict):", *(lines or ["pass"])]) + "\n"


def _class_name(snake_case: str) -> str:
    return "".join(word.capitalize() for word in snake_case.split("_"))


def _formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(STUB), "-"]
    return subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout


def main(arguments: list[str]) -> int:
    """Write the schemas or, without an argument, the stub; return the exit code."""
    if arguments:
        schemas = {
            address(provider, module): read_schema(
                Path(arguments[0]) / f"cdktn_provider_{provider}" / module / "__init__.py"
            )
            for provider, modules in TYPES.items()
            for module in modules
        } | DOCUMENTED
        text = json.dumps(schemas, indent=1, sort_keys=True) + "\n"
        SCHEMAS.write_text(text, encoding="utf-8")
    STUB.write_text(render_stub(json.loads(SCHEMAS.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
