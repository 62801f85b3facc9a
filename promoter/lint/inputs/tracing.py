"""Synthesizes stacks, each in a process of its own that tells what it reads."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Literal

from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.lint.inputs.handed import paths_handed
from promoter.synthesis.app import App, last_lines

Kind = Literal["declared", "handed", "opened", "listed", "names"]
_TRACER = Path(__file__).parent / "tracer"
_GENERATED = "cdktf.out."
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Input:
    """One path (from the tree's top) that a stack is shaped by.

    ``declared`` by the code that uses it, ``handed`` to Terraform, ``opened``, or a folder
    that was ``listed``; ``names`` is the declaration that a listing takes names alone.
    ``file`` is the code's file, ``reader`` the line and the function, or the block.
    """

    kind: Kind
    path: str
    file: str = ""
    reader: str = ""


@dataclass(frozen=True)
class Traced:
    """What the synthesis of ``stack`` used; ``problem`` says why there was none."""

    stack: str
    inputs: tuple[Input, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Tracing:
    """How stacks are synthesized: the app of a tree, and a folder for what it tells."""

    app: App
    scratch: Path

    def stack(self, name: str) -> Traced:
        """The inputs of one stack."""
        if not _NAME.fullmatch(name):
            return Traced(name, problem="no stack can have such a name")
        output, report = self._output(name), self.scratch / f"{name}.jsonl"
        try:
            done = self.app.run(output, (name,), self._variables(report))
        except InvalidFile as error:
            return Traced(name, problem=str(error))
        stack = output / "stacks" / name / "cdk.tf.json"
        if done.returncode != 0:
            cause = redact(last_lines(done.stderr)) or f"exit code {done.returncode}"
            return Traced(name, problem=f"its synthesis fails: {cause}")
        if not stack.is_file():
            return Traced(name, problem="the app makes no stack of this name")
        tree = self.app.tree
        handed = [Input("handed", path, "", place) for path, place in paths_handed(stack, tree)]
        told = tuple(each for each in _told(report) if not each.path.startswith(_GENERATED))
        return Traced(name, (*told, *handed))

    def names(self) -> tuple[str, ...]:
        """Every stack that the app makes; none where it fails, which each stack's own run says."""
        output = self._output("-every")
        try:
            done = self.app.run(output, ())
        except InvalidFile:
            return ()
        if done.returncode != 0:
            return ()
        return tuple(sorted(file.parent.name for file in output.glob("stacks/*/cdk.tf.json")))

    def _output(self, name: str) -> Path:
        """Beside where a deploy writes, so that relative paths lead to the same files."""
        return self.app.tree / f"{_GENERATED}{name}"

    def _variables(self, report: Path) -> dict[str, str]:
        return {
            "PYTHONPATH": str(_TRACER),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PROMOTER_TRACE_TREE": str(self.app.tree),
            "PROMOTER_TRACE": str(report),
        }


def trace(tracing: Tracing, stacks: Sequence[str], progress: Progress) -> tuple[Traced, ...]:
    """What each of ``stacks`` used, in their order, and the further stacks that there are.

    As many at a time as there are processors: a synthesis is a Python and a Node, in turn.
    """
    with (
        progress.task(f"synthesize {len(stacks)} stacks, looking at what they read") as detail,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,
    ):
        names = pool.submit(tracing.names)
        running = {pool.submit(tracing.stack, name): name for name in stacks}
        try:
            for count, done in enumerate(as_completed(running), start=1):
                detail(f"{count} of {len(stacks)}: {running[done]}")
        except BaseException:
            pool.shutdown(cancel_futures=True)  # interrupted: what has not begun never does
            raise
        found = tuple(each.result() for each in running)
        rest = [name for name in names.result() if name not in stacks]
        return (*found, *map(Traced, rest))


def _told(report: Path) -> Iterator[Input]:
    """What a traced process said; raises `PromoterError` where none was traced."""
    try:
        lines = report.read_text().splitlines()
    except FileNotFoundError as error:
        raise PromoterError(
            "look at what the synthesis reads: the app of cdktf.json started no Python that tells",
            next_step="see that 'app' in cdktf.json runs python without -I, -E or -S",
        ) from error
    for line in lines:
        said = json.loads(line)
        if said["kind"] != "started":
            yield Input(said["kind"], _source(said["path"]), said["file"], said["reader"])


def _source(path: str) -> str:
    """A compiled module stands for its source."""
    try:
        return source_from_cache(path) if path.endswith(".pyc") else path
    except ValueError:
        return path
