"""Run a task in isolation: only with the wheel of promoter, and only named folders are writable.

The wheel is installed, hash-locked, into an environment of its own; this repository is not to
be seen. Where bubblewrap works, everything else is read-only as well.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import uv

from dev.images.wheel import Wheel, build_wheel, dependencies, install
from promoter.common.progress import Silent
from promoter.toolchain.cache import Cache, default_cache
from tests.concourse.test_pipelines import ROOT
from tests.memory import MEMORY


@functools.cache
def unavailable() -> str:
    """Return the reason why the root cannot be made read-only here, or an empty text."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not on PATH"
    done = subprocess.run([*_bwrap(()), "--", "true"], capture_output=True, text=True, check=False)
    return f"bubblewrap cannot run here: {done.stderr.strip()}" if done.returncode else ""


@functools.cache
def wheel_bin() -> Path:
    """The commands of an environment with the wheel and what it needs, and nothing else."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(Path(scratch))
        made_of = [wheel.digest.encode(), dependencies(), sys.executable.encode()]
        key = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]
        cache = Cache(default_cache())
        made = cache.folder("wheel-python", key, lambda f: _installed(wheel, f), Silent())
    return made / "venv" / "bin"


def _installed(wheel: Wheel, folder: Path) -> None:
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    # `--relocatable`: the folder is renamed when it is whole.
    command = [uv.find_uv_bin(), "venv", "--quiet", "--relocatable", "--python", str(base)]
    subprocess.run([*command, str(folder / "venv")], check=True)
    install(wheel, folder / "venv" / "bin" / "python")


def run(
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    writable: Iterable[Path],
    *,
    privileged: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` in ``folder`` with ``variables`` alone, writing to ``writable`` alone.

    A ``privileged`` one may create device nodes and mount, as in Concourse.
    """
    words = []
    if not unavailable():
        words = [*_bwrap(writable, privileged=privileged), "--chdir", str(folder), "--"]
    return subprocess.run(
        [*words, *command],
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def path(programs: Iterable[Path] = ()) -> str:
    """PATH of a task: ``programs``, the wheel's commands, the system's."""
    folders = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
    return os.pathsep.join([*map(str, programs), str(wheel_bin()), *folders])


def _bwrap(writable: Iterable[Path], *, privileged: bool = False) -> list[str]:
    words = [shutil.which("bwrap") or "bwrap", "--die-with-parent", "--ro-bind", "/", "/"]
    words += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", str(ROOT)]
    # Below the new /dev: the folders of tests are there, which a task may read.
    words += ["--ro-bind-try", str(MEMORY), str(MEMORY)]
    words += ["--cap-add", "ALL"] if privileged else []
    for place in writable:
        words += ["--dev-bind" if privileged else "--bind", str(place), str(place)]
    return words
