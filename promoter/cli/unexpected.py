"""Errors that nobody expected, as one line each; the details are in a file."""

import sys
import traceback

from promoter.cli.screen import write_report
from promoter.common.errors import PromoterError
from promoter.common.text import redact


def explained(error: Exception) -> PromoterError:
    """Return ``error`` as a `PromoterError`: the machine's as it says, any other with a report.

    The machine's are files that cannot be read or written, and a full disk.
    """
    if isinstance(error, OSError) and error.strerror:
        place = f"use {error.filename}" if error.filename else "write"
        return PromoterError(f"{place}: {error.strerror}", next_step=_remedy(error))
    first = (str(error).strip().splitlines() or [""])[0]
    found = PromoterError(f"unexpected {type(error).__name__}: {first}".rstrip(": "))
    try:
        found.next_step = f"report it, with {write_report(_details(error))}"
    except OSError as problem:
        found.next_step = f"report it; its details could not be written: {problem.strerror}"
    return found


def _remedy(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "give yourself access to it, or name another"
    if isinstance(error, (FileExistsError, NotADirectoryError, IsADirectoryError)):
        return "move it away: a file is where a folder must be, or the other way round"
    return "correct that, then run the command again"


def _details(error: Exception) -> str:
    """Return the command and the traceback, redacted."""
    return redact(f"{' '.join(sys.argv)}\n\n{''.join(traceback.format_exception(error))}")
