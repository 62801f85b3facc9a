"""Layers: folders as tars that are the same wherever they are made.

tar, gzip and the byte compiler are the root's own, so a layer follows from the root and from
what is put in it, whatever this machine has.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.images.debian import ImageError, Root, checked
from promoter.common.progress import Progress
from promoter.programs.oci import LAYER_TYPE, descriptor
from promoter.toolchain.cache import Cache

_CHUNK = 1 << 20
# A container's runtime mounts them; /tmp has the stages.
_MOUNTED = ("dev", "proc", "sys", "run", "tmp")


@dataclass(frozen=True)
class Layer:
    """A gzipped tar in a file. ``diff_id`` is the digest of the tar in it."""

    file: Path
    digest: str
    diff_id: str

    def descriptor(self) -> dict[str, object]:
        """See `StoredLayer`."""
        return descriptor(LAYER_TYPE, self.digest, self.file.stat().st_size)

    def write(self, file: Path) -> None:
        """See `StoredLayer`; a hard link where the file system allows one."""
        try:
            os.link(self.file, file)
        except OSError:  # another file system
            shutil.copyfile(self.file, file)


@dataclass(frozen=True)
class Layers:
    """Makes layers of ``root``, each once: ``cache`` has them by what they were made of."""

    root: Root
    cache: Cache
    progress: Progress

    def base(self) -> Layer:
        """The root itself."""
        kept_out = [f"--exclude=./{name}/*" for name in _MOUNTED]
        return self._layer("debian", b"", lambda file: self._pack("/", kept_out, file))

    def staged(self, name: str, inputs: bytes, fill: Callable[[Path], None]) -> Layer:
        """What ``fill`` puts into an empty folder; ``inputs`` are all that it depends on."""

        def make(file: Path) -> dict[str, str]:
            with self.root.stage() as stage:
                fill(stage)
                return self._pack(f"/tmp/{stage.name}", (), file)  # noqa: S108

        return self._layer(name, inputs, make)

    def compiled(self, stage: Path) -> None:
        """Byte-compile the Python below ``stage``, valid whatever the files' times are."""
        inside = f"/tmp/{stage.name}"  # noqa: S108
        words = ["python3", "-m", "compileall", "-q", "-s", inside, "-p", "/", inside]
        words += ["--invalidation-mode", "unchecked-hash"]
        checked(self.root.command(*words), "compile Python", self.root.release.epoch)

    def _layer(self, name: str, inputs: bytes, make: Callable[[Path], dict[str, str]]) -> Layer:
        def write(folder: Path) -> None:
            with self.progress.task(f"packing the layer {name}"):
                said = make(folder / "layer.tar.gz")
            (folder / "layer.json").write_text(json.dumps(said))

        made_by = self.root.folder.parent.name.encode() + Path(__file__).read_bytes()
        key = hashlib.sha256(made_by + inputs).hexdigest()[:16]
        folder = self.cache.folder(f"image-layers/{name}", key, write, self.progress)
        said = json.loads((folder / "layer.json").read_text())
        return Layer(folder / "layer.tar.gz", said["digest"], said["diff_id"])

    def _pack(self, folder: str, more: Sequence[str], file: Path) -> dict[str, str]:
        """Pack ``folder`` of the root, never newer than Debian's release; gives both digests."""
        words = ["tar", "--create", "--directory", folder, "--format=gnu", "--sort=name"]
        words += ["--numeric-owner", "--one-file-system", "--clamp-mtime"]
        words += [f"--mtime=@{self.root.release.epoch}", *more, "."]
        tar = subprocess.Popen(self.root.command(*words), stdout=subprocess.PIPE)
        assert tar.stdout is not None  # noqa: S101 - it was asked for as a pipe
        plain = hashlib.sha256()
        with file.open("wb") as target:
            gzip = subprocess.Popen(
                self.root.command("gzip", "-n", "-3"), stdin=subprocess.PIPE, stdout=target
            )
            assert gzip.stdin is not None  # noqa: S101 - it was asked for as a pipe
            with tar.stdout as source, gzip.stdin as sink:
                while chunk := source.read(_CHUNK):
                    plain.update(chunk)
                    sink.write(chunk)
            codes = tar.wait(), gzip.wait()
        if any(codes):
            raise ImageError(f"pack {folder} of {self.root.folder}: exit codes {codes}")
        with file.open("rb") as made:
            digest = hashlib.file_digest(made, "sha256").hexdigest()
        return {"digest": f"sha256:{digest}", "diff_id": f"sha256:{plain.hexdigest()}"}
