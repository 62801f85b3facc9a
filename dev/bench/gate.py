"""How long the gate takes to decide, beside the real cepler and beside git's own plumbing.

    python -m dev.bench.gate [--only NAME] [--write docs/benchmarks.md]

Repositories are generated (git fast-import, the same bytes every time). Both programs are
whole processes, run in the same folder right after each other; of ours the median of the
runs counts. cepler is stopped after 120 s and its line then reads "over". Without cepler in
the cache (tests/gate builds it where cargo is there) only our own time is measured.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CEPLER = Path("~/.cache/promoter/cepler-0.7.22/bin/cepler").expanduser()
STOPPED_AFTER_SECONDS = 120.0
_OURS = (str(Path(sys.executable).with_name("promoter")), "cepler")
_BEGIN, _END = "<!-- gate: begin -->", "<!-- gate: end -->"
_ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        # Without its compiled modules Python would compile ours anew at every start.
        if not name.startswith("GIT_") and name != "PYTHONDONTWRITEBYTECODE"
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "RUST_BACKTRACE": "0",
}


@dataclass(frozen=True)
class Run:
    """One run of a program: its exit code, seconds, and peak memory in MB."""

    code: int
    seconds: float
    memory: float


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    ours: Run
    theirs: Run | None
    floor: float | None

    def cells(self) -> tuple[str, ...]:
        """What, ours, cepler's, how many times faster, git's floor, our memory."""
        theirs, times = "-", "-"
        if self.theirs is not None:
            over = self.theirs.seconds >= STOPPED_AFTER_SECONDS
            theirs = "over" if over else f"{self.theirs.seconds:.2f} s"
            times = f"{'> ' if over else ''}{self.theirs.seconds / self.ours.seconds:.0f}"
        floor = f"{self.floor:.3f} s" if self.floor is not None else "-"
        return (
            self.what,
            f"{self.ours.seconds:.3f} s",
            theirs,
            times,
            floor,
            f"{self.ours.memory:.0f} MB",
        )


# --- repositories ----------------------------------------------------------------------


def write_history(
    folder: Path, config: str, commits: Iterator[tuple[str, dict[str, bytes]]]
) -> None:
    """A repository in ``folder`` with ``config`` and one commit for each of ``commits``."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", ".")
    _import(folder, _stream([("start", {"cepler.yml": config.encode()})], 0, ""))
    _import(folder, _stream(commits, 1, "refs/heads/main"))
    git(folder, "reset", "--quiet", "--hard")


def grow(folder: Path, commits: Iterator[tuple[str, dict[str, bytes]]]) -> None:
    """Put ``commits`` on top of the branch, and check them out."""
    _import(folder, _stream(commits, 1_000_000, "refs/heads/main"))
    git(folder, "reset", "--quiet", "--hard")


def _stream(
    commits: Iterator[tuple[str, dict[str, bytes]]] | Sequence[tuple[str, dict[str, bytes]]],
    clock: int,
    onto: str,
) -> Iterator[bytes]:
    for number, (message, files) in enumerate(commits):
        who = f"Bench <bench@example.invalid> {1_600_000_000 + (clock + number) * 60} +0000"
        yield f"commit refs/heads/main\ncommitter {who}\n".encode()
        yield b"data %d\n%s\n" % (len(message.encode()), message.encode())
        if onto and number == 0:
            yield f"from {onto}^0\n".encode()
        for path, content in files.items():
            yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _import(folder: Path, stream: Iterator[bytes]) -> None:
    with subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE, env=_ENVIRONMENT
    ) as process:
        if process.stdin is None:
            raise RuntimeError("fast-import has no input")
        process.stdin.writelines(stream)
        process.stdin.close()
    if process.returncode:
        raise RuntimeError("fast-import failed")


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder``."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=_ENVIRONMENT)


