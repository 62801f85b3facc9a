"""Providers from a registry, or from a mirror that the environment configures."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CONFIG = "TF_CLI_CONFIG_FILE"
# Read when this is imported: later tests/conftest.py hides it from every test. One that is not
# there configures nothing, and OpenTofu's warning of it would hide the reason.
_NAMED = os.environ.get(_CONFIG, "")
_CONFIGURED = _NAMED if Path(_NAMED).is_file() else ""


@dataclass(frozen=True)
class Obtained:
    """Asks OpenTofu which providers it can install; what it installs is kept in ``folder``."""

    program: Path
    folder: Path
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which it installs them: the caller's CLI configuration, or a cache."""
        cache = self.folder / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        kept = {
            "TF_PLUGIN_CACHE_DIR": str(cache),
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
        }
        return {"CHECKPOINT_DISABLE": "1", **({_CONFIG: _CONFIGURED} if _CONFIGURED else kept)}

    def missing(self, stack: Mapping[str, Any]) -> str:
        """Why not all of a stack's providers can be had, in any version; empty if they can.

        Without its version: a version that nobody has is a fault of the stack, no reason to skip.
        """
        required = stack["terraform"]["required_providers"].values()
        reasons = [self._asked(each["source"]) for each in required]
        return next(filter(None, reasons), "")

    def _asked(self, source: str) -> str:
        if source not in self._known:
            self._known[source] = self._refusal(source)
        return self._known[source]

    def _refusal(self, source: str) -> str:
        folder = self.folder / "asked" / source
        folder.mkdir(parents=True)
        needed = {"required_providers": {"asked": {"source": source}}}
        (folder / "asked.tf.json").write_text(json.dumps({"terraform": needed}))
        done = subprocess.run(
            [self.program, "init", "-no-color", "-input=false"],
            cwd=folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return "" if done.returncode == 0 else f"{source}: {' '.join(done.stderr.split()[:60])}"
