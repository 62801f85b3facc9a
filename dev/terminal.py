"""The terminal on which the demo's commands are typed and their output is shown."""

from __future__ import annotations

import shlex
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from dev.scene import Scene
from promoter.common.errors import PromoterError

_WIDTH = 100


class DemoError(PromoterError):
    """A step did not have the expected outcome, or the demo could not start."""


@dataclass(frozen=True)
class RunningCommand:
    """A command that was started, and its start (monotonic seconds)."""

    command: str
    process: subprocess.Popen[str]
    since: float


@dataclass
class Terminal:
    """Runs commands in the clones of a scene; those that still run are ended when it is closed."""

    scene: Scene
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    steps: int = 0
    running: list[RunningCommand] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        for command in self.running:
            command.process.terminate()

    @property
    def elapsed(self) -> float:
        """The seconds since the demo was started."""
        return time.monotonic() - self.since

    def show_build(self, line: str) -> None:
        """Print a line about the programs that are built meanwhile."""
        self.console.print(f"   [dim]{self.elapsed:.0f} s: {line}[/]")

    def step(self, title: str) -> None:
        """Print the title of the next step."""
        self.steps += 1
        self.console.print(f"\n[bold]{self.steps}. {title}[/] [dim]({self.elapsed:.0f} s)[/]")

    def print(self, line: str) -> None:
        """Print a line below the step's title."""
        self.console.print(f"   {line}")

    def command(self, command: str) -> None:
        """Print a command as it is typed."""
        shown = command if len(command) < _WIDTH else command.replace(" --", " \\\n     --")
        self.console.print(f"   [cyan]$ {shown}[/]")

    def output(self, line: str) -> None:
        """Print a line of a command's output or of a file."""
        self.console.print(f"   {line}", markup=False)

    def run(self, command: str, expected: int, clone: str = "galoy-deployments") -> None:
        """Run a command as typed in a clone; raise `DemoError` for another exit code."""
        self.finish(self.start(command, clone), expected)

    def start(self, command: str, clone: str = "galoy-deployments") -> RunningCommand:
        """Start a command, which runs until `finish` as in another terminal."""
        self.command(command)
        return self.begin(command, clone)

    def begin(self, command: str, clone: str = "galoy-deployments") -> RunningCommand:
        """Start a command that `show` shows."""
        process = self._popen(command, self.scene.folder / clone)
        self.running.append(RunningCommand(command, process, time.monotonic()))
        return self.running[-1]

    def finish(self, running: RunningCommand, expected: int) -> None:
        """Print the output of a command that `start` has shown, until it ends."""
        if running is not self.running[-1]:
            self.command(f"fg  # {' '.join(shlex.split(running.command)[:3])}")
        self._output(running, expected)

    def show(self, running: RunningCommand, expected: int) -> None:
        """Print a command and its output until it ends."""
        self.command(running.command)
        self._output(running, expected)

    def _output(self, running: RunningCommand, expected: int) -> None:
        with running.process as process:
            assert process.stdout is not None  # noqa: S101
            for line in process.stdout:
                self.output(line.rstrip())
        if process.returncode != expected:
            raise DemoError(f"`{running.command}` exited with {process.returncode}, not {expected}")
        elapsed = time.monotonic() - running.since
        self.console.print(f"   [dim]exit {expected}, {elapsed:.1f} s[/]")

    def _popen(self, command: str, folder: Path) -> subprocess.Popen[str]:
        """Start a command; ``as <name> <command>`` is typed by one of the people."""
        words, variables = shlex.split(command), self.scene.environment
        if words[0] == "as":
            words, variables = words[2:], self.scene.acting_as(words[1])
        if words[0] == "slsa-verifier":
            words[0] = str(self.scene.verifier)
        return subprocess.Popen(
            words,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
