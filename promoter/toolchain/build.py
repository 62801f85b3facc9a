"""`go build` of several programs, with its progress, and an error that says what to do."""

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from threading import Event

from promoter.common.child import child
from promoter.common.environment import BUILD, child_environment
from promoter.common.errors import ProgramMissing, PromoterError
from promoter.common.progress import Progress
from promoter.toolchain.cache import Workplace, without_home
from promoter.toolchain.recipes import ProgramPin, go_version
from promoter.toolchain.tracker import Tracker

_TAIL_LINES = 15
# Go downloads as many modules at a time as it may use cores, and waits for most of that time.
_DOWNLOADS = 16
# The compiler collects its garbage when the heap is this many percent larger than what is in use,
# instead of 100: of a large package a fifth of the CPU less, for more memory.
_GARBAGE = "400"
# Causes that are not the program's: with them the last lines say less than one of them.
_CAUSES = {
    r"(?i)no space left on device|disk quota exceeded|ENOSPC": "the disk is full",
    r"GOPROXY=off|dial tcp|no such host|i/o timeout|ENOTFOUND|ECONNREFUSED|dns error": (
        "no network"
    ),
}


class BuildFailed(PromoterError):
    """A program could not be built or installed; the message ends with its last lines."""


def build(
    pins: Sequence[ProgramPin], weights: Mapping[str, float], work: Workplace, progress: Progress
) -> None:
    """Build programs of one Go module by one ``go build``; publish each when it is complete.

    Go compiles in the order of ``pins`` (it prefers the dependencies of what is named first),
    so the first program does not wait for the last. While modules have to be downloaded, the
    first programs are built by themselves; a failed download ends that build. ``weights`` are
    expected seconds of CPU. Raises `ProgramMissing` without Go, `BuildFailed`.
    """
    names = [f"{pin.recipe.name} {pin.release}" for pin in pins]
    title = f"build {', '.join(names) if len(names) < 4 else f'{len(names)} programs'}"
    go = _go(title, pins[0])
    with progress.task(f"{title} from Go modules") as task:

        def detail(text: str) -> None:
            task(text)
            work.status.write_text(text)

        tracker = Tracker(pins, weights, work, detail, progress.note)
        downloading, downloaded, failed = Event(), Event(), Event()

        def build_meanwhile() -> None:
            downloading.wait()
            for _, group in groupby(pins, key=lambda pin: pin.recipe.pinned):
                if not downloaded.is_set():
                    _compile(go, title, tuple(group), tracker, failed)

        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(build_meanwhile)
            try:
                tracker.total = _download(go, pins, detail, downloading.set)
            except BuildFailed:
                failed.set()
                raise
            finally:
                downloaded.set()
                downloading.set()
            first.result()
        if left := [pin for pin in pins if pin.recipe.name in tracker.left]:
            _compile(go, title, left, tracker, failed)


def _compile(
    go: str, title: str, pins: Sequence[ProgramPin], tracker: Tracker, failed: Event
) -> None:
    """Build ``pins`` by one command, which is ended once the download has ``failed``."""

    def line(text: str) -> None:
        if failed.is_set():
            raise BuildFailed(f"{title}: the modules could not be downloaded")
        tracker.line(text)

    tracker.begin()
    module, packages = pins[0].module, [pin.recipe.package for pin in pins]
    variables = [each for pin in pins for each in pin.recipe.assignments(pin.version)]
    linker = " ".join(["-s", "-w", *dict.fromkeys(variables)])
    run(
        title,
        [
            *(go, "build", "-v", *pins[0].recipe.flags),
            *("-ldflags", linker, "-o", f"{tracker.output}/", *packages),
        ],
        cwd=module,
        # Programs are moved to their output by a rename only within one file system.
        env={**_go_environment(), "GOTMPDIR": str(tracker.output.parent)},
        detail=line,
        watch=tracker.publish,
        next_step=f"what was compiled is kept; by hand: cd {module} && go build "
        f"{' '.join(packages)} (needs Go >= {go_version(module / 'go.mod')}, the Go module "
        "proxy, 8 GB of disk)",
    )


def _go(title: str, first: ProgramPin) -> str:
    go = shutil.which("go")
    if go is None:
        raise ProgramMissing(
            f"{title}: there is no Go compiler on PATH",
            next_step=f"install Go >= {go_version(first.module / 'go.mod')} (https://go.dev/dl, or "
            f"your system's package), or put a suitable {first.recipe.name} on PATH",
        )
    return go


def _download(
    go: str,
    pins: Sequence[ProgramPin],
    detail: Callable[[str], None],
    downloading: Callable[[], None],
) -> int:
    """Download the modules of ``pins``; return how many packages they are built from.

    ``downloading`` is called for each module that was not there.
    """
    module = pins[0].module
    packages: list[str] = []

    def line(text: str) -> None:
        if not text.startswith("go: "):
            packages.append(text)
            return
        detail(text.removeprefix("go: "))
        if text.startswith("go: downloading"):
            downloading()

    run(
        f"download the modules of {module.name}",
        [go, "list", "-deps", *pins[0].recipe.flags, *(pin.recipe.package for pin in pins)],
        cwd=module,
        env={**_go_environment(), "GOMAXPROCS": str(_DOWNLOADS)},
        detail=line,
        next_step="what was downloaded is kept; it needs the Go module proxy (go env GOPROXY)",
    )
    return len(packages)


def run(
    title: str,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    detail: Callable[[str], None],
    next_step: str,
    watch: Callable[[int], None] = lambda _: None,
) -> None:
    """Run ``command`` to its end, each line of its output to ``detail``; raises `BuildFailed`.

    ``watch`` gets the process ID after each line, and at the end of the output.
    """
    last: deque[str] = deque(maxlen=_TAIL_LINES)
    with child(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            if " " in line.strip():  # not the name of a compiled package
                last.append(line.rstrip())
            detail(line.strip())
            watch(process.pid)
        watch(process.pid)
    if process.returncode != 0:
        raise _failure(f"{title}: exit code {process.returncode}", last, next_step)


def _failure(what: str, last: Sequence[str], next_step: str) -> BuildFailed:
    for pattern, cause in _CAUSES.items():
        found = next((line.strip() for line in last if re.search(pattern, line)), None)
        if found:
            return BuildFailed(f"{what}: {cause} ({found})", next_step=next_step)
    tail = "\n".join(f"  | {line}" for line in last)
    return BuildFailed(
        f"{what}, last lines:\n{tail}", next_step=f"read the lines above; {next_step}"
    )


def _go_environment() -> dict[str, str]:
    # Flags of the caller's (-mod=mod, -race) or a workspace around us would build another
    # program than the committed go.mod and go.sum describe.
    flags = "-mod=readonly -trimpath -buildvcs=false"
    own = {"CGO_ENABLED": "0", "GOFLAGS": flags, "GOWORK": "off"}
    return {"GOGC": _GARBAGE, **build_environment(), **own}


def build_environment() -> dict[str, str]:
    """Return the variables of programs that build or install others.

    Their caches are in ours where the home folder cannot be written.
    """
    caches = without_home(GOMODCACHE="go", npm_config_cache="npm")
    return {**caches, **child_environment(BUILD)}
