"""Write the picture of the packages into docs/architecture.md (``make generated``).

The layers come from the import-linter contract in pyproject.toml, the arrows from the code's
own imports, and each package's line from its docstring.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import grimp

from dev.generated import write_section

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
SECTION = "packages"

Imports = Mapping[str, frozenset[str]]


def layers() -> list[list[str]]:
    """Return the packages of ``promoter`` by layer, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each
        for each in settings["tool"]["importlinter"]["contracts"]
        if each.get("containers") == ["promoter"]
    )
    return [line.replace(":", "|").replace(" ", "").split("|") for line in contract["layers"]]


def imports() -> Imports:
    """Return the packages that each package of ``promoter`` imports."""
    graph = grimp.build_graph("promoter", cache_dir=None)
    packages = sorted(graph.find_children("promoter"))
    for package in packages:
        graph.squash_module(package)
    return {
        _name(package): frozenset(
            _name(target) for target in graph.find_modules_directly_imported_by(package)
        )
        & frozenset(map(_name, packages)) - {_name(package)}
        for package in packages
    }


def reduced(graph: Imports) -> Iterator[tuple[str, str]]:
    """Yield the arrows of ``graph`` that no longer path implies, sorted."""
    for source, targets in sorted(graph.items()):
        indirect = {each for target in targets for each in _reached(graph, target)}
        yield from ((source, target) for target in sorted(targets - indirect))


def section() -> str:
    """Return the generated part of the page: a Mermaid graph and a table."""
    known = [package for layer in layers() for package in layer]
    lines = ["```mermaid", "flowchart TD"]
    for layer in layers():
        lines += [f"    {' ~~~ '.join(layer)}"] if len(layer) > 1 else []
    for above, below in pairwise(layers()):
        lines.append(f"    {above[0]} ~~~ {below[0]}")
    lines += [f"    {a} --> {b}" for a, b in reduced(imports()) if {a, b} <= set(known)]
    lines += ["```", "", "| package | purpose |", "|---|---|"]
    lines += [f"| `promoter/{package}` | {_purpose(package)} |" for package in known]
    return "\n".join(lines) + "\n"


def _reached(graph: Imports, start: str) -> set[str]:
    found: set[str] = set()
    pending = list(graph.get(start, ()))
    while pending:
        package = pending.pop()
        if package not in found:
            found.add(package)
            pending.extend(graph.get(package, ()))
    return found


def _name(module: str) -> str:
    return module.removeprefix("promoter.")


def _purpose(package: str) -> str:
    source = (ROOT / "promoter" / package / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


if __name__ == "__main__":
    write_section(PAGE, SECTION, section())
