"""`go build` of one program, with its progress, and an error that says what to do."""

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


def build(pins: Sequence[ProgramPin], folders: Mapping[str, Path], progress: Progress) -> None:
    """Build programs of one Go module by one ``go build``, each into its own folder.

    Raises `ProgramMissing` without Go, `BuildFailed`.
    """
    go, names = _go(pins), [f"{pin.recipe.name} {pin.version}" for pin in pins]
    title = f"build {', '.join(names) if len(names) < 4 else f'{len(names)} programs'}"
    module, packages = pins[0].module, [pin.recipe.package for pin in pins]
    variables = [each for pin in pins for each in pin.recipe.assignments(pin.version)]
    linker = " ".join(["-s", "-w", *dict.fromkeys(variables)])
    scratch = next(iter(folders.values())).parent / "built"
    with progress.task(f"{title} from Go modules") as detail:
        counter = _Counter(pins, _count(go, module, packages, detail), detail)
        run(
            title,
            [
                *(go, "build", "-v", *pins[0].recipe.flags),
                *("-ldflags", linker, "-o", f"{scratch}/", *packages),
            ],
            cwd=module,
            env=_go_environment(),
            detail=counter.line,
            next_step=f"read the lines above; by hand: cd {module} && go build "
            f"{' '.join(packages)} (needs Go >= {go_version(module / 'go.mod')}, the Go module "
            "proxy, 8 GB of disk)",
        )
    for name, folder in folders.items():
        (scratch / name).rename(folder / name)


def _go(pins: Sequence[ProgramPin]) -> str:
    go, first = shutil.which("go"), pins[0]
    if go is None:
        names = ", ".join(f"{pin.recipe.name} {pin.version}" for pin in pins)
        raise ProgramMissing(
            f"build {names}: there is no Go compiler on PATH",
            next_step=f"install Go >= {go_version(first.module / 'go.mod')} (https://go.dev/dl, or "
            f"your system's package), or put a suitable {first.recipe.name} on PATH",
        )
    return go


def _count(go: str, module: Path, packages: Sequence[str], detail: Callable[[str], None]) -> int:
    """Download the modules of ``packages``; return how many packages they are built from."""
    lines: list[str] = []

    def line(text: str) -> None:
        if text.startswith("go: "):
            detail(text.removeprefix("go: "))
        lines.append(text)

    run(
        f"download the modules of {module.name}",
        [go, "list", "-deps", *packages],
        cwd=module,
        env=_go_environment(),
        detail=line,
        next_step="read the lines above; it needs the Go module proxy (go env GOPROXY)",
    )
    return sum(not text.startswith("go: ") for text in lines)


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
                if " " in line.strip():  # not the name of a compiled package
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


class _Counter:
    """Turns ``go build -v``, which prints each package that it compiles, into progress."""

    def __init__(
        self, pins: Sequence[ProgramPin], total: int, detail: Callable[[str], None]
    ) -> None:
        self._left = {_import_path(pin): pin.recipe.name for pin in pins}
        self._seconds = sum(pin.recipe.seconds for pin in pins) / (os.cpu_count() or 1)
        self._total, self._detail = max(total, 1), detail
        self._count = 0

    def line(self, text: str) -> None:
        """Take one line of the output."""
        self._count += 1
        self._left.pop(text, None)
        left = ", ".join(self._left.values()) or "linking"
        remaining = self._seconds * (1 - min(self._count / self._total, 1))
        self._detail(
            f"{self._count} of {self._total} packages, about {_about(remaining)} left ({left})"
        )


def _import_path(pin: ProgramPin) -> str:
    package = pin.recipe.package
    return package if package[0] != "." else f"promoter/toolchain/{pin.recipe.folder}/{package[2:]}"


def _about(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{max(seconds, 1):.0f} s"
