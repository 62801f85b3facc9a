"""`Layout`: the files and folders of one platform."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The one folder of a platform: nothing of it is anywhere else."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.folder / "kubeconfig"

    @property
    def record(self) -> Path:
        """The record of running parts and their ports."""
        return self.folder / "platform.json"

    @property
    def lock(self) -> Path:
        """The lock of commands that start or stop parts."""
        return self.folder / "lock"

    @property
    def pki(self) -> Path:
        """Authorities, certificates and keys."""
        return self.folder / "pki"

    def log(self, part: str) -> Path:
        """Return the log of the part ``part``."""
        return self.folder / "logs" / f"{part}.log"

    def config(self, name: str) -> Path:
        """Return a configuration file that a part is started with."""
        return self.folder / "config" / name

    def create(self) -> None:
        """Create the folders, accessible to their owner only."""
        for folder in (self.folder, self.pki, self.folder / "logs", self.folder / "config"):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
