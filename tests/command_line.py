"""``promoter`` run in this process, as its console script runs it."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from promoter.cli import guarded
from promoter.cli.app import run_app


@dataclass(frozen=True)
class Completed:
    """A finished command: exit code, standard output and standard error."""

    code: int
    stdout: str
    stderr: str


def promoter(*arguments: str, stdin: str = "") -> Completed:
    """Run ``promoter`` with ``arguments``."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["promoter", *arguments]),
        patch.object(sys, "stdin", io.StringIO(stdin)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = guarded(run_app)
    return Completed(code, out.getvalue(), err.getvalue())
