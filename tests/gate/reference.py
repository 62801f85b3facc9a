"""The reference: cepler itself, which `make test` builds once, and how both programs are run."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from promoter.cli.cepler import run

PANIC = 101

_SECONDS = 120
# Without its compiled modules Python would compile ours anew at every start.
_DROPPED = ("CEPLER_", "GIT_", "GATES_BRANCH", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run of either program."""

    code: int
    out: str
    err: str


def clean_environment() -> dict[str, str]:
    """This process's variables less those that either program or git would take as input."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_DROPPED)}
    quiet = {"RUST_BACKTRACE": "0"}  # a backtrace takes longer than everything else
    return {**kept, **quiet, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def run_cepler(
    program: Path,
    folder: Path,
    *arguments: str,
    stdin: str = "",
    variables: Mapping[str, str] | None = None,
) -> Outcome:
    """The reference, run in ``folder``."""
    done = subprocess.run(
        [str(program), *arguments],
        cwd=folder,
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        env={**clean_environment(), **(variables or {})},
    )
    return Outcome(
        done.returncode,
        done.stdout.decode("utf-8", "surrogateescape"),
        done.stderr.decode("utf-8", "surrogateescape"),
    )


def run_ours(
    folder: Path,
    *arguments: str,
    stdin: str = "",
    variables: Mapping[str, str] | None = None,
) -> Outcome:
    """``promoter cepler`` in ``folder``, within this process."""
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch("sys.stdin", io.StringIO(stdin)),
            mock.patch.dict(os.environ, {**clean_environment(), **(variables or {})}, clear=True),
        ):
            code = run(arguments)
    finally:
        os.chdir(before)
    return Outcome(code, out.getvalue(), err.getvalue())
