"""Config and state files as commits have them, each version of one read once."""

from __future__ import annotations

from promoter.common.errors import GitError
from promoter.gate.config import CeplerConfig, EnvironmentConfig, read_config
from promoter.gate.history import History
from promoter.gate.sources import state_path
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state


class Committed:
    """What the cepler file at ``config_path``, and the state files beside it, said."""

    def __init__(self, history: History, config_path: str) -> None:
        self.history = history
        self.config_path = config_path
        self._configs: dict[str, CeplerConfig] = {}
        self._states: dict[str, EnvironmentState] = {}

    def rules(self, commit: str, name: str) -> tuple[EnvironmentConfig, str] | None:
        """What ``commit`` says of an environment, and its deployment's name; None for nothing.

        Raises `InvalidFile` where the config is wrong there.
        """
        entry = self.history.entry(commit, self.config_path)
        if entry is None:
            return None
        label = f"{self.config_path} at {commit[:12]}"
        config = self._configs.get(entry.blob)
        if config is None:
            config = self._configs[entry.blob] = read_config(self._content(entry.blob), label)
        if name not in config.environments:
            return None
        return config.environment(name, label), config.deployment

    def state(self, commit: str, deployment: str, name: str) -> EnvironmentState | None:
        """What ``commit`` has recorded for an environment; raises `InvalidFile`."""
        path = state_path(self.config_path, deployment, name)
        entry = self.history.entry(commit, path)
        if entry is None:
            return None
        state = self._states.get(entry.blob)
        if state is None:
            content = self._content(entry.blob)
            state = self._states[entry.blob] = read_state(content, f"{path} at {commit[:12]}")
        return state

    def _content(self, blob: str) -> bytes:
        found = self.history.read(blob)
        if found is None:
            raise GitError(
                f"read {blob} in {self.history.git.dir}: the object is missing",
                next_step="git fsck, then fetch again or clone anew",
            )
        return found.content
