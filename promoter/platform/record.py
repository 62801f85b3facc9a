"""`Record`: what a platform's folder remembers between commands (platform.json)."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.files import write_atomically
from promoter.common.process import ProcessId


class PartRecord(BaseModel):
    """One part that was started: which process, from what, and where its log begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pid: int
    mark: str
    fingerprint: str
    log_offset: int
    since: str

    @property
    def process(self) -> ProcessId:
        """The process that was started."""
        return ProcessId(self.pid, self.mark)


class Forward(BaseModel):
    """A process on this machine that answers for the pods of a namespace.

    ``kubectl port-forward`` to ``port`` of any pod in ``namespace`` reaches ``target``, a port
    on loopback: simulated pods have no process of their own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    namespace: str
    port: int
    target: int


class Record(BaseModel):
    """What is started and where, what was forwarded, and which cluster of one's own was chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ports: dict[str, int] = {}
    parts: dict[str, PartRecord] = {}
    own_kubeconfig: str | None = None
    forwards: tuple[Forward, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Record:
        """The record in ``file``, an empty one if there is none; raises `InvalidFile`."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls()
        except ValidationError as error:
            raise InvalidFile.from_model(
                str(file),
                error,
                next_step="end the processes named in its folder by hand and remove the folder",
            ) from error

    def write(self, file: Path) -> None:
        """Write the record to ``file``, whole."""
        text = json.dumps(self.model_dump(), indent=2, sort_keys=True) + "\n"
        write_atomically(file, text.encode(), 0o600)

    def with_part(self, name: str, part: PartRecord) -> Record:
        """The record with ``part`` started as ``name``."""
        return self.model_copy(update={"parts": {**self.parts, name: part}})

    def without_parts(self, names: set[str]) -> Record:
        """The record with the parts ``names`` not started."""
        parts = {name: part for name, part in self.parts.items() if name not in names}
        return self.model_copy(update={"parts": parts})

    def with_ports(self, ports: dict[str, int]) -> Record:
        """The record with ``ports`` instead of those it has."""
        return self.model_copy(update={"ports": ports})
