"""Command scripts: attacks as a person would type them, with what has to come of each.

A script is a text file in the form of Go's txtar: commands, then the files that they need, each
below a line ``-- path --``. A line of the script is one of

    # a comment
    3 NAME=value cdktf deploy production    run a command in the clone; it exits with 3
    stderr text, to the line's end          the last command's standard error has this text
    stdout text                             the same of its standard output
    no-stderr text                          it does not have this text
    absent path                             there is no such file in the clone

``$CLONE`` is the clone's folder, and every other variable is that of the environment. Two things
hold after every script, without a line of their own: no Terraform has applied or destroyed
anything (unless the script begins with ``# applies``), and no state file was pushed then.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template


@dataclass(frozen=True)
class Script:
    """A parsed script: its lines with their numbers, and its files by path."""

    lines: tuple[tuple[int, str], ...]
    files: Mapping[str, str]

    @classmethod
    def read(cls, file: Path) -> Script:
        """Return the script in ``file``."""
        lines: list[tuple[int, str]] = []
        files: dict[str, str] = {}
        name = ""
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.startswith("-- ") and line.endswith(" --"):
                name = line[3:-3]
                files[name] = ""
            elif name:
                files[name] += f"{line}\n"
            elif line.strip() and not line.startswith("#"):
                lines.append((number, line))
        return cls(tuple(lines), files)


@dataclass(frozen=True)
class Place:
    """A clone to run scripts in; ``applied`` is written by any Terraform that changes something."""

    clone: Path
    environment: Mapping[str, str]
    applied: Path

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command with the variables before it; nobody answers, and it ends in time."""
        own = dict(word.split("=", 1) for word in words[: _first_command(words)])
        return subprocess.run(
            words[_first_command(words) :],
            cwd=self.clone,
            env={**self.environment, **own},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def play(self, script: Script) -> None:
        """Write the script's files and run its lines; fail with the number of the line."""
        variables = {**self.environment, "CLONE": str(self.clone)}
        for path, content in script.files.items():
            (self.clone / path).parent.mkdir(parents=True, exist_ok=True)
            (self.clone / path).write_text(content)
        done = subprocess.CompletedProcess([], 0, "", "")
        for number, line in script.lines:
            verb, _, rest = line.partition(" ")
            rest = Template(rest).safe_substitute(variables)
            if verb.isdecimal():
                done = self.run(shlex.split(rest))
                problem = done.returncode != int(verb) and f"exit code {done.returncode}"
            else:
                problem = _expectation(verb, rest, done, self.clone)
            assert not problem, f"line {number}: {line}\n{problem}\n{done.stdout}{done.stderr}"

    def changes(self) -> Iterator[str]:
        """Yield every Terraform command that changed something, as it was called."""
        if self.applied.exists():
            yield from self.applied.read_text().splitlines()


def terraform_that_reports(folder: Path, real: Path) -> Path:
    """Write a `tofu` into ``folder`` that notes what changes something; return its notes."""
    notes = folder / "applied"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "tofu"
    noted = f'case "$1" in apply|destroy) echo "$@" >> "{notes}";; esac'
    program.write_text(f'#!/bin/sh\n{noted}\nexec "{real}" "$@"\n')
    program.chmod(0o755)
    return notes


def path_with(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return ``environment`` with ``folder`` first on PATH."""
    return {**environment, "PATH": f"{folder}{os.pathsep}{environment['PATH']}"}


def _first_command(words: list[str]) -> int:
    return next(at for at, word in enumerate(words) if "=" not in word.partition("/")[0])


def _expectation(
    verb: str, text: str, done: subprocess.CompletedProcess[str], clone: Path
) -> str | bool:
    """Return what is wrong, or False."""
    if verb == "absent":
        return (clone / text).exists() and f"{text} exists"
    absent, stream = verb.startswith("no-"), verb.removeprefix("no-")
    output = {"stdout": done.stdout, "stderr": done.stderr}.get(stream)
    if output is None:
        return f"no such line: {verb}"
    return (text in output) is absent and f"{verb} {text!r} does not hold"
