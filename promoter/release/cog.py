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
    """What each allowed commit type bumps, and which commits and tags count."""

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
    """The settings in ``revision``; cog's defaults where it has no cog.toml.

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
    """The built-in types with what the file says; an entry without a setting removes one."""
    types: dict[str, Bump] = dict(_BUILT_IN)
    for name, said in configured.items():
        known = types.pop(name.lower(), "none")
        if said.model_fields_set - {"order"}:
            types[name.lower()] = _bump(said, known)
    return types


def _bump(said: _CommitType, known: Bump) -> Bump:
    """A setting replaces the built-in's; where both are set the larger bump wins."""
    minor = (known == "minor") if said.bump_minor is None else said.bump_minor
    patch = (known == "patch") if said.bump_patch is None else said.bump_patch
    if minor:
        return "minor"
    return "patch" if patch else "none"
