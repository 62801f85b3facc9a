"""A stack of one construct, synthesized in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cdktn import App, TerraformStack


def synthesize(folder: Path, build: Callable[[TerraformStack], object]) -> dict[str, Any]:
    """Give the JSON of a stack to which ``build`` has added something."""
    folder.mkdir(exist_ok=True)
    app = App(outdir=str(folder / "out"), stack_traces=False)
    stack = TerraformStack(app, "test")
    build(stack)
    app.synth()
    loaded: dict[str, Any] = json.loads((folder / "out/stacks/test/cdk.tf.json").read_text())
    return loaded
