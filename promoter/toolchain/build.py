"""`go build` of one program, with its progress, and an error that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.progress import Progress
from promoter.toolchain.recipes import ProgramPin, go_version

_TAIL_LINES = 15


class BuildFailed(PromoterError):
    """A program could not be built or installed; the message ends with its last lines."""


def build(pin: ProgramPin, folder: Path, progress: Progress) -> None:
    """Build the program into ``folder``; raises `ProgramMissing` without Go, `BuildFailed`."""
    recipe = pin.recipe
    go = shutil.which("go")
    required = go_version(pin.module / "go.mod")
    if go is None:
        raise ProgramMissing(
            f"build {recipe.name} {pin.version}: there is no Go compiler on PATH",
            next_step=f"install Go >= {required} (https://go.dev/dl, or your system's package), "
            f"or put a suitable {recipe.name} on PATH",
        )
    flags = ("-ldflags", recipe.linker_flags(pin.version), "-o", str(folder / recipe.name))
    title = f"build {recipe.name} {pin.version}"
    attributes = {"program": recipe.name, "version": pin.version}
    with progress.task(f"{title} from its Go module", **attributes) as detail:
        run(
            title,
            [go, "build", "-v", *flags, recipe.package],
            cwd=pin.module,
            env=_go_environment(),
            detail=_counter(detail),
            next_step=f"read the lines above; by hand: cd {pin.module} && go build "
            f"{recipe.package} (needs Go >= {required}, the Go module proxy, 8 GB of disk)",
        )


def run(
    title: str,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    detail: Callable[[str], None],
    next_step: str,
) -> None:
    """Run ``command`` to its end, each line of its output to ``detail``; raises `BuildFailed`."""
    last: deque[str] = deque(maxlen=_TAIL_LINES)
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                last.append(line.rstrip())
                detail(line.strip())
        except BaseException:  # Ctrl-C or an error: the child must not outlive us
            process.kill()
            raise
    if process.returncode != 0:
        tail = "\n".join(f"  | {line}" for line in last)
        raise BuildFailed(
            f"{title}: exit code {process.returncode}, last lines:\n{tail}", next_step=next_step
        )


def _go_environment() -> dict[str, str]:
    # Flags of the caller's (-mod=mod, -race) or a workspace around us would build another
    # program than the committed go.mod and go.sum describe.
    flags = "-mod=readonly -trimpath -buildvcs=false"
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": flags, "GOWORK": "off"}


def _counter(detail: Callable[[str], None]) -> Callable[[str], None]:
    """Return a reader of ``go build -v``, which prints the name of each compiled package."""
    count = 0

    def line(text: str) -> None:
        nonlocal count
        if text.startswith("go: downloading"):
            detail(text.removeprefix("go: "))
            return
        count += 1
        detail(f"{count} packages compiled, latest {text}")

    return line
