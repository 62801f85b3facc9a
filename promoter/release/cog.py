"""`cog.toml`: the settings of cocogitto that decide what a commit does to the version.

Keys that only cog's own commands need (changelog, hooks, branch lists) are left to it.
"""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_yaml
from promoter.git import Git

COG_FILE = "cog.toml"
SETTINGS_FILE = "ci/release/release.yml"

Bump = Literal["minor", "patch", "none"]

_BUILT_IN: Mapping[str, Bump] = {
    "feat": "minor",
    "fix": "patch",
    **dict.fromkeys(
        ("perf", "revert", "docs", "test", "build", "ci", "refactor", "chore", "style"), "none"
    ),
}


class _CommitType(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    changelog_title: str | None = None
    omit_from_changelog: bool | None = None
    bump_minor: bool | None = None
    bump_patch: bool | None = None

    def bump(self, built_in: Bump) -> Bump:
        """Return the bump of a type; where both are set the larger bump wins."""
        minor = (built_in == "minor") if self.bump_minor is None else self.bump_minor
        patch = (built_in == "patch") if self.bump_patch is None else self.bump_patch
        if minor:
            return "minor"
        return "patch" if patch else "none"


class CogSettings(BaseModel):
    """The allowed commit types and scopes, and the commits and tags that count."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    commit_types: dict[str, _CommitType] = {}
    scopes: list[str] | None = None
    tag_prefix: str = ""
    ignore_merge_commits: bool = False
    ignore_fixup_commits: bool = False

    @cached_property
    def types(self) -> Mapping[str, Bump]:
        """The bump of each built-in or configured type; an entry without a setting removes one."""
        types = dict(_BUILT_IN)
        for name, entry in self.commit_types.items():
            built_in = types.pop(name.lower(), "none")
            if entry.model_fields_set:
                types[name.lower()] = entry.bump(built_in)
        return types


def read_cog(git: Git, revision: str) -> CogSettings:
    """Return the settings in ``revision``, cog's own without a cog.toml; raises `InvalidFile`."""
    content = git.file(revision, _place(git, revision))
    try:
        return CogSettings.model_validate(tomllib.loads((content or b"").decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidFile(COG_FILE, "", str(error)) from error
    except ValidationError as error:
        raise InvalidFile.from_model(COG_FILE, error) from error


def _place(git: Git, revision: str) -> str:
    """Return the path of cog.toml that release.yml names; its other keys are read elsewhere."""
    settings = read_yaml(git.file(revision, SETTINGS_FILE) or b"", SETTINGS_FILE)
    named = settings.get("cog") if isinstance(settings, dict) else None
    return named if isinstance(named, str) and named else COG_FILE
