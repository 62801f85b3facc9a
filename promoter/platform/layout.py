"""Where everything of one platform is, and how its files are written."""

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
        """What runs, on which ports."""
        return self.folder / "platform.json"

    @property
    def lock(self) -> Path:
        """Held while the platform is brought up or down."""
        return self.folder / "lock"

    @property
    def pki(self) -> Path:
        """Authorities, certificates and keys."""
        return self.folder / "pki"

    @property
    def images(self) -> Path:
        """What the registry keeps."""
        return self.folder / "registry"

    @property
    def etcd_data(self) -> Path:
        """What etcd keeps: the whole state of the cluster."""
        return self.folder / "etcd"

    def log(self, part: str) -> Path:
        """The log of the part ``part``."""
        return self.folder / "logs" / f"{part}.log"

    def config(self, name: str) -> Path:
        """A configuration file that a part is started with."""
        return self.folder / "config" / name

    def make(self) -> None:
        """Make the folders, for their owner only."""
        for each in (self.folder, self.pki, self.folder / "logs", self.folder / "config"):
            each.mkdir(parents=True, exist_ok=True)
            each.chmod(0o700)
