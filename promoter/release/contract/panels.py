"""Facts about the panels: environment, and the major version of what reads more of it."""

import json
import re
from pathlib import Path

from promoter.release.contract.source import read

PANELS = ("admin-panel", "customer-portal")
_SECTION = re.compile(r"^  (server|shared|client): \{(.*?)^  \}", re.DOTALL | re.MULTILINE)
_VARIABLE = re.compile(r'^\s*(\w+): z\.\w+\(\)(?:\.default\("([^"]*)"\))?', re.MULTILINE)


def environment(root: Path, panel: str) -> dict[str, str]:
    """Return the variables of a panel: where they are read, and their defaults.

    ``shared`` and ``client`` are part of the bundle for browsers, which is made in the build.
    """
    return {
        name: f"{section}, default {default!r}" if default else f"{section}, required"
        for section, body in _SECTION.findall(read(root, f"apps/{panel}/env.ts"))
        for name, default in _VARIABLE.findall(body)
    }


def libraries(root: Path) -> dict[str, str]:
    """Return the major version of next-auth, which reads variables of its own."""
    found = {}
    for panel in PANELS:
        package = json.loads(read(root, f"apps/{panel}/package.json"))
        if version := package.get("dependencies", {}).get("next-auth"):
            found[f"{panel} next-auth"] = re.sub(r"^\D*(\d+).*", r"\1", version)
    return found
