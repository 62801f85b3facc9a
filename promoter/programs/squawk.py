"""squawk (squawkhq.com) finds statements of PostgreSQL migrations that break other programs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.environment import child_environment
from promoter.common.errors import PromoterError
from promoter.programs.command import installed_program, run_program

_BREAKING = ("ban-", "renaming-", "changing-", "adding-not-nullable", "adding-required", "syntax-")
"""The beginnings of the rules that are about other programs; the others are about locks."""


@dataclass(frozen=True)
class BreakingStatement:
    """A statement in ``line`` (from 1) of a file; ``rule`` is squawk's name of its kind."""

    file: str
    line: int
    rule: str
    message: str


def breaking_statements(files: Mapping[str, bytes]) -> list[BreakingStatement]:
    """Return the statements of SQL ``files`` that break a program of before they ran."""
    if not files:
        return []
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in files.items():
            # Its own comments do not excuse a file.
            (folder / path).write_bytes(content.replace(b"squawk-ignore", b"squawk ignore"))
        command = [installed_program("squawk", "squawk-cli"), "--reporter", "json", *sorted(files)]
        done = run_program(command, folder=folder, environment=child_environment())
    try:
        return list(_breaking(done.stdout))
    except (ValueError, LookupError, TypeError) as error:
        raise PromoterError(
            f"read the migrations: squawk exit {done.returncode}: {done.stderr.strip()[:200]}"
        ) from error


def _breaking(output: str) -> Iterator[BreakingStatement]:
    for each in json.loads(output):
        if each["rule_name"].startswith(_BREAKING):
            yield BreakingStatement(
                each["file"], int(each["line"]) + 1, each["rule_name"], str(each["message"])
            )
