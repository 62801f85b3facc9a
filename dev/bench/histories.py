"""Generated repositories: git fast-import, the same bytes every time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from dev.bench.measurement import ENVIRONMENT

Commits = Iterator[tuple[str, dict[str, bytes]]]
"""Messages, each with the files that its commit sets."""


def write_history(folder: Path, first: dict[str, bytes], commits: Commits) -> None:
    """Create a repository: a commit of the files in ``first``, then ``commits``."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", ".")
    _import(folder, _stream([("start", first)], 0, ""))
    _import(folder, _stream(commits, 1, "refs/heads/main"))
    git(folder, "reset", "--quiet", "--hard")


def grow(folder: Path, commits: Commits) -> None:
    """Add ``commits`` to the branch, and check them out."""
    _import(folder, _stream(commits, 1_000_000, "refs/heads/main"))
    git(folder, "reset", "--quiet", "--hard")


def _stream(
    commits: Commits | Sequence[tuple[str, dict[str, bytes]]],
    clock: int,
    base: str,
) -> Iterator[bytes]:
    for number, (message, files) in enumerate(commits):
        who = f"Bench <bench@example.invalid> {1_600_000_000 + (clock + number) * 60} +0000"
        yield f"commit refs/heads/main\ncommitter {who}\n".encode()
        yield b"data %d\n%s\n" % (len(message.encode()), message.encode())
        if base and number == 0:
            yield f"from {base}^0\n".encode()
        for path, content in files.items():
            yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _import(folder: Path, stream: Iterator[bytes]) -> None:
    with subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        if process.stdin is None:
            raise RuntimeError("fast-import has no input")
        process.stdin.writelines(stream)
        process.stdin.close()
    if process.returncode:
        raise RuntimeError("fast-import failed")


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder``."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=ENVIRONMENT)


def matched(files: int, commits: int) -> Commits:
    """Return one commit of ``files`` files, then ``commits`` that change one of them each."""
    yield "feat: all", {path_of(file): b"0\n" for file in range(files)}
    for number in range(1, commits):
        yield f"fix: {number}", {path_of(number * 7 % files): b"%d\n" % number}


def unrelated(commits: int) -> Commits:
    """Return commits that no pattern covers."""
    for number in range(commits):
        yield f"docs: {number}", {f"docs/page-{number % 50}.md": b"%d\n" % number}


def path_of(file: int) -> str:
    """Return the path of the matched file with this number."""
    return f"modules/area-{file % 97}/file-{file}.yml"
