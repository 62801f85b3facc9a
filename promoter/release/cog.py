"""`cog.toml`: the settings of cocogitto that decide what a commit does to the version.

Keys that only cog's own commands need (changelog, hooks, branch lists) are left to it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.git import Git

COG_FILE = "cog.toml"

Bump = Literal["minor", "patch", "none"]

_BUILT_IN: Mapping[str, Bump] = {
    "feat": "minor",
    "fix": "patch",
    **dict.fromkeys(
        ("perf", "revert", "docs", "test", "build", "ci", "refactor", "chore", "style"), "none"
    ),
}


@dataclass(frozen=True)
class CogSettings:
    """The increment of each allowed commit type, and the commits and tags that count."""

    types: Mapping[str, Bump] = field(default_factory=lambda: dict(_BUILT_IN))
    scopes: frozenset[str] | None = None
    tag_prefix: str = ""
    ignore_merge_commits: bool = False
    ignore_fixup_commits: bool = False


class _CommitType(BaseModel):
    model_config = ConfigDict(extra="ignore")

    changelog_title: str | None = None
    omit_from_changelog: bool | None = None
    bump_minor: bool | None = None
    bump_patch: bool | None = None


class _CogFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    commit_types: dict[str, _CommitType] = {}
    scopes: list[str] | None = None
    tag_prefix: str | None = None
    ignore_merge_commits: bool = False
    ignore_fixup_commits: bool = False


def read_cog(git: Git, revision: str) -> CogSettings:
    """Return the settings in ``revision``; cog's defaults where it has no cog.toml.

    Raises `InvalidFile` for one that does not validate.
    """
    content = git.file(revision, COG_FILE)
    try:
        file = _CogFile.model_validate(tomllib.loads((content or b"").decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidFile(COG_FILE, "", str(error)) from error
    except ValidationError as error:
        raise InvalidFile.from_model(COG_FILE, error) from error
    return CogSettings(
        _types(file.commit_types),
        None if file.scopes is None else frozenset(file.scopes),
        file.tag_prefix or "",
        file.ignore_merge_commits,
        file.ignore_fixup_commits,
    )


def _types(configured: Mapping[str, _CommitType]) -> dict[str, Bump]:
    """Return the built-in types with the file's changes; an entry without a setting removes one."""
    types: dict[str, Bump] = dict(_BUILT_IN)
    for name, entry in configured.items():
        built_in = types.pop(name.lower(), "none")
        if entry.model_fields_set - {"order"}:
            types[name.lower()] = _bump(entry, built_in)
    return types


def _bump(entry: _CommitType, built_in: Bump) -> Bump:
    """Return the bump of an entry; where both are set the larger bump wins."""
    minor = (built_in == "minor") if entry.bump_minor is None else entry.bump_minor
    patch = (built_in == "patch") if entry.bump_patch is None else entry.bump_patch
    if minor:
        return "minor"
    return "patch" if patch else "none"
