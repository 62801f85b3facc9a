"""Layers: folders as tars with the same bytes on every machine.

tar, gzip and the byte compiler are the root's own, so a layer depends only on the root and on
its content, not on the programs of this machine.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.images.debian import ImageError, Root, output_of
from promoter.common.progress import Progress
from promoter.programs.oci_layout import LayerFile
from promoter.toolchain.cache import Cache

_CHUNK = 1 << 20
# A container's runtime mounts them; /tmp has the stages.
_MOUNTED = ("dev", "proc", "sys", "run", "tmp")


@dataclass(frozen=True)
class Layers:
    """The layers of ``root``, each built once: ``cache`` has them by their inputs."""

    root: Root
    cache: Cache
    progress: Progress

    def base(self) -> LayerFile:
        """Return the layer of the root itself."""
        excluded = [f"--exclude=./{name}/*" for name in _MOUNTED]
        return self._layer("debian", b"", lambda file: self._pack("/", excluded, file))

    def staged(self, name: str, inputs: bytes, fill: Callable[[Path], None]) -> LayerFile:
        """Return the layer that ``fill`` writes to an empty folder, depending on ``inputs``."""

        def make(file: Path) -> dict[str, str]:
            with self.root.stage() as stage:
                fill(stage)
                return self._pack(f"/tmp/{stage.name}", (), file)  # noqa: S108

        return self._layer(name, inputs, make)

    def compile_python(self, stage: Path) -> None:
        """Byte-compile the Python below ``stage``; the result does not depend on file times."""
        inside = f"/tmp/{stage.name}"  # noqa: S108
        words = ["python3", "-m", "compileall", "-q", "-s", inside, "-p", "/", inside]
        words += ["--invalidation-mode", "unchecked-hash"]
        output_of(self.root.command(*words), "compile Python", self.root.release.epoch)

    def _layer(self, name: str, inputs: bytes, make: Callable[[Path], dict[str, str]]) -> LayerFile:
        def write(folder: Path) -> None:
            with self.progress.task(f"pack the layer {name}"):
                digests = make(folder / "layer.tar.gz")
            (folder / "layer.json").write_text(json.dumps(digests))

        recipe = self.root.folder.parent.name.encode() + Path(__file__).read_bytes()
        key = hashlib.sha256(recipe + inputs).hexdigest()[:16]
        folder = self.cache.folder(f"image-layers/{name}", key, write, self.progress)
        digests = json.loads((folder / "layer.json").read_text())
        return LayerFile(folder / "layer.tar.gz", digests["digest"], digests["diff_id"])

    def _pack(self, folder: str, more: Sequence[str], file: Path) -> dict[str, str]:
        """Pack ``folder`` of the root, no file newer than the release; return both digests."""
        words = ["tar", "--create", "--directory", folder, "--format=gnu", "--sort=name"]
        words += ["--numeric-owner", "--one-file-system", "--clamp-mtime"]
        words += [f"--mtime=@{self.root.release.epoch}", *more, "."]
        tar = subprocess.Popen(self.root.command(*words), stdout=subprocess.PIPE)
        assert tar.stdout is not None  # noqa: S101 - it is a pipe
        plain = hashlib.sha256()
        with file.open("wb") as target:
            gzip = subprocess.Popen(
                self.root.command("gzip", "-n", "-3"), stdin=subprocess.PIPE, stdout=target
            )
            assert gzip.stdin is not None  # noqa: S101 - it is a pipe
            with tar.stdout as source, gzip.stdin as sink:
                while chunk := source.read(_CHUNK):
                    plain.update(chunk)
                    sink.write(chunk)
            codes = tar.wait(), gzip.wait()
        if any(codes):
            raise ImageError(f"pack {folder} of {self.root.folder}: exit codes {codes}")
        with file.open("rb") as packed:
            digest = hashlib.file_digest(packed, "sha256").hexdigest()
        return {"digest": f"sha256:{digest}", "diff_id": f"sha256:{plain.hexdigest()}"}
