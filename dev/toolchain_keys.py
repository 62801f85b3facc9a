"""Write the keys of the shared Go module's programs (``make generated``).

A program's key is a hash over the modules, with versions, that its packages are imported from.
It is committed, so that finding a program in the cache needs neither Go nor a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

from promoter.toolchain.recipes import KEYS, RECIPES, SHARED, Recipe, requirements_digest

MODULE = Path(__file__).parent / "toolchain" / SHARED
_MACHINES = ("amd64", "arm64")
_FORMAT = (
    "{{with .Module}}{{.Path}} {{.Version}}{{with .Replace}} {{.Path}} {{.Version}}{{end}}{{end}}"
)


def keys() -> str:
    """Return the content of the file with the keys."""
    programs = {
        name: hashlib.sha256(json.dumps(_modules(recipe)).encode()).hexdigest()[:16]
        for name, recipe in sorted(RECIPES.items())
        if recipe.folder == SHARED
    }
    document = {"requirements": requirements_digest(MODULE), "programs": programs}
    return json.dumps(document, indent=2) + "\n"


def _modules(recipe: Recipe) -> list[str]:
    found: set[str] = set()
    for machine in _MACHINES:
        settings = {
            "GOOS": "linux",
            "GOARCH": machine,
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly",
        }
        done = subprocess.run(
            ["go", "list", "-deps", *recipe.flags, "-f", _FORMAT, recipe.package],
            cwd=MODULE,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=True,
        )
        found.update(line.strip() for line in done.stdout.splitlines() if line.strip())
    return sorted(found)


if __name__ == "__main__":
    (MODULE / KEYS).write_text(keys(), encoding="utf-8")
