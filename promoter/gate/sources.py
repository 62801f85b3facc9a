"""Where config and state files are read from: a folder, or a commit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from promoter.common.errors import InvalidFile
from promoter.gate.config import CeplerConfig, read_config, state_folder
from promoter.gate.history import History
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state

_SUFFIX = ".state"


class StateSource(Protocol):
    """Files by their path, as config and state folder name them."""

    def through(self, history: History) -> StateSource:
        """The same files, those of commits read through ``history``."""

    def read(self, path: str) -> bytes | None:
        """A file's bytes, None where there is none."""

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in ``folder``, sorted."""

    def label(self, path: str) -> str:
        """``path`` as errors name it."""


class FolderSource(NamedTuple):
    """Files on disk; paths count from ``folder``."""

    folder: Path

    def through(self, history: History) -> FolderSource:  # noqa: ARG002
        """The same files: no commit is read for them."""
        return self

    def read(self, path: str) -> bytes | None:
        """A file's bytes, None where there is none."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in ``folder``, sorted."""
        try:
            return sorted(entry.name for entry in (self.folder / folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def label(self, path: str) -> str:
        """``path`` as errors name it."""
        return path


class CommitSource(NamedTuple):
    """Files of a commit."""

    history: History
    commit: str

    def through(self, history: History) -> CommitSource:
        """The same files, read through ``history``."""
        return CommitSource(history, self.commit)

    def read(self, path: str) -> bytes | None:
        """A file's bytes, None where there is none."""
        found = self.history.file(self.commit, path)
        return found.content if found is not None else None

    def names(self, folder: str) -> list[str]:
        """The names of the files directly in ``folder``, sorted."""
        start = f"{folder}/"
        paths = self.history.listing(self.commit, [folder])
        names = [path.removeprefix(start) for path in paths if path.startswith(start)]
        return sorted(name for name in names if "/" not in name)

    def label(self, path: str) -> str:
        """``path`` as errors name it."""
        return f"{path} at {self.commit[:12]}"


def load_config(source: StateSource, path: str) -> CeplerConfig:
    """The cepler file at ``path``; raises `InvalidFile` where it is missing or wrong."""
    content = source.read(path)
    if content is None:
        raise InvalidFile(
            source.label(path),
            "",
            "Couldn't open config file: there is no such file",
            next_step="name the cepler file with --config",
        )
    return read_config(content, source.label(path))


def state_path(config_path: str, deployment: str, environment: str) -> str:
    """Where the state file of ``environment`` is."""
    return f"{state_folder(config_path, deployment)}/{environment}{_SUFFIX}"


def load_states(source: StateSource, folder: str) -> dict[str, EnvironmentState]:
    """All recorded states in ``folder`` by environment; raises `InvalidFile`."""
    states: dict[str, EnvironmentState] = {}
    for name in source.names(folder):
        if name.endswith(_SUFFIX) and name != _SUFFIX:
            path = f"{folder}/{name}"
            content = source.read(path)
            if content is not None:
                _refuse_cut(content, source.label(path), path)
                states[name.removesuffix(_SUFFIX)] = read_state(content, source.label(path))
    return states


def _refuse_cut(content: bytes, label: str, path: str) -> None:
    """Raise where a file ends within a line: YAML may take the rest for the whole."""
    if content and not content.endswith(b"\n"):
        line = content.count(b"\n") + 1
        raise InvalidFile(
            label,
            f"line {line}",
            "the file ends within a line, it is cut off",
            next_step=f"restore it: git checkout -- {path}",
        )
