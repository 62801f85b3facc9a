"""Config and state files, read from a folder or from commits."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from promoter.common.errors import InvalidFile
from promoter.gate.config import CeplerConfig, EnvironmentConfig, read_config, state_folder
from promoter.gate.history import History
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state

_SUFFIX = ".state"


class FileSource(NamedTuple):
    """Files by their path from the top: of ``folder``, or else of ``commit``."""

    folder: Path | None
    commit: str = ""

    def read(self, history: History, path: str) -> bytes | None:
        """Return the content of a file, None if there is none."""
        if self.folder is None:
            blob = history.file(self.commit, path)
            return blob.content if blob is not None else None
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def names(self, history: History, folder: str) -> list[str]:
        """Return the names of the files directly in ``folder``, sorted."""
        if self.folder is None:
            start, paths = f"{folder}/", history.listing(self.commit, [folder])
            names = (path.removeprefix(start) for path in paths if path.startswith(start))
            return sorted(name for name in names if "/" not in name)
        try:
            return sorted(entry.name for entry in (self.folder / folder).iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def label(self, path: str) -> str:
        """Return the name of ``path`` in errors."""
        return path if self.folder is not None else f"{path} at {self.commit[:12]}"


def load_config(source: FileSource, history: History, path: str) -> CeplerConfig:
    """Return the cepler file at ``path``; raise `InvalidFile` if it is missing or wrong."""
    content = source.read(history, path)
    if content is None:
        raise InvalidFile(
            source.label(path),
            "",
            "Couldn't open config file: there is no such file",
            next_step="name the cepler file with --config",
        )
    return read_config(content, source.label(path))


def state_path(config_path: str, deployment: str, environment: str) -> str:
    """Return the path of the state file of ``environment``."""
    return f"{state_folder(config_path, deployment)}/{environment}{_SUFFIX}"


def load_states(
    source: FileSource, history: History, folder: str, only: Collection[str] | None = None
) -> dict[str, EnvironmentState]:
    """Return the recorded states in ``folder`` by environment; raise `InvalidFile`.

    ``only`` restricts them to these environments.
    """
    states: dict[str, EnvironmentState] = {}
    for name in source.names(history, folder):
        environment = name.removesuffix(_SUFFIX)
        if environment not in ("", name) and (only is None or environment in only):
            path = f"{folder}/{name}"
            content, label = source.read(history, path), source.label(path)
            if content is None:
                continue
            if content and not content.endswith(b"\n"):  # YAML may take the rest for the whole
                line = content.count(b"\n") + 1
                raise InvalidFile(
                    label,
                    f"line {line}",
                    "the file ends within a line, it is cut off",
                    next_step=f"restore it: git checkout -- {path}",
                )
            states[environment] = read_state(content, label)
    return states


class Committed:
    """The cepler file at ``config_path`` and its state files in commits, each version read once."""

    def __init__(self, history: History, config_path: str) -> None:
        self.history = history
        self.config_path = config_path
        self._configs: dict[str, CeplerConfig] = {}
        self._states: dict[str, EnvironmentState] = {}

    def rules(self, commit: str, name: str) -> tuple[EnvironmentConfig, str] | None:
        """Return the config of an environment in ``commit`` and its deployment's name, or None.

        Raises `InvalidFile` if the config is wrong there.
        """
        entry = self.history.entry(commit, self.config_path)
        if entry is None:
            return None
        label = f"{self.config_path} at {commit[:12]}"
        if entry.blob not in self._configs:
            self._configs[entry.blob] = read_config(self.history.content(entry.blob), label)
        config = self._configs[entry.blob]
        if name not in config.environments:
            return None
        return config.environment(name, label), config.deployment

    def state(self, commit: str, deployment: str, name: str) -> EnvironmentState | None:
        """Return the record of an environment in ``commit``; raise `InvalidFile`."""
        path = state_path(self.config_path, deployment, name)
        entry = self.history.entry(commit, path)
        if entry is None:
            return None
        if entry.blob not in self._states:
            content = self.history.content(entry.blob)
            self._states[entry.blob] = read_state(content, f"{path} at {commit[:12]}")
        return self._states[entry.blob]
