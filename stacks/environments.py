"""Discovery of the environments: every folder stacks/<platform>/<name>/ that has settings."""

import re
from dataclasses import dataclass
from pathlib import Path

from modules.inputs import declare_names
from stacks.errors import InvalidSettings, UnknownStack

SHARED = "shared.yml"
MAIN_DEPLOYMENT = "lana-bank"
"""The deployment whose stack is named after the environment alone."""


_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 44
"""The longest name of an environment: ``<name>-keycloak-replica-5`` is that of a server, which
may have 63 characters."""


@dataclass(frozen=True)
class EnvironmentFiles:
    """The settings files (absolute) of one stack: a deployment in an environment of a platform."""

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

    def relative(self, file: Path) -> str:
        """Return ``file`` relative to the repository, as messages show it."""
        return file.relative_to(self.root).as_posix()


def discover(root: Path, platforms: tuple[str, ...]) -> tuple[EnvironmentFiles, ...]:
    """Return every stack described below ``root``/stacks, ordered by name.

    Only names are read, no settings file. Raises ``InvalidSettings`` for an environment of an
    unknown platform, and for one without a ``shared.yml`` or without any deployment.
    """
    stacks = root / "stacks"
    declare_names(stacks)
    found: list[EnvironmentFiles] = []
    for folder in sorted({file.parent for file in stacks.glob("*/*/*.yml")}):
        platform, shared = folder.parent.name, folder / SHARED
        shown = folder.relative_to(root).as_posix()
        if platform not in platforms:
            known = ", ".join(platforms)
            raise InvalidSettings.of(shown, f"unknown platform {platform!r}; known: {known}")
        if not _NAME.fullmatch(folder.name) or len(f"{platform}-{folder.name}") > LONGEST:
            reason = (
                f"not a name of a-z, 0-9 and single dashes, {LONGEST} characters with {platform}-"
            )
            raise InvalidSettings.of(shown, f"{reason}; rename the folder")
        if not shared.exists():
            raise InvalidSettings.of(f"{shown}/{SHARED}", "the file is missing")
        files = [file for file in folder.glob("*.yml") if file.name != SHARED]
        if not files:
            raise InvalidSettings.of(shown, f"has no deployment; add {MAIN_DEPLOYMENT}.yml")
        found += (
            EnvironmentFiles(platform, folder.name, file.stem, root, shared, file) for file in files
        )
    return tuple(sorted(found, key=lambda source: source.stack))


def select(
    sources: tuple[EnvironmentFiles, ...], requested: tuple[str, ...]
) -> tuple[EnvironmentFiles, ...]:
    """Return the ``requested`` stacks, or all of them if none is; raises ``UnknownStack``."""
    names = sorted(source.stack for source in sources)
    for name in requested:
        if name not in names:
            known = ", ".join(names) or "none"
            raise UnknownStack(f"find stack {name!r}: no settings describe it; known: {known}")
    return tuple(source for source in sources if not requested or source.stack in requested)
