"""``python -m dev.defects`` (make defects): exit 0 when every defect makes its test fail, else 1.

Each edit of dev/defects.yml is made in a copy of this checkout, where its test runs; the checkout
stays as it is. The tests run once without any edit first: a test that fails then finds nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import yaml

from dev.tree import ROOT, copy_repository
from promoter.cli import guarded
from promoter.common.child import run_child
from promoter.common.errors import PromoterError

DATA = ROOT / "dev/defects.yml"
COPIES = 2
_FAILED = 1  # pytest's exit code when a test failed; any other one means that none ran.
_PLUGINS = ("-p", "no:cacheprovider", "--disable-plugin-autoload", "-p", "pytest_timeout")
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
_EDITS = count(1)


class DefectsError(PromoterError):
    """The tests cannot find a defect."""


@dataclass(frozen=True)
class Defect:
    """A defect, the edit of ``file`` that puts it back, and the ``test`` that fails then."""

    defect: str
    file: str
    old: str
    new: str
    test: str

    def edited(self, tree: Path = ROOT) -> str:
        """Return the file with the defect; raises `ValueError` where the edit does not apply."""
        text = (tree / self.file).read_text(encoding="utf-8")
        if self.old not in text:
            raise ValueError(f"{self.file}: there is no {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Outcome:
    """The result of a defect's test with the defect in place."""

    defect: Defect
    found: bool
    seconds: float
    summary: str
    """The last line of pytest."""

    def __str__(self) -> str:
        verdict, reason = ("found", "") if self.found else ("NOT FOUND", f" ({self.summary})")
        return f"{verdict}  {self.defect.defect}  {self.seconds:.0f} s{reason}"


def defects(text: str = "") -> tuple[Defect, ...]:
    """Return the defects with ``text`` in their description or test, in the order of the file."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple(Defect(**row) for row in rows if text in row["defect"] or text in row["test"])


@contextmanager
def copies(number: int) -> Iterator[list[Path]]:
    """Give ``number`` copies of this checkout and its repository, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="defects-") as folder:
        trees = [Path(folder, str(each)) for each in range(number)]
        for tree in trees:
            copy_repository(tree)
            (tree / ".venv").symlink_to(sys.prefix)
        yield trees


def require_passing(tests: Iterable[str], tree: Path) -> None:
    """Raise `DefectsError` where one of ``tests`` fails in ``tree``, which has no defect."""
    done = run_tests(tree, *dict.fromkeys(tests))
    if done.returncode == 0:
        return
    lines = done.stdout.splitlines()
    failed = [line.split()[1] for line in lines if line.startswith(("FAILED ", "ERROR "))]
    cause = "; ".join(f"{name} fails without the defect" for name in failed)
    raise DefectsError(
        f"run the tests of {DATA.name} without a defect: {cause or done.stdout + done.stderr}",
        next_step=f"pytest {' '.join(failed)}",
    )


def outcomes(tried: Iterable[Defect], trees: list[Path]) -> Generator[Outcome]:
    """Yield the outcome of each defect as its test ends, one at a time in each of ``trees``."""
    free: SimpleQueue[Path] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def attempt(defect: Defect) -> Outcome:
        tree = free.get()
        try:
            return outcome(defect, tree)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        started = [pool.submit(attempt, each) for each in tried]
        try:
            for done in as_completed(started):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def outcome(defect: Defect, tree: Path) -> Outcome:
    """Run the test of ``defect`` in ``tree`` with the defect in place, which is removed again."""
    file, began = tree / defect.file, time.monotonic()
    before, text = file.read_bytes(), defect.edited(tree)
    _write(file, text.encode())
    try:
        done = run_tests(tree, "-x", defect.test)
    finally:
        _write(file, before)
    summary = (done.stdout.splitlines() or [""])[-1]
    return Outcome(defect, done.returncode == _FAILED, time.monotonic() - began, summary)


def _write(file: Path, content: bytes) -> None:
    """Write at a time of its own: a module compiled in the same second would be taken for this."""
    file.write_bytes(content)
    seconds = int(time.time()) + next(_EDITS)
    os.utime(file, (seconds, seconds))


def run_tests(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in ``tree``, whose modules are imported instead of the installed ones."""
    # Compiled modules take two thirds off a run, and belong neither in a tree nor in the checkout.
    environment = {name: value for name, value in os.environ.items() if name != _UNCOMPILED}
    compiled = str(tree.with_name("compiled"))
    environment |= {"PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": compiled}
    command = [sys.executable, "-m", "pytest", "-q", *_PLUGINS, *arguments]
    return run_child(command, cwd=tree, env=environment, text=True)


def run() -> int:
    """Try each defect; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.defects", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", default="", help="defects or tests with TEXT")
    began, tried, missed = time.monotonic(), defects(parser.parse_args().only), 0
    with copies(COPIES) as trees:
        require_passing((each.test for each in tried), trees[0])
        # Closed before the copies are removed: an interrupt may come at any line.
        with closing(outcomes(tried, trees)) as ended:
            for each in ended:
                sys.stdout.write(f"{each}\n")
                sys.stdout.flush()
                missed += not each.found
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, elapsed = used.ru_utime + used.ru_stime, time.monotonic() - began
    sys.stdout.write(
        f"{len(tried)} defects, {missed} not found, {elapsed:.0f} s ({cpu:.0f} s of CPU)\n"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(guarded(run))
