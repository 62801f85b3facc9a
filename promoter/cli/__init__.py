"""The command line: `main` runs one command and turns its error into an exit code."""

import signal
import sys
from collections.abc import Callable
from typing import Never


def main() -> Never:
    """Run ``promoter``; exits with the code that design and README list.

    ``promoter cepler`` is asked for every minute by every Concourse worker, so it is
    dispatched before anything that the other commands need has been imported.
    """
    if sys.argv[1:2] == ["cepler"]:
        from promoter.cli.cepler import run

        raise SystemExit(run(sys.argv[2:]))
    from promoter.cli.app import run_app

    raise SystemExit(guarded(run_app))


def guarded(command: Callable[[], int]) -> int:
    """The exit code of ``command``; prints a `PromoterError` as what happened and what next."""
    from promoter.common.errors import PromoterError

    # Ending politely runs what is in `finally`: leases are given back, platforms ended.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        return command()
    except PromoterError as error:
        _tell(f"error: {error}")
        if error.next_step:
            _tell(f"next:  {error.next_step}")
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141


def _tell(said: str) -> None:
    """An error's words, which may be a remote's or a chart's: no secret, and nothing obeyed."""
    from promoter.cli.screen import one_screen
    from promoter.common.text import plain, redact

    said = "\n".join(map(plain, redact(said).splitlines()))
    print(one_screen(said), file=sys.stderr)  # noqa: T201
