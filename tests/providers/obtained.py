"""Providers built here, from a registry, or from a mirror that the environment configures."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promoter.common.progress import Silent
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache
from promoter.toolchain.providers import mirror

BUILT = ("azurerm", "helm", "kubernetes")
"""Providers of hashicorp that are built here."""
_CONFIG = "TF_CLI_CONFIG_FILE"
# Read when this is imported: later tests/conftest.py hides it from every test. One that is not
# there configures nothing, and OpenTofu's warning of it would hide the reason.
_NAMED = os.environ.get(_CONFIG, "")
_CONFIGURED = _NAMED if Path(_NAMED).is_file() else ""


def built_mirror(toolchain: Toolchain, name: str) -> Path:
    """Return a filesystem mirror with the provider hashicorp/``name``, built here."""
    pin = toolchain.pin(f"terraform-provider-{name}")
    binary = toolchain.program(pin.recipe.name)
    return mirror(Cache(toolchain.cache), name, binary, pin.release, Silent())


def obtain(toolchain: Toolchain, folder: Path) -> Obtained:
    """Return the providers that can be had: those built here, all others from a registry."""
    built = {} if _CONFIGURED else {name: built_mirror(toolchain, name) for name in BUILT}
    return Obtained(toolchain.program("tofu"), folder, built)


def engine(program: Path, folder: Path, variables: Mapping[str, str]) -> Path:
    """Return OpenTofu with the variables of a test, which no child process gets otherwise.

    By these it finds providers, and a provider the fake of its cloud.
    """
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    tofu = folder / "tofu"
    tofu.write_text("\n".join(["#!/bin/sh", *exports, f'exec {shlex.quote(str(program))} "$@"\n']))
    tofu.chmod(0o755)
    return tofu


@dataclass(frozen=True)
class Obtained:
    """Asks OpenTofu which providers it can install; what it installs is kept in ``folder``.

    ``mirrors`` has the folders that serve providers of hashicorp, by their names.
    """

    program: Path
    folder: Path
    mirrors: Mapping[str, Path] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which it installs them: the caller's CLI configuration, or one of ours."""
        if _CONFIGURED:
            return {"CHECKPOINT_DISABLE": "1", _CONFIG: _CONFIGURED}
        cache = self.folder / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        config = self.folder / "config.tfrc"
        config.write_text(self._installation())
        return {
            "CHECKPOINT_DISABLE": "1",
            _CONFIG: str(config),
            "TF_PLUGIN_CACHE_DIR": str(cache),
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
        }

    def _installation(self) -> str:
        blocks = [
            f'filesystem_mirror {{\n path = "{path}"\n include = ["hashicorp/{name}"]\n}}\n'
            for name, path in self.mirrors.items()
        ]
        served = json.dumps([f"hashicorp/{name}" for name in self.mirrors])
        blocks.append(f"direct {{\n exclude = {served}\n}}\n")
        return f"provider_installation {{\n{''.join(blocks)}}}\n"

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
