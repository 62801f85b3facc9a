"""Errors on the command line; their text may come from a remote or a chart."""

from __future__ import annotations

from typing import Never

import pytest

from promoter.cli import guarded
from promoter.common.errors import NothingNewer, PromoterError


def failing(error: PromoterError) -> Never:
    raise error


def test_secrets_and_escape_sequences_are_not_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PromoterError(
        "clone https://me:hunter22@host/x: remote: \x1b[2Jgone\nfatal: no",
        next_step="set token=abcdefgh",
    )
    assert guarded(lambda: failing(error)) == 1
    assert capsys.readouterr().err == (
        "error: clone https://[redacted]@host/x: remote: ?[2Jgone\n"
        "fatal: no\n"
        "next:  set token=[redacted]\n"
    )


def test_the_exit_code_is_the_error_class_s() -> None:
    assert guarded(lambda: failing(NothingNewer("nothing"))) == 2
