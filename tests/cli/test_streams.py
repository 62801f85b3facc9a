"""Output never decides: a closed pipe, a full device or a strange locale changes no outcome."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from promoter.cli.commands import SECTIONS, Command
from tests.deploy.terminal import INTERRUPT, run_on_terminal

# As `main` runs a command; the work prints before and after what it changes.
SCRIPT = """\
import sys
from pathlib import Path
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.cli.streams import keep_going, protect

def work():
    for number in range(2000):
        shown().note(f"step {number} \\u00fc\\u2192\\udcff")
        print(f"step {number} \\u00fc\\u2192\\udcff", flush=True)
    Path(sys.argv[1]).write_text("recorded")
    return int(sys.argv[2])

protect()
if sys.argv[3] == "changes":
    keep_going()
sys.exit(guarded(work))
"""


@pytest.fixture(params=["closed pipe", "full device"])
def broken(request: pytest.FixtureRequest) -> Iterator[IO[bytes]]:
    """A file to which nothing can be written."""
    if request.param == "full device":
        with Path("/dev/full").open("wb") as full:
            yield full
        return
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        yield pipe


def run(
    record: Path,
    *arguments: str,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
    **variables: str,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(record), *arguments],
        env={**os.environ, **variables},
        stdout=stdout,
        stderr=stderr,
        check=False,
    )


@pytest.mark.parametrize("code", ["0", "3"])
def test_a_command_that_changes_something_finishes_with_its_own_code(
    tmp_path: Path, broken: IO[bytes], code: str
) -> None:
    record = tmp_path / "record"
    assert run(record, code, "changes", stdout=broken, stderr=broken).returncode == int(code)
    assert record.read_text() == "recorded"


def test_one_that_only_reads_ends_at_once(tmp_path: Path, broken: IO[bytes]) -> None:
    record = tmp_path / "record"
    done = run(record, "0", "reads", stdout=broken)
    assert not record.exists()
    assert done.returncode == (1 if broken.name == "/dev/full" else 141)
    assert b"Traceback" not in done.stderr
    assert (b"error: write: No space left on device\n" in done.stderr) == (done.returncode == 1)


def test_standard_error_never_ends_a_command(tmp_path: Path, broken: IO[bytes]) -> None:
    assert run(tmp_path / "record", "0", "reads", stderr=broken).returncode == 0


def test_a_full_device_is_named(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(tmp_path / "record", "0", "changes", stdout=full)
    assert done.stderr.endswith(b"note: standard output was lost: No space left on device\n")


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_a_locale_that_cannot_express_a_character_shows_an_escape(
    tmp_path: Path, locale: dict[str, str]
) -> None:
    done = run(tmp_path / "record", "0", "reads", **locale)
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith((b"\xfc\\u2192\\udcff", b"\\udcff", b"\\u2192\\udcff"))


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_standard_stream_may_be_closed(tmp_path: Path, redirection: str) -> None:
    record = tmp_path / "record"
    command = f'exec "$@" {redirection}'
    argv = ("sh", "-c", command, "sh", sys.executable, "-c", SCRIPT, str(record), "0", "reads")
    assert subprocess.run(argv, capture_output=True, check=False).returncode == 0
    assert record.read_text() == "recorded"


def test_the_commands_that_only_read_are_known() -> None:
    reading = set()
    for name, entry in (each for part in SECTIONS.values() for each in part.items()):
        within = {"": entry} if isinstance(entry, Command) else entry.commands
        reading |= {f"{name} {sub}".strip() for sub, each in within.items() if not each.changes}
    assert reading == {
        *("audit", "commits check", "doctor", "environment values", "lint", "pipeline check"),
        *("metrics", "web serve"),
        *(
            "pipeline exec",
            "pipeline gke-credential",
            "pipeline pins",
            "plan",
            "preview",
            "rules test",
        ),
        *("pipeline wait-cachix-paths", "platform status", "release file-check", "release show"),
        "release check-modules",
        *("status", "testflight smoketest", "toolchain list", "toolchain path", "trace"),
        *(
            "vendor check",
            "verify approval",
            "verify image",
            "version current",
            "version next",
            "why",
        ),
    }


HOSTILE = "\x1b[1A\x1b[2Kgone\r\u202e\x9b1A\x1b[8mhidden\x07"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_no_text_moves_the_cursor_or_hides_or_reverses_what_is_written(stream: str) -> None:
    script = (
        "import sys; from promoter.cli.streams import protect; protect();"
        f" print({HOSTILE!r}, file=sys.{stream});"
        f" print('\x1b[1mbold\x1b[0m\tend', file=sys.{stream})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert getattr(done, stream).decode() == (
        "?[1A?[2Kgone???1A?[8mhidden?\n\x1b[1mbold\x1b[0m\tend\n"
    )


def test_an_interrupt_at_a_prompt_is_never_lost_before_the_read_starts(tmp_path: Path) -> None:
    script = """\
import os, signal
from promoter.cli.streams import read_answer
signal.signal(signal.SIGINT, lambda *_: None)
for _ in range(200):
    if os.fork():
        os.wait()
        continue
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print("Apply?", flush=True)
        read_answer()
    except KeyboardInterrupt:
        os._exit(130)
"""
    command = (sys.executable, "-c", script)
    done = run_on_terminal(command, tmp_path, os.environ, "Apply?", INTERRUPT, times=200)
    assert done.code == 0, done.output
