"""Builds the CDK Terrain app out of the settings that are there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from modules.inputs import declare_input
from stacks.environments import EnvironmentFiles, discover, select
from stacks.errors import InvalidSettings, SettingsProblem
from stacks.platforms import PLATFORMS, Blueprint

STACKS_VARIABLE = "LANA_STACKS"
"""Environment variable that limits synthesis to the stacks that it names, separated by blanks."""

MADE_WITH = (
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "stacks/requirements.lock",
    "dev/toolchain",
)
"""What every stack is made with before or after this runs: the command and the context of the
app, the CDK Terrain CLI, the Python packages, and the pinned programs and providers."""


def wanted_stacks(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Give the stacks that ``LANA_STACKS`` asks for; none means all of them."""
    return tuple(environment.get(STACKS_VARIABLE, "").split())


def read(sources: tuple[EnvironmentFiles, ...]) -> tuple[Blueprint, ...]:
    """Read all settings; raises one ``InvalidSettings`` with every fault of every file."""
    blueprints: list[Blueprint] = []
    findings: list[SettingsProblem] = []
    for source in sources:
        try:
            blueprints.append(PLATFORMS[source.platform](source))
        except InvalidSettings as error:
            findings.extend(error.findings)
    if findings:
        # Environments that share a file would repeat its faults.
        raise InvalidSettings(tuple(dict.fromkeys(findings)))
    return tuple(blueprints)


def synthesize(root: Path, wanted: tuple[str, ...]) -> None:
    """Write cdktf.out (or ``CDKTF_OUTDIR``) for the ``wanted`` stacks below ``root``.

    No settings file of a stack that is not wanted is read. Raises ``StacksError``.
    """
    for path in MADE_WITH:
        declare_input(root / path)
    blueprints = read(select(discover(root, tuple(PLATFORMS)), wanted))
    from cdktn import App

    app = App(stack_traces=False)
    for blueprint in blueprints:
        blueprint.build(app)
    app.synth()
