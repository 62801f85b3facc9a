"""vendir.lock.yml: read, and written in the bytes that vendir writes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_documents
from promoter.vendoring.config import API_VERSION, Contents, Dependency
from promoter.vendoring.git_source import GitLock
from promoter.vendoring.goyaml import Value, dump

LOCK_NAME = "vendir.lock.yml"


@dataclass(frozen=True)
class LockedContents:
    """The source that one content was synced from."""

    path: str
    git: GitLock
    config_digest: str = ""


@dataclass(frozen=True)
class LockedDirectory:
    """The sources of one directory's contents, in the order of vendir.yml."""

    path: str
    contents: tuple[LockedContents, ...]


@dataclass(frozen=True)
class Lock:
    """All of vendir.lock.yml."""

    directories: tuple[LockedDirectory, ...]

    def order(self) -> list[tuple[str, list[str]]]:
        """Return the paths of the directories with those of their contents, as written."""
        return [
            (each.path, [content.path for content in each.contents]) for each in self.directories
        ]

    def find(self, directory: str, contents: str) -> LockedContents | None:
        """Return the entry of one content; None where it was never synced."""
        entries = (
            entry for each in self.directories if each.path == directory for entry in each.contents
        )
        return next((entry for entry in entries if entry.path == contents), None)

    def commit(self, dependency: Dependency) -> str:
        """Return the locked commit of ``dependency``; empty where it was never synced."""
        entry = self.find(dependency.directory.path, dependency.contents.path)
        return entry.git.sha if entry else ""

    def with_contents(
        self, order: Sequence[tuple[str, Sequence[str]]], directory: str, entry: LockedContents
    ) -> Lock:
        """Return a lock with one entry set; ``order``: vendir.yml's directories and contents.

        Its entries keep the order of vendir.yml, and an entry that vendir.yml no longer names
        is dropped, so a lock after a bump has the bytes of one after a sync.
        """
        directories = []
        for path, names in order:
            kept = {name: self.find(path, name) for name in names}
            if path == directory:
                kept[entry.path] = entry
            contents = tuple(each for each in kept.values() if each)
            if contents:
                directories.append(LockedDirectory(path, contents))
        return Lock(tuple(directories))


def lock_bytes(lock: Lock) -> bytes:
    """Return the bytes of the file."""
    directories = []
    for each in lock.directories:
        directory: dict[str, Value] = {"path": each.path}
        if each.contents:
            directory["contents"] = [_contents(content) for content in each.contents]
        directories.append(directory)
    return dump({"apiVersion": API_VERSION, "kind": "LockConfig", "directories": directories})


def _contents(locked: LockedContents) -> dict[str, Value]:
    git: dict[str, Value] = {"commitTitle": locked.git.commit_title, "sha": locked.git.sha}
    if locked.git.tags:
        git["tags"] = list(locked.git.tags)
    contents: dict[str, Value] = {"path": locked.path, "git": git}
    return {**contents, "configDigest": locked.config_digest} if locked.config_digest else contents


def read_lock(file: Path) -> Lock | None:
    """Return the lock at ``file``, None where it does not exist; raise `InvalidFile`."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    return parse_lock(content, file.name)


def parse_lock(content: bytes, name: str = LOCK_NAME) -> Lock:
    """Return the lock in ``content``; raise `InvalidFile` where it is not one."""
    documents = read_documents(content, name)
    try:
        value = documents[0]
        if value["kind"] != "LockConfig" or value["apiVersion"] != API_VERSION:
            raise InvalidFile(name, "kind", "is not a vendir LockConfig")
        return Lock(tuple(_read_directory(each) for each in value["directories"] or ()))
    except (KeyError, IndexError, TypeError) as error:
        raise InvalidFile(
            name, "", f"is not a lock of git contents ({error})", next_step="sync again"
        ) from error


def _read_directory(value: dict[str, Any]) -> LockedDirectory:
    contents = tuple(_read_contents(each) for each in value.get("contents") or ())
    return LockedDirectory(value["path"], contents)


def _read_contents(value: dict[str, Any]) -> LockedContents:
    git = value["git"]
    lock = GitLock(str(git["sha"]), tuple(git.get("tags") or ()), str(git["commitTitle"]))
    return LockedContents(value["path"], lock, value.get("configDigest", ""))


def config_digest(contents: Contents) -> str:
    """Return the sha256 by which vendir recognizes a lazy content's unchanged configuration."""
    return hashlib.sha256(dump(source_values(contents, contents.git.ref))).hexdigest()


def source_values(contents: Contents, ref: str) -> dict[str, Value]:
    """Return ``contents`` in the keys of vendir.yml, without defaults, with ``ref`` as the ref."""
    options: dict[str, Value] = {
        "lfsSkipSmudge": contents.git.lfs_skip_smudge,
        "skipInitSubmodules": contents.git.skip_init_submodules,
        "depth": contents.git.depth,
    }
    git = {"url": contents.git.url, "ref": ref, **_set(options)}
    optional: dict[str, Value] = {
        "lazy": contents.lazy,
        "includePaths": contents.include_paths,
        "excludePaths": contents.exclude_paths,
        "ignorePaths": contents.ignore_paths,
        "newRootPath": contents.new_root_path,
    }
    values: dict[str, Value] = {"path": contents.path, "git": git, **_set(optional)}
    if contents.legal_paths is not None:
        values["legalPaths"] = contents.legal_paths
    if contents.permissions is not None:
        values["permissions"] = contents.permissions
    return values


def _set(options: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in options.items() if value}
