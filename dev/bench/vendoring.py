"""Time of syncing one chart from a large repository, compared with vendir.

    python -m dev.bench.vendoring [--files N] [--commits N] [--runs N]

The repository is generated (git fast-import, the same bytes every time): N files of which
a quarter is the chart, N commits that each change three of them, one tag per thousand
commits. Each program syncs it from scratch through ``file://``, in turn; the medians count.
Ours is measured as a library in a new Python process, and as the command, which adds the
start-up of its command line. Without vendir on PATH only our own time is measured, and the
output says so. The goal is a third of vendir's time.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

CHART = "charts/lana-bank"
_OURS = {
    "vendoring.sync": [
        *(sys.executable, "-c"),
        "from pathlib import Path; from promoter.vendoring import sync; sync(Path('.'))",
    ],
    "promoter vendor sync": [
        *(sys.executable, "-m", "promoter"),
        *("vendor", "sync", "--vendir", "never", "--root", "."),
    ],
}
_CONFIG = """\
apiVersion: vendir.k14s.io/v1alpha1
kind: Config
directories:
  - path: charts
    contents:
      - path: lana-bank
        git:
          url: file://{repository}
          ref: {ref}
        includePaths:
          - charts/lana-bank/**/*
        newRootPath: charts/lana-bank
"""


def generate(repository: Path, files: int, commits: int, *, tags: bool) -> None:
    """Create a bare repository of ``files`` files and ``commits`` commits on branch main."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", repository], check=True)
    stream = b"".join(_stream(files, commits, tags=tags))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=stream, check=True)


def _stream(files: int, commits: int, *, tags: bool) -> Iterator[bytes]:
    for number in range(commits):
        message = f"feat: change {number}\n".encode()
        committer = f"Bench <bench@example.invalid> {1_700_000_000 + number * 60} +0000"
        yield f"commit refs/heads/main\nmark :{number + 1}\ncommitter {committer}\n".encode()
        yield b"data %d\n%s" % (len(message), message)
        changed = range(files) if number == 0 else _touched(number, files)
        for file in changed:
            content = f"key{file}: value {number}\n".encode() * 20
            yield f"M 100644 inline {_path(file)}\ndata {len(content)}\n".encode() + content + b"\n"
        if tags and number % 1000 == 0:
            yield f"reset refs/tags/v0.{number // 1000}.0\nfrom :{number + 1}\n\n".encode()


def _touched(number: int, files: int) -> list[int]:
    return sorted({(number * step) % files for step in (1, 7, 31)})


def _path(file: int) -> str:
    folder = CHART if file % 4 == 0 else f"other/area-{file % 40}"
    return f"{folder}/templates/part-{file % 97}/file-{file}.yaml"


def medians(
    runs: int, commands: Mapping[str, list[str]], config: str, scratch: Path
) -> dict[str, float]:
    """Run all commands in turn ``runs`` times; return the median seconds of each."""
    turns = [
        {name: timed(command, config, scratch) for name, command in commands.items()}
        for _ in range(runs)
    ]
    return {name: statistics.median(turn[name] for turn in turns) for name in commands}


def timed(command: list[str], config: str, scratch: Path) -> float:
    """Return the seconds of ``command`` in a new folder with ``config`` as its vendir.yml."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    (folder / "vendir.yml").write_text(config)
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    elapsed = time.perf_counter() - began
    shutil.rmtree(folder)
    return elapsed


def main() -> int:
    """Print the times; return 0, because times depend on other load on the machine."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for tags in (False, True):
            _measure(Path(scratch), arguments, tags=tags)
    return 0


def _measure(scratch: Path, arguments: argparse.Namespace, *, tags: bool) -> None:
    repository = scratch / f"tags-{tags}.git"
    generate(repository, arguments.files, arguments.commits, tags=tags)
    ref = subprocess.run(
        ["git", "rev-parse", "main"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.strip()
    config = _CONFIG.format(repository=repository, ref=ref)
    _print(f"{arguments.files} files x {arguments.commits} commits{', tags' if tags else ''}:")
    vendir = shutil.which("vendir")
    theirs = {"vendir sync": [vendir, "sync"]} if vendir else {}
    times = medians(arguments.runs, {**theirs, **_OURS}, config, scratch)
    if not vendir:
        _print("  vendir is not on PATH")
    for name, seconds in times.items():
        ratio = f" = {seconds / times['vendir sync']:.2f} of it" if vendir and name in _OURS else ""
        _print(f"  {name:22}{seconds:.2f} s{ratio}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare a sync with vendir.")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--commits", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    return parser


if __name__ == "__main__":
    sys.exit(main())
