"""What the providers' resource types may contain, read off CDK Terrain's bindings for them.

The stacks do without these bindings (half a gigabyte, seconds to import), but their
attributes are generated from the providers' schemas, so the tests check our blocks against
them: ``python -m dev.provider_schemas <site-packages>`` writes the part that the stacks use
to tests/modules/provider_schemas.json, out of a folder into which the bindings of google,
azurerm, kubernetes and random were installed (``pip install --no-deps --target``).
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

TYPES = {
    "azurerm": (
        "ephemeral_azurerm_key_vault_secret",
        "key_vault_secret",
        "monitor_diagnostic_setting",
        "postgresql_flexible_server",
        "postgresql_flexible_server_active_directory_administrator",
        "postgresql_flexible_server_configuration",
        "postgresql_flexible_server_database",
        "private_dns_zone",
        "private_dns_zone_virtual_network_link",
        "subnet",
    ),
    "google": (
        "bigquery_dataset_iam_member",
        "data_google_container_cluster",
        "ephemeral_google_client_config",
        "ephemeral_google_secret_manager_secret_version",
        "project_iam_member",
        "secret_manager_secret",
        "secret_manager_secret_version",
        "service_account",
        "service_account_iam_member",
        "sql_database",
        "sql_database_instance",
        "sql_user",
    ),
    "kubernetes": ("namespace_v1", "secret_v1"),
    "random": ("ephemeral_random_bytes", "ephemeral_random_password"),
}
"""The bindings' modules for the types that the stacks use."""

OUTPUT = Path(__file__).parent.parent / "tests/modules/provider_schemas.json"
META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}

Schema = dict[str, Any]


def schema_of(module: Path) -> Schema:
    """Give a type's attributes: name -> {"required", and "block" with the attributes below}."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    wanted = module.parent.name.replace("_", "")
    return _attributes(next(name for name in classes if name.lower() == wanted), classes, ())


def _attributes(name: str, classes: dict[str, ast.ClassDef], above: tuple[str, ...]) -> Schema:
    found: Schema = {}
    for argument, required, annotation in _arguments(classes[name]):
        if argument in META and not above:
            continue
        entry: Schema = {"required": required}
        below = [word for word in re.findall(r"\w+", annotation) if word in classes]
        if below and below[0] not in above:
            entry["block"] = _attributes(below[0], classes, (*above, name))
        found[argument] = entry
    return found


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


def address(provider: str, module: str) -> str:
    """Give the block and type of a binding's module: ``ephemeral.random_password``."""
    for block in ("data", "ephemeral"):
        if module.startswith(f"{block}_"):
            return f"{block}.{module.removeprefix(f'{block}_')}"
    return f"resource.{provider}_{module}"


def main(arguments: list[str]) -> int:
    """Write the schemas; give the exit code."""
    packages = Path(arguments[0])
    schemas = {
        address(provider, module): schema_of(
            packages / f"cdktn_provider_{provider}" / module / "__init__.py"
        )
        for provider, modules in TYPES.items()
        for module in modules
    }
    OUTPUT.write_text(json.dumps(schemas, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
