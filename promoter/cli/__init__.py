"""The command line: `main` runs one command and turns its error into an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Never

from promoter.cli.streams import abandon, finish, protect

if TYPE_CHECKING:
    from promoter.common.errors import PromoterError


def main() -> Never:
    """Run ``promoter``; exits with the code that design and README list.

    ``promoter cepler`` is asked for every minute by every Concourse worker, so it is
    dispatched before anything that the other commands need has been imported.
    """
    protect()
    if sys.argv[1:2] == ["cepler"]:
        from promoter.cli.cepler import run

        raise SystemExit(run(sys.argv[2:]))
    from promoter.cli.app import run_app

    raise SystemExit(guarded(run_app))


def guarded(command: Callable[[], int]) -> int:
    """Return the exit code of ``command``, which is that of its error where it raises one.

    A `PromoterError` is printed as what happened and what next, anything that nobody expected as
    one line that names a file with the details. With ``--json`` it is JSON as well, on standard
    output: ``{"error": ..., "next": ..., "exit_code": ...}``.
    """
    from promoter.common.errors import PromoterError
    from promoter.common.signals import interruptible

    # Ending politely runs what is in `finally`: leases are given back, platforms ended.
    interruptible(_tell)
    try:
        code = command()
        if lost := finish():
            _tell(f"note: standard output was lost: {lost}")
    except PromoterError as error:
        return _failed(error)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        abandon()
        return 141
    except Exception as error:
        from promoter.cli.unexpected import explained

        return _failed(explained(error))
    return code


def _failed(error: PromoterError) -> int:
    """Print ``error``; return its exit code."""
    _tell(f"error: {error}")
    if error.next_step:
        _tell(f"next:  {error.next_step}")
    if "--json" in sys.argv:
        import json

        from promoter.common.text import redact

        document = {"error": str(error), "next": error.next_step, "exit_code": error.exit_code}
        with suppress(OSError):
            print(redact(json.dumps(document, indent=2)), flush=True)  # noqa: T201
    try:
        finish()
    except OSError:
        abandon()
    return error.exit_code


def _tell(said: str) -> None:
    """An error's words, which may be a remote's or a chart's: no secret, and nothing obeyed."""
    from promoter.cli.screen import one_screen
    from promoter.common.text import plain, redact

    said = "\n".join(map(plain, redact(said).splitlines()))
    print(one_screen(said), file=sys.stderr)  # noqa: T201
