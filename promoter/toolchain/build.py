"""One `go build`, told about as it goes, with an error that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.progress import Progress
from promoter.toolchain.recipes import Pinned, go_version

_TAIL_LINES = 15


class BuildFailed(PromoterError):
    """Something could not be built or installed; the message ends with its last lines."""


def build(pinned: Pinned, folder: Path, progress: Progress) -> None:
    """Build the program into ``folder``; raises `ProgramMissing` without Go, `BuildFailed`."""
    recipe = pinned.recipe
    go = shutil.which("go")
    needed = go_version(pinned.module / "go.mod")
    if go is None:
        raise ProgramMissing(
            f"build {recipe.name} {pinned.version}: there is no Go compiler on PATH",
            next_step=f"install Go >= {needed} (https://go.dev/dl, or your system's package), "
            f"or put a fitting {recipe.name} on PATH",
        )
    flags = recipe.linker_flags(pinned.version)
    target = folder / recipe.name
    command = [go, "build", "-v", "-ldflags", flags, "-o", str(target), recipe.package]
    with progress.task(f"building {recipe.name} {pinned.version} from its Go module") as detail:
        run(
            f"build {recipe.name} {pinned.version}",
            command,
            cwd=pinned.module,
            env=_go_environment(),
            detail=_counted(detail),
            next_step=f"read the lines above; by hand: cd {pinned.module} && go build "
            f"{recipe.package} (needs Go >= {needed}, the Go module proxy, 8 GB of disk)",
        )


def run(
    what: str,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    detail: Callable[[str], None],
    next_step: str,
) -> None:
    """Run ``command`` to its end, each line it prints to ``detail``; raises `BuildFailed`."""
    last: deque[str] = deque(maxlen=_TAIL_LINES)
    with _process(command, cwd, env) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        for line in process.stdout:
            last.append(line.rstrip())
            detail(line.strip())
        code = process.wait()
    if code != 0:
        tail = "\n".join(f"  | {line}" for line in last)
        raise BuildFailed(f"{what}: exit code {code}, last lines:\n{tail}", next_step=next_step)


@contextmanager
def _process(
    command: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A child that does not outlive an exception (Ctrl-C, an error) in its parent."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _go_environment() -> dict[str, str]:
    # Flags of the caller's (-mod=mod, -race) or a workspace around us would build another
    # program than the committed go.mod and go.sum describe.
    flags = "-mod=readonly -trimpath -buildvcs=false"
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": flags, "GOWORK": "off"}


def _counted(detail: Callable[[str], None]) -> Callable[[str], None]:
    """Shows how many packages are compiled: ``go build -v`` prints each one's name."""
    seen = 0

    def line(text: str) -> None:
        nonlocal seen
        if text.startswith("go: downloading"):
            detail(text.removeprefix("go: "))
            return
        seen += 1
        detail(f"{seen} packages compiled, latest {text}")

    return line
