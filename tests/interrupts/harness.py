"""Run promoter in a process of its own, interrupted at a process boundary or at an instant.

The boundaries are those of an undisturbed run's own record, so that a new child is one of them.

INTERRUPTS  the number of random instants; then every boundary gets every kind of interrupt
BOUNDARIES  the number of boundaries, chosen at random, all by default
SEED        the seed of what is random; a failure prints the one that it had
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import TextIOBase
from pathlib import Path

import promoter.cli.deploy
import promoter.cli.release
import promoter.cli.vendor
import promoter.testflight.attestation
import promoter.vendoring.bump  # noqa: F401 - imported once for all runs, not by each
from promoter.cli import main

FUZZING = bool(os.environ.get("INTERRUPTS"))
INSTANTS = int(os.environ.get("INTERRUPTS") or 0)
BOUNDARIES = int(os.environ.get("BOUNDARIES") or 0)
SEED = int(os.environ.get("SEED") or (random.SystemRandom().randrange(1 << 32) if FUZZING else 1))

_SECONDS = 120
_ORPHANED = 30
"""For so long a program may still write that a killed command had started, such as a push."""

_UNDISTURBED = 5
"""One run in so many is left alone; the others continue what an interrupted one left."""

# Between two programs that write, any one that only reads stands for the others.
_WRITES = ("push", "fetch", "worktree", "commit", "update-ref", "checkout", "reset", "read-tree")
_READERS = ("git", "uname", "ps")
_READS = re.compile(r"/crane (digest|manifest|config|blob) | (--version|version --client)$")


@dataclass(frozen=True)
class Interrupt:
    """A signal to the process group of a command, as a terminal sends it, or to it alone."""

    name: str
    number: signal.Signals
    whole_group: bool
    code: int

    def send(self, pid: int) -> None:
        (os.killpg if self.whole_group else os.kill)(pid, self.number)

    @property
    def kills(self) -> bool:
        return self.number == signal.SIGKILL


INTERRUPTS = (
    Interrupt("Ctrl-C", signal.SIGINT, True, 130),
    Interrupt("SIGTERM", signal.SIGTERM, False, 143),
    Interrupt("kill -9", signal.SIGKILL, False, -signal.SIGKILL),
)


@dataclass(frozen=True)
class Run:
    """A finished run: exit code, output, the programs that it started, and its duration."""

    code: int
    output: str
    started: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Command:
    """A command line of promoter, run in ``folder``; its output is collected in ``logs``.

    All that it works on is below ``logs``, too.
    """

    folder: Path
    arguments: tuple[str, ...]
    logs: Path

    def run(
        self, interrupt: Interrupt | None = None, *, at: int = 0, after: float | None = None
    ) -> Run:
        """Run it, interrupted when it starts program number ``at``, or ``after`` seconds."""
        output, started = self.logs / "output", self.logs / "started"
        for file in (output, started):
            file.write_text("")
        began = time.monotonic()
        if (pid := os.fork()) == 0:
            self._become(output, started, interrupt, at)
        if interrupt and after is not None:
            time.sleep(after)
            with suppress(ProcessLookupError):
                interrupt.send(pid)
        code = _wait(pid, began + _SECONDS)
        elapsed = time.monotonic() - began
        return Run(code, output.read_text(), tuple(started.read_text().splitlines()), elapsed)

    def _become(self, output: Path, started: Path, interrupt: Interrupt | None, at: int) -> None:
        code: object = 70
        try:
            os.setsid()
            # As on a terminal; where tests run in the background, the shell has it ignored.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for number in (1, 2):
                os.dup2(os.open(output, os.O_WRONLY | os.O_APPEND), number)
            sys.stdout, sys.stderr = (os.fdopen(n, "w", closefd=False) for n in (1, 2))
            os.chdir(self.folder)
            sys.argv = ["promoter", *self.arguments]
            sys.addaudithook(_recorder(started.open("a", buffering=1), interrupt, at))
            main()
        except SystemExit as end:
            code = end.code
        except KeyboardInterrupt:
            code = 130  # Before it had begun.
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(int(str(code or 0)))


def _recorder(
    record: TextIOBase, interrupt: Interrupt | None, at: int
) -> Callable[[str, tuple[object, ...]], None]:
    left = at

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event != "subprocess.Popen":
            return
        words = [str(word) for word in arguments[1]]  # type: ignore[attr-defined]
        record.write(" ".join(words).replace("\n", " ") + "\n")
        left -= 1
        if interrupt and left == 0:
            interrupt.send(os.getpid())

    return hook


def _wait(pid: int, until: float) -> int:
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError(f"it did not end within {_SECONDS} s")


def interrupt_everywhere(
    command: Command,
    change: Callable[[int], None],
    require_whole: Callable[[Run, Interrupt], None],
    require_done: Callable[[Run, int], None],
    *,
    instants: int = 20,
    most: int | None = None,
) -> None:
    """Interrupt ``command`` everywhere, each time after another ``change`` that it has to take.

    ``require_whole`` checks what an interrupted run left, ``require_done`` an undisturbed one.
    Unless all are to be found (`FUZZING`), ``most`` is a limit for the boundaries.
    """
    change(0)
    first = run = command.run()
    require_done(first, 0)
    recent: list[str] = []
    planned = _interrupts(first, INSTANTS or instants, BOUNDARIES if FUZZING else most)
    for number, (name, interrupt, when) in enumerate(planned, 1):
        recent.append(name)
        try:
            change(number)
            run = command.run(interrupt, **when)
            if not interrupt.kills:
                assert run.code in (interrupt.code, 0, 2, -signal.SIGTERM), run.code
            _require(partial(require_whole, run, interrupt), command.logs, interrupt)
            if number % _UNDISTURBED == 0:
                run = command.run()
                require_done(run, number)
                recent.clear()
        except Exception as error:
            raise AssertionError(
                f"{'; then '.join(recent)}: {error!r}\n{_repetition()}\n{run.output}"
            ) from error


def wait_for_orphans(folder: Path) -> None:
    """Wait until no program works below ``folder`` that a killed command had started."""
    until = time.monotonic() + _ORPHANED
    while time.monotonic() < until and any(_works_below(folder, each) for each in _processes()):
        time.sleep(0.02)


def _processes() -> Iterator[Path]:
    return Path("/proc").glob("[0-9]*")


def _works_below(folder: Path, process: Path) -> bool:
    """Return whether a process works below ``folder`` that is not a child of the test itself."""
    try:
        works = (process / "cwd").readlink().is_relative_to(folder)
        return works and _parent(process) != os.getpid()
    except OSError:
        return False


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def _require(requirement: Callable[[], None], folder: Path, interrupt: Interrupt) -> None:
    """Require it at once, after a kill at the latest once what it orphaned has ended."""
    try:
        return requirement()
    except Exception:
        if not interrupt.kills:
            raise
    wait_for_orphans(folder)
    return requirement()


def _repetition() -> str:
    """Return the command that repeats the test that runs, with what is random in it."""
    numbers = f"INTERRUPTS={INSTANTS} BOUNDARIES={BOUNDARIES or ''} " if FUZZING else ""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return f"repeat it: {numbers}SEED={SEED} python -m pytest '{test}'"


def _interrupts(
    run: Run, instants: int, most: int | None
) -> Iterator[tuple[str, Interrupt, dict[str, float]]]:
    chance = random.Random(SEED)
    boundaries = list(_boundaries(run.started))
    if most and most < len(boundaries):
        boundaries = sorted(chance.sample(boundaries, most))
    for number, program in boundaries:
        for interrupt in INTERRUPTS if FUZZING else [chance.choice(INTERRUPTS)]:
            yield f"{interrupt.name} at program {number}: {program}", interrupt, {"at": number}
    for _ in range(instants):
        interrupt, after = chance.choice(INTERRUPTS), chance.uniform(0, run.seconds)
        yield f"{interrupt.name} after {after:.3f} s", interrupt, {"after": after}


def _boundaries(started: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    before = True
    for number, program in enumerate(started, 1):
        name = Path(program.split()[0]).name
        reads = name in _READERS and not any(f" {verb} " in program for verb in _WRITES)
        writes = not (reads or _READS.search(program))
        if FUZZING or writes or before:
            yield number, program
        before = writes
