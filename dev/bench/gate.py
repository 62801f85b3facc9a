"""Time of the gate's decisions, compared with the real cepler and with git's plumbing.

    python -m dev.bench.gate [--only NAME] [--write docs/benchmarks.md]

Repositories are generated (git fast-import, the same bytes every time). Both programs are
whole processes, run in the same folder right after each other; ours counts with the median of
its runs. cepler, built as its authors publish it, is stopped after 120 s, and its line then reads
"over". Where it cannot be built only our own time is measured.
A second table has the time of ``promoter plan`` for a hundred environments, and for one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from dev.bench import plans
from dev.bench.histories import grow, matched, path_of, unrelated, write_history
from dev.bench.measurement import ENVIRONMENT, STOPPED_AFTER_SECONDS, Run, measure, median
from dev.reference_programs import CEPLER as TESTED
from promoter.cli.progress import shown
from promoter.common.errors import PromoterError

CEPLER = replace(TESTED, optimized=True)
_OURS = (str(Path(sys.executable).with_name("promoter")), "cepler")
_BEGIN, _END = "<!-- gate: begin -->", "<!-- gate: end -->"


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    title: str
    ours: Run
    theirs: Run | None
    floor: float | None

    def cells(self) -> tuple[str, ...]:
        """Return title, our time, cepler's, the ratio, git's lower bound, and our memory."""
        theirs, times = "-", "-"
        if self.theirs is not None:
            over = self.theirs.seconds >= STOPPED_AFTER_SECONDS
            theirs = "over" if over else f"{self.theirs.seconds:.2f} s"
            times = f"{'> ' if over else ''}{self.theirs.seconds / self.ours.seconds:.0f}"
        floor = f"{self.floor:.3f} s" if self.floor is not None else "-"
        return (
            self.title,
            f"{self.ours.seconds:.3f} s",
            theirs,
            times,
            floor,
            f"{self.ours.memory:.0f} MB",
        )


# --- measurement ----------------------------------------------------------------------


def compare(
    title: str,
    folder: Path,
    *arguments: str,
    runs: int = 7,
    floor: Sequence[str] | None = None,
    cepler: bool = True,
) -> Row:
    """Measure one line: ours, the real cepler if it is installed, and git."""
    ours = median([*_OURS, *arguments], folder, runs)
    theirs = (
        measure([str(CEPLER.place), *arguments], folder)
        if cepler and CEPLER.place.is_file()
        else None
    )
    if theirs is not None and theirs.seconds < STOPPED_AFTER_SECONDS and theirs.code != ours.code:
        raise RuntimeError(f"{title}: cepler exits {theirs.code}, ours {ours.code}")
    lower_bound = median(["git", *floor], folder, runs).seconds if floor else None
    return Row(title, ours, theirs, lower_bound)


# --- the cases ------------------------------------------------------------------------

_ONE = b"deployment: bench\nenvironments:\n  staging:\n    latest:\n      - modules/**\n"


def _raw(span: str) -> list[str]:
    return ["log", "--raw", "--no-renames", "--format=%H", span]


def small(scratch: Path) -> Iterator[Row]:
    """Measure a repository of a few files: start-up takes all the time."""
    folder = scratch / "small"
    write_history(folder, {"cepler.yml": _ONE}, matched(5, 10))
    yield compare("small, first deployment due", folder, "check", "-e", "staging", runs=15)
    git_record(folder)
    yield compare("small, up to date", folder, "check", "-e", "staging", runs=15)


def middle(scratch: Path, files: int, commits: int) -> Iterator[Row]:
    """Measure a recorded deployment, and then 200 unrelated commits."""
    folder = scratch / f"{files}x{commits}"
    write_history(folder, {"cepler.yml": _ONE}, matched(files, commits))
    git_record(folder)
    grow(folder, unrelated(200))
    size = f"{files:,} files x {commits:,} commits"
    floor = _raw("HEAD~200..HEAD")
    yield compare(f"{size}, up to date, 200 unrelated", folder, *_CHECK, floor=floor)
    grow(folder, iter([("fix: one", {path_of(1): b"new\n"})]))
    grow(folder, unrelated(200))
    yield compare(f"{size}, due, 200 unrelated", folder, *_CHECK, floor=floor)


def large(scratch: Path) -> Iterator[Row]:
    """Measure 10,000 files and 50,000 commits, recorded 200 commits ago, then not at all."""
    folder = scratch / "large"
    size = "10,000 files x 50,000 commits"
    old = b"  old:\n    latest:\n      - elsewhere/**\n"  # never changes
    first = {"cepler.yml": _ONE + old, "elsewhere/file": b"1\n"}
    write_history(folder, first, matched(10_000, 50_000))
    git_record(folder)
    grow(folder, iter([("fix: one", {path_of(1): b"new\n"})]))
    grow(folder, unrelated(199))
    floor = _raw("HEAD~200..HEAD")
    yield compare(f"{size}, recorded 200 ago", folder, *_CHECK, floor=floor, cepler=False)
    whole = ("check", "-e", "old")
    yield compare(f"{size}, all of them read", folder, *whole, floor=_raw("HEAD"), cepler=False)


_CHECK = ("check", "-e", "staging")


def git_record(folder: Path) -> None:
    """Record the present state of ``staging``."""
    subprocess.run(
        [*_OURS, "record", "-e", "staging"],
        cwd=folder,
        check=True,
        capture_output=True,
        env=ENVIRONMENT,
    )


class Line(Protocol):
    """A row of either table."""

    def cells(self) -> tuple[str, ...]:
        """Return its cells."""


PARTS: dict[str, Callable[[Path], Iterator[Line]]] = {
    "small": small,
    "500": lambda scratch: middle(scratch, 500, 1_000),
    "2000": lambda scratch: middle(scratch, 2_000, 1_000),
    "large": large,
    "plan": plans.rows,
    "rules": plans.rules_rows,
}


# --- the table -------------------------------------------------------------------------

_HEAD = ("check", "promoter", "cepler", "times faster", "git log --raw", "memory")


def table(head: tuple[str, ...], rows: Sequence[Line]) -> str:
    """Return the rows as a Markdown table; empty if there are none."""
    lines = [head, tuple("---" for _ in head), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) if rows else ""


def tables(rows: Sequence[Line]) -> str:
    """Return the tables."""
    heads = {Row: _HEAD, plans.Row: plans.HEAD, plans.RulesRow: plans.RULES_HEAD}
    parts = [
        table(head, [row for row in rows if type(row) is kind]) for kind, head in heads.items()
    ]
    return "\n".join(parts)


def write(file: Path, text: str) -> None:
    """Replace the gate's section of ``file`` by ``text``."""
    whole = file.read_text() if file.is_file() else f"# Benchmarks\n\n{_BEGIN}\n{_END}\n"
    before, _, rest = whole.partition(_BEGIN)
    after = rest.partition(_END)[2]
    file.write_text(f"{before}{_BEGIN}\n{text}{_END}{after}")


def main() -> int:
    """Measure, print each row, and write the tables if required."""
    parser = argparse.ArgumentParser(description="Compare the gate with cepler.")
    parser.add_argument("--only", choices=sorted(PARTS), action="append")
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    try:
        CEPLER.path(shown())
    except PromoterError as error:
        sys.stdout.write(f"{error}: only our own time is measured\n")
    rows: list[Line] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in arguments.only or PARTS:
            for row in PARTS[name](Path(scratch)):
                rows.append(row)
                sys.stdout.write(f"{' | '.join(row.cells())}\n")
                sys.stdout.flush()
    if arguments.write:
        write(arguments.write, tables(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
