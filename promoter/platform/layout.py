"""`Layout`: the folder of one platform, with the record of its state between commands."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.files import write_atomically
from promoter.common.model import StrictModel
from promoter.common.process import ProcessId

# The order in which they are started.
PARTS = ("registry", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
PORTS = (*PARTS, "etcd-peer")


class PartRecord(StrictModel):
    """A started part: its process, the fingerprint of its settings, the start of its log."""

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
    """The started parts, their ports, and the kubeconfig of the user's own cluster, if any."""

    # Earlier versions wrote keys that are gone now; their platforms must still start.
    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    ports: dict[str, int] = {}
    parts: dict[str, PartRecord] = {}
    own_kubeconfig: Path | None = None


@dataclass(frozen=True)
class Layout:
    """The files of a platform, all in ``folder``."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.folder / "kubeconfig"

    @property
    def pki(self) -> Path:
        """Authorities, certificates and keys."""
        return self.folder / "pki"

    @property
    def record_file(self) -> Path:
        """The file of the record."""
        return self.folder / "platform.json"

    def log(self, part: str) -> Path:
        """Return the log of ``part``."""
        return self.folder / "logs" / f"{part}.log"

    def config(self, name: str) -> Path:
        """Return a configuration file that a part is started with."""
        return self.folder / "config" / name

    def create(self) -> None:
        """Create the folders, accessible to their owner only."""
        for folder in (self.folder, self.pki, self.folder / "logs", self.folder / "config"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    def record(self) -> Record:
        """Return the record, empty before the first start; raises `InvalidFile`."""
        try:
            return Record.model_validate_json(self.record_file.read_bytes())
        except FileNotFoundError:
            return Record()
        except ValidationError as error:
            step = "end the processes named in its folder by hand and remove the folder"
            raise InvalidFile.from_model(str(self.record_file), error, next_step=step) from error

    def update(self, **changes: object) -> Record:
        """Change fields of the record, write it atomically, and return it."""
        record = self.record().model_copy(update=changes)
        content = record.model_dump_json(indent=2) + "\n"
        write_atomically(self.record_file, content.encode(), 0o600)
        return record
