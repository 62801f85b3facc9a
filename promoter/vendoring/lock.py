"""vendir.lock.yml: read, and written in the bytes that vendir writes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.errors import InvalidFile
from promoter.vendoring.config import API_VERSION, Contents
from promoter.vendoring.git_source import Locked
from promoter.vendoring.goyaml import Value, dump
from promoter.vendoring.yamlfile import documents

LOCK_NAME = "vendir.lock.yml"


@dataclass(frozen=True)
class LockedContents:
    """What one content was synced from."""

    path: str
    git: Locked
    config_digest: str = ""


@dataclass(frozen=True)
class LockedDirectory:
    """What one directory's contents were synced from, in vendir.yml's order."""

    path: str
    contents: tuple[LockedContents, ...]


@dataclass(frozen=True)
class Lock:
    """All of vendir.lock.yml."""

    directories: tuple[LockedDirectory, ...]

    def find(self, directory: str, contents: str) -> LockedContents | None:
        """The entry of one content; None where it was never synced."""
        for one in self.directories:
            if one.path == directory:
                return next((found for found in one.contents if found.path == contents), None)
        return None

    def with_contents(
        self, order: Sequence[tuple[str, Sequence[str]]], directory: str, entry: LockedContents
    ) -> Lock:
        """A lock with one entry set; ``order``: vendir.yml's directories and contents.

        Its entries keep vendir.yml's order, and one that it no longer names is dropped, so a
        lock after a bump has the bytes of one after a sync.
        """
        directories = []
        for path, names in order:
            kept = {name: self.find(path, name) for name in names}
            if path == directory:
                kept[entry.path] = entry
            contents = tuple(found for found in kept.values() if found)
            if contents:
                directories.append(LockedDirectory(path, contents))
        return Lock(tuple(directories))


def lock_bytes(lock: Lock) -> bytes:
    """The file's bytes."""
    directories = [
        {"path": one.path, "contents": [_contents(found) for found in one.contents] or None}
        for one in lock.directories
    ]
    written = [{key: value for key, value in one.items() if value} for one in directories]
    return dump({"apiVersion": API_VERSION, "kind": "LockConfig", "directories": written})


def _contents(locked: LockedContents) -> dict[str, Value]:
    git: dict[str, Value] = {"commitTitle": locked.git.commit_title, "sha": locked.git.sha}
    if locked.git.tags:
        git["tags"] = list(locked.git.tags)
    found: dict[str, Value] = {"path": locked.path, "git": git}
    return {**found, "configDigest": locked.config_digest} if locked.config_digest else found


def read_lock(file: Path) -> Lock | None:
    """The lock at ``file``, None where there is none; raises `InvalidFile`."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    return parse_lock(content, file.name)


def parse_lock(content: bytes, name: str = LOCK_NAME) -> Lock:
    """The lock that ``content`` holds; raises `InvalidFile` where it is none."""
    found = documents(content, name)
    try:
        value = found[0].value
        if value["kind"] != "LockConfig" or value["apiVersion"] != API_VERSION:
            raise InvalidFile(name, "kind", "is no vendir LockConfig")
        return Lock(tuple(_read_directory(one) for one in value["directories"] or ()))
    except (KeyError, IndexError, TypeError) as error:
        raise InvalidFile(
            name, "", f"is no lock of git contents ({error})", next_step="sync again"
        ) from error


def _read_directory(value: dict[str, Any]) -> LockedDirectory:
    contents = tuple(_read_contents(one) for one in value.get("contents") or ())
    return LockedDirectory(value["path"], contents)


def _read_contents(value: dict[str, Any]) -> LockedContents:
    git = value["git"]
    tags: Sequence[str] = git.get("tags") or ()
    locked = Locked(str(git["sha"]), tuple(tags), str(git["commitTitle"]))
    return LockedContents(value["path"], locked, value.get("configDigest", ""))


def config_digest(contents: Contents) -> str:
    """The sha256 by which vendir knows a lazy content's unchanged configuration."""
    return hashlib.sha256(dump(source_values(contents, contents.git.ref))).hexdigest()


def source_values(contents: Contents, ref: str) -> dict[str, Value]:
    """``contents`` in vendir.yml's own keys, defaults left out, with ``ref`` as the ref."""
    git: dict[str, Value] = {"url": contents.git.url, "ref": ref}
    options: dict[str, Value] = {
        "lfsSkipSmudge": contents.git.lfs_skip_smudge,
        "skipInitSubmodules": contents.git.skip_init_submodules,
        "depth": contents.git.depth,
    }
    git.update({key: value for key, value in options.items() if value})
    said: dict[str, Value] = {"path": contents.path, "git": git}
    optional: dict[str, Value] = {
        "lazy": contents.lazy,
        "includePaths": contents.include_paths,
        "excludePaths": contents.exclude_paths,
        "ignorePaths": contents.ignore_paths,
        "newRootPath": contents.new_root_path,
    }
    said.update({key: value for key, value in optional.items() if value})
    if contents.legal_paths is not None:
        said["legalPaths"] = contents.legal_paths
    if contents.permissions is not None:
        said["permissions"] = contents.permissions
    return said