def matched(files: int, commits: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """``files`` files in one commit, then ``commits`` that change one of them each."""
    yield "feat: all", {_path(file): b"0\n" for file in range(files)}
    for number in range(1, commits):
        yield f"fix: {number}", {_path(number * 7 % files): b"%d\n" % number}


def unrelated(commits: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Commits that no pattern covers."""
    for number in range(commits):
        yield f"docs: {number}", {f"docs/page-{number % 50}.md": b"%d\n" % number}


def _path(file: int) -> str:
    return f"modules/area-{file % 97}/file-{file}.yml"


# --- measuring -------------------------------------------------------------------------


def measure(command: Sequence[str], folder: Path, limit: float = STOPPED_AFTER_SECONDS) -> Run:
    """Run ``command`` in ``folder``, ended after ``limit`` seconds."""
    began = time.perf_counter()
    with subprocess.Popen(
        list(command),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_ENVIRONMENT,
    ) as process:
        deadline = began + limit
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid or time.perf_counter() > deadline:
                break
            time.sleep(0.0005)
        took = time.perf_counter() - began
        if not pid:
            process.kill()
            return Run(-1, took, 0.0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Run(process.returncode, took, used.ru_maxrss / 1024)


def median(command: Sequence[str], folder: Path, runs: int) -> Run:
    """The run in the middle of ``runs``."""
    found = sorted((measure(command, folder) for _ in range(runs)), key=lambda run: run.seconds)
    return Run(
        found[0].code,
        statistics.median(run.seconds for run in found),
        max(run.memory for run in found),
    )


def compare(
    what: str,
    folder: Path,
    *arguments: str,
    runs: int = 7,
    floor: Sequence[str] | None = None,
    cepler: bool = True,
) -> Row:
    """One line: ours, the real cepler's where it is there, and git's."""
    ours = median([*_OURS, *arguments], folder, runs)
    theirs = measure([str(CEPLER), *arguments], folder) if cepler and CEPLER.is_file() else None
    if theirs is not None and theirs.seconds < STOPPED_AFTER_SECONDS and theirs.code != ours.code:
        raise RuntimeError(f"{what}: cepler exits {theirs.code}, ours {ours.code}")
    at_least = median(["git", *floor], folder, runs).seconds if floor else None
    return Row(what, ours, theirs, at_least)


# --- what is measured ------------------------------------------------------------------

_ONE = "deployment: bench\nenvironments:\n  staging:\n    latest:\n      - modules/**\n"


def _raw(span: str) -> list[str]:
    return ["log", "--raw", "--no-renames", "--format=%H", span]


def small(scratch: Path) -> Iterator[Row]:
    """A repository of a few files: start-up is all of it."""
    folder = scratch / "small"
    write_history(folder, _ONE, matched(5, 10))
    yield compare("small, first deployment due", folder, "check", "-e", "staging", runs=15)
    git_record(folder)
    yield compare("small, up to date", folder, "check", "-e", "staging", runs=15)


def middle(scratch: Path, files: int, commits: int) -> Iterator[Row]:
    """A deployment that was recorded, and then 200 commits about something else."""
    folder = scratch / f"{files}x{commits}"
    write_history(folder, _ONE, matched(files, commits))
    git_record(folder)
    grow(folder, unrelated(200))
    size = f"{files:,} files x {commits:,} commits"
    floor = _raw("HEAD~200..HEAD")
    yield compare(f"{size}, up to date, 200 unrelated", folder, *_CHECK, floor=floor)
    grow(folder, iter([("fix: one", {_path(1): b"new\n"})]))
    grow(folder, unrelated(200))
    yield compare(f"{size}, due, 200 unrelated", folder, *_CHECK, floor=floor)


def large(scratch: Path) -> Iterator[Row]:
    """10,000 files and 50,000 commits; recorded 200 commits ago; then decided from scratch."""
    folder = scratch / "large"
    size = "10,000 files x 50,000 commits"
    write_history(folder, _ONE, matched(10_000, 50_000))
    git_record(folder)
    grow(folder, iter([("fix: one", {_path(1): b"new\n"})]))
    grow(folder, unrelated(199))
    floor = _raw("HEAD~200..HEAD")
    yield compare(f"{size}, recorded 200 ago", folder, *_CHECK, floor=floor, cepler=False)
    config = "deployment: bench\nenvironments:\n  old:\n    latest:\n      - cepler.yml*\n"
    config += "      - elsewhere/**\n"
    grow(folder, iter([("chore: another", {"other.yml": config.encode()})]))
    whole = ["--config", "other.yml", "check", "-e", "old"]
    yield compare(f"{size}, all of them read", folder, *whole, floor=_raw("HEAD"), cepler=False)


_CHECK = ("check", "-e", "staging")


def git_record(folder: Path) -> None:
    """Record ``staging`` as it is."""
    subprocess.run(
        [*_OURS, "record", "-e", "staging"],
        cwd=folder,
        check=True,
        capture_output=True,
        env=_ENVIRONMENT,
    )


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "small": small,
    "500": lambda scratch: middle(scratch, 500, 1_000),
    "2000": lambda scratch: middle(scratch, 2_000, 1_000),
    "large": large,
}


# --- the table -------------------------------------------------------------------------

_HEAD = ("check", "promoter", "cepler", "times faster", "git log --raw", "memory")


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(file: Path, text: str) -> None:
    """Put ``text`` into the gate's section of ``file``."""
    whole = file.read_text() if file.is_file() else f"# Benchmarks\n\n{_BEGIN}\n{_END}\n"
    before, _, rest = whole.partition(_BEGIN)
    after = rest.partition(_END)[2]
    file.write_text(f"{before}{_BEGIN}\n{text}{_END}{after}")


def main() -> int:
    """Measure, print the table as it grows, and write it where asked."""
    parser = argparse.ArgumentParser(description="Measure the gate beside cepler.")
    parser.add_argument("--only", choices=sorted(PARTS), action="append")
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.only or PARTS:
            for row in PARTS[name](Path(scratch)):
                rows.append(row)
                sys.stdout.write(f"{' | '.join(row.cells())}\n")
                sys.stdout.flush()
    if not CEPLER.is_file():
        sys.stdout.write(f"cepler is not at {CEPLER}: only our own time was measured\n")
    if arguments.write:
        write(arguments.write, f"## The gate\n\n    make bench\n\n{table(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
