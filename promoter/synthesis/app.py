"""Runs the app of a tree's cdktf.json, as the CDK Terrain CLI does."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile

_SHOWN = 5


@dataclass(frozen=True)
class App:
    """The app of ``tree``, and what runs it: the stacks' Python, and Node."""

    tree: Path
    python: Path
    node: Path

    def run(
        self, output: Path, stacks: Sequence[str], variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Synthesize ``stacks`` (none: all of them) into ``output``, with further ``variables``.

        The same contract as the CDK Terrain CLI's: the app's command line is run in the tree
        with the output folder in CDKTF_OUTDIR; what it needs beside it, it reads itself.
        Raises `InvalidFile` where cdktf.json names no app.
        """
        told = {"LANA_STACKS": " ".join(stacks), **(variables or {})}
        return self._run(self._command(), output, told)

    def run_module(
        self, module: str, output: Path, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """As `run`, for an app of the tree that cdktf.json does not name: ``python -m module``."""
        return self._run([str(self.python), "-m", module], output, variables)

    def _run(
        self, command: Sequence[str], output: Path, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        search = (str(self.python.parent), str(self.node.parent), os.environ["PATH"])
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            command,
            cwd=self.tree,
            env={
                **inherited,
                "PATH": os.pathsep.join(search),
                "CDKTF_OUTDIR": str(output),
                **variables,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _command(self) -> list[str]:
        file = self.tree / "cdktf.json"
        try:
            return shlex.split(json.loads(file.read_text())["app"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidFile(
                "cdktf.json",
                "",
                f"it names no app: {error!r}",
                next_step="restore it, and see that the environment's patterns in cepler/ name it",
            ) from error


def last_words(said: str) -> str:
    """The last lines of what a failed app wrote, as one; "" where it wrote nothing."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return "; ".join(lines[-_SHOWN:])
