"""vendir.lock.yml: read, and written in the bytes that vendir writes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields, is_dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_documents
from promoter.vendoring.config import API_VERSION, Contents, Dependency, VendirConfig
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
    contents: tuple[LockedContents, ...] = ()


@dataclass(frozen=True)
class Lock:
    """All of vendir.lock.yml."""

    directories: tuple[LockedDirectory, ...]

    def find(self, directory: str, contents: str) -> LockedContents | None:
        """Return the entry of one content; None where it was never synced."""
        entries = (each.contents for each in self.directories if each.path == directory)
        return next((each for each in chain(*entries) if each.path == contents), None)

    def commit(self, dependency: Dependency) -> str:
        """Return the locked commit of ``dependency``; empty where it was never synced."""
        entry = self.find(dependency.directory.path, dependency.contents.path)
        return entry.git.sha if entry else ""

    def with_commit(self, config: VendirConfig, dependency: Dependency, git: GitLock) -> Lock:
        """Return a lock with ``git`` as the entry of ``dependency``, which ``config`` has.

        Its entries have the order of ``config``, and an entry that it no longer names is
        dropped, so a lock after a bump has the bytes of one after a sync.
        """
        directories = []
        for path, names in content_paths(config):
            kept = {name: self.find(path, name) for name in names}
            if path == dependency.directory.path:
                contents = dependency.contents
                kept[contents.path] = LockedContents(contents.path, git, lazy_digest(contents))
            if entries := tuple(each for each in kept.values() if each):
                directories.append(LockedDirectory(path, entries))
        return Lock(tuple(directories))


def content_paths(owner: VendirConfig | Lock) -> list[tuple[str, list[str]]]:
    """Return the paths of the directories with those of their contents, as written."""
    return [(each.path, [content.path for content in each.contents]) for each in owner.directories]


def lock_bytes(lock: Lock) -> bytes:
    """Return the bytes of the file."""
    return document_bytes("LockConfig", lock)


def document_bytes(kind: str, record: VendirConfig | Lock) -> bytes:
    """Return the bytes of vendir.yml (``Config``) or of its lock (``LockConfig``)."""
    return dump({"apiVersion": API_VERSION, "kind": kind, **_values(record)})


def _values(record: Any) -> dict[str, Value]:
    """Return a record in the keys of vendir's files, without those that have their default."""
    values = {each: getattr(record, each.name) for each in fields(record)}
    return {
        re.sub("_(.)", lambda found: found[1].upper(), each.name): _value(value)
        for each, value in values.items()
        if value != each.default
    }


def _value(value: Any) -> Value:
    if is_dataclass(value):
        return _values(value)
    return [_value(each) for each in value] if isinstance(value, tuple) else value


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
        reason = f"is not a lock of git contents ({error})"
        raise InvalidFile(name, "", reason, next_step="sync again") from error


def _read_directory(value: dict[str, Any]) -> LockedDirectory:
    contents = tuple(_read_contents(each) for each in value.get("contents") or ())
    return LockedDirectory(value["path"], contents)


def _read_contents(value: dict[str, Any]) -> LockedContents:
    git = value["git"]
    lock = GitLock(str(git["sha"]), str(git["commitTitle"]), tuple(git.get("tags") or ()))
    return LockedContents(value["path"], lock, value.get("configDigest", ""))


def lazy_digest(contents: Contents) -> str:
    """Return the sha256 by which vendir recognizes an unchanged lazy content; empty for others."""
    return hashlib.sha256(dump(_values(contents))).hexdigest() if contents.lazy else ""
