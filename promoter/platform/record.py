"""`Record`: the state of a platform between commands (platform.json)."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.files import write_atomically
from promoter.common.process import ProcessId


class PartRecord(BaseModel):
    """A started part: its process, the fingerprint of its settings, the start of its log."""

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


class Record(BaseModel):
    """The started parts, their ports, and the cluster of one's own that was chosen, if any."""

    # Earlier versions wrote keys that are gone now; their platforms must still start.
    model_config = ConfigDict(extra="ignore", frozen=True)

    ports: dict[str, int] = {}
    parts: dict[str, PartRecord] = {}
    own_kubeconfig: str | None = None

    @classmethod
    def read(cls, file: Path) -> Record:
        """Return the record in ``file``, an empty one if there is none; raises `InvalidFile`."""
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
        """Write the record to ``file`` atomically."""
        text = json.dumps(self.model_dump(), indent=2, sort_keys=True) + "\n"
        write_atomically(file, text.encode(), 0o600)

    def changed(self, **values: object) -> Record:
        """Return a copy with other ``values``."""
        return self.model_copy(update=values)
