"""Finds the environments: every folder stacks/<platform>/<name>/ that has settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modules.inputs import declare_names
from stacks.errors import InvalidSettings, SettingsProblem, UnknownStack

SHARED = "shared.yml"
MAIN_DEPLOYMENT = "lana-bank"
"""The deployment whose stack is named after the environment alone."""


@dataclass(frozen=True)
class EnvironmentFiles:
    """Where one stack's settings are: a deployment in an environment of a platform.

    ``shared`` and ``settings`` are absolute files; ``root`` is the repository.
    """

    platform: str
    environment: str
    deployment: str
    root: Path
    shared: Path
    settings: Path

    @property
    def stack(self) -> str:
        """The stack's name: ``<platform>-<folder>``, and ``-<deployment>`` for a further one."""
        name = f"{self.platform}-{self.environment}"
        return name if self.deployment == MAIN_DEPLOYMENT else f"{name}-{self.deployment}"

    def shown(self, file: Path) -> str:
        """Give ``file`` as messages show it: relative to the repository."""
        return file.relative_to(self.root).as_posix()


def discover(root: Path, platforms: tuple[str, ...]) -> tuple[EnvironmentFiles, ...]:
    """Give every stack described below ``root``/stacks, ordered by name.

    Only names are looked at here; no settings file is read. Raises ``InvalidSettings`` for
    an environment in a folder that is not one of ``platforms``, and for one without a
    ``shared.yml`` or without any deployment.
    """
    stacks = root / "stacks"
    declare_names(stacks)
    found: list[EnvironmentFiles] = []
    for folder in sorted({file.parent for file in stacks.glob("*/*/*.yml")}):
        platform = folder.parent.name
        shown = folder.relative_to(root).as_posix()
        if platform not in platforms:
            reason = f"{platform!r} is not a platform; there are {', '.join(platforms)}"
            raise InvalidSettings((SettingsProblem(shown, None, "", reason),))
        found.extend(_deployments(root, platform, folder))
    return tuple(sorted(found, key=lambda source: source.stack))


def _deployments(root: Path, platform: str, folder: Path) -> list[EnvironmentFiles]:
    shown = folder.relative_to(root).as_posix()
    shared = folder / SHARED
    if not shared.is_file():
        raise InvalidSettings(
            (SettingsProblem(f"{shown}/{SHARED}", None, "", "the file is missing"),)
        )
    files = [file for file in sorted(folder.glob("*.yml")) if file.name != SHARED]
    if not files:
        reason = f"has no deployment; add {MAIN_DEPLOYMENT}.yml"
        raise InvalidSettings((SettingsProblem(shown, None, "", reason),))
    return [
        EnvironmentFiles(platform, folder.name, file.stem, root, shared, file) for file in files
    ]


def select(
    sources: tuple[EnvironmentFiles, ...], wanted: tuple[str, ...]
) -> tuple[EnvironmentFiles, ...]:
    """Give the ``wanted`` stacks, all of them when nothing is wanted by name.

    Raises ``UnknownStack`` naming those that exist.
    """
    names = {source.stack for source in sources}
    for name in wanted:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise UnknownStack(f"find stack {name!r}: no settings describe it; there are: {known}")
    return tuple(source for source in sources if not wanted or source.stack in wanted)
