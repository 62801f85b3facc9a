"""A stack of one construct, synthesized in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cdktn import App, TerraformStack

CDKTF_JSON = Path(__file__).parents[2] / "cdktf.json"


def new_stack(folder: Path) -> TerraformStack:
    """Return the stack ``test`` of an app for the target versions of this repository."""
    context = {"targetVersions": json.loads(CDKTF_JSON.read_text())["targetVersions"]}
    folder.mkdir(exist_ok=True)
    app = App(outdir=str(folder / "out"), stack_traces=False, context=context)
    return TerraformStack(app, "test")


def synthesize(folder: Path, build: Callable[[TerraformStack], object]) -> dict[str, Any]:
    """Return the JSON of a stack to which ``build`` has added something."""
    stack = new_stack(folder)
    build(stack)
    App.of(stack).synth()
    loaded: dict[str, Any] = json.loads((folder / "out/stacks/test/cdk.tf.json").read_text())
    return loaded
