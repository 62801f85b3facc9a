"""Paths as the synthesized JSON has them: relative, so that no machine shows in a plan."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdktn import App


def working_folder(app: App, stack: str) -> Path:
    """Give the folder in which Terraform runs for ``stack``: <outdir>/stacks/<stack>."""
    return Path(app.outdir).absolute() / "stacks" / stack


def from_working_folder(folder: Path, target: Path) -> str:
    """Give ``target`` relative to ``folder``, starting with ``../`` or ``./`` as Helm needs it."""
    relative = os.path.relpath(target, folder)
    return relative if relative.startswith(".") else f"./{relative}"
