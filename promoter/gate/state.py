"""The state of an environment: the records in a state file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

LATEST = "latest"


class FileState(NamedTuple):
    """One file as an environment has it.

    ``file_hash`` is the blob's id (None: not there when it was recorded), ``from_commit`` the
    commit that last changed it and ``message`` that commit's summary; ``dirty`` when what was
    recorded was not what the commit has.
    """

    file_hash: str | None
    from_commit: str
    message: str
    dirty: bool = False

    def summary(self) -> str:
        """Commit and message in short, as shown to people."""
        return f"[{self.from_commit[:7]}] - {self.message}"


class DeployState(NamedTuple):
    """One deployment: its trigger commit and its files by identity (`ident`).

    ``propagated_head`` is the trigger of the passed environment's deployment that the
    propagated files were taken from.
    """

    head_commit: str
    propagated_head: str | None = None
    files: Mapping[str, FileState] = MappingProxyType({})
    any_dirty: bool = False


class EnvironmentState(NamedTuple):
    """A state file: what runs now, and the deployments before it that others still need.

    The queue has the newest first.
    """

    version: int
    current: DeployState
    propagated_from: str | None = None
    propagation_queue: tuple[DeployState, ...] = ()


def ident(source: str, path: str) -> str:
    """Return a file's identity: its path, and its source (``latest`` or an environment)."""
    return f"{{{source}}}/{path}"


def path_of(identity: str) -> str:
    """Return the path in an identity."""
    return identity[identity.find("}") + 2 :] if "}" in identity else ""


def is_propagated(identity: str) -> bool:
    """Return whether the file was taken from a passed environment."""
    return not identity.startswith("{latest}")
