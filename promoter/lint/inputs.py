"""Synthesize every stack in a traced process, and collect the files that shape it."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any, Literal

from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.programs.provider_lock import locked_entries
from promoter.synthesis.app import App, SynthesisError

Kind = Literal["declared", "referenced", "opened", "listed", "names"]
_TRACER = Path(__file__).parent / "tracer"
_OUTPUT = "cdktf.out."
_STACK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MODULE_FOLDER = re.compile(r"\$\{path\.(?:module|root|cwd)\}")
_PATH = re.compile(r"""(?<![\w.:/-])\.{0,2}/[^\s"'`${}()\[\]<>,;|]*""")


@dataclass(frozen=True)
class Input:
    """A path (relative to the repository) that shapes a stack.

    ``declared`` by the code that uses it, ``referenced`` by the synthesized JSON, ``opened``,
    or a folder that was ``listed``; ``names`` declares that a listing uses names alone.
    ``reader`` is the line and function of the code in ``file``, or the JSON block.
    """

    kind: Kind
    path: str
    file: str = ""
    reader: str = ""


@dataclass(frozen=True)
class StackInputs:
    """The inputs of ``stack``; ``problem`` is the reason if it could not be deployed.

    ``remedy`` is the change that fixes it, where its synthesis alone would not show that.
    """

    stack: str
    inputs: tuple[Input, ...] = ()
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class StackTracer:
    """Synthesizes stacks of ``app`` under the tracer, whose reports go to ``scratch``."""

    app: App
    scratch: Path

    def trace(self, stacks: Sequence[str], progress: Progress) -> tuple[StackInputs, ...]:
        """Return the inputs of ``stacks``, in their order, then the other stacks, untraced."""
        with (
            progress.task(f"synthesize {len(stacks)} stacks and trace their inputs") as detail,
            ThreadPoolExecutor(os.cpu_count() or 1) as pool,
        ):
            names = pool.submit(self._all_stacks)
            running = {pool.submit(self.stack, name): name for name in stacks}
            try:
                for count, done in enumerate(as_completed(running), start=1):
                    detail(f"{count} of {len(stacks)}: {running[done]}")
            except BaseException:
                pool.shutdown(cancel_futures=True)  # after an interrupt start no other stack
                raise
            others = [name for name in names.result() if name not in stacks]
            return (*(each.result() for each in running), *map(StackInputs, others))

    def stack(self, name: str) -> StackInputs:
        """Return the inputs of one stack; raises `PromoterError` if nothing was traced."""
        if not _STACK_NAME.fullmatch(name):
            return StackInputs(name, problem="not a valid name of a stack")
        # A sibling of the folder that a deploy writes: relative paths lead to the same files.
        output, report = self.app.tree / f"{_OUTPUT}{name}", self.scratch / f"{name}.jsonl"
        variables = {
            "PYTHONPATH": str(_TRACER),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PROMOTER_TRACE_TREE": str(self.app.tree),
            "PROMOTER_TRACE": str(report),
        }
        try:
            stacks = self.app.synthesize(output, (name,), variables=variables)
            found = [stack for stack in stacks if stack.name == name]
            for stack in found:
                platform = name.partition("-")[0]
                locked_entries(self.app.tree, platform, stack.required_providers())
        except SynthesisError as error:
            return StackInputs(name, problem=f"its synthesis fails: {redact(error.cause)}")
        except InvalidFile as error:
            return StackInputs(name, problem=str(error), remedy=error.next_step)
        if not found:
            return StackInputs(name, problem="the app has no stack of this name")
        traced = [each for each in _read_report(report) if not each.path.startswith(_OUTPUT)]
        return StackInputs(name, (*traced, *referenced_paths(found[0].file, self.app.tree)))

    def _all_stacks(self) -> tuple[str, ...]:
        """Return the names of all stacks; none if the app fails, which each stack reports."""
        with suppress(InvalidFile, SynthesisError):
            stacks = self.app.synthesize(self.app.tree / f"{_OUTPUT}-every")
            return tuple(stack.name for stack in stacks)
        return ()


def referenced_paths(stack: Path, tree: Path) -> Iterator[Input]:
    """Yield every path in ``stack`` (a cdk.tf.json) that lies in ``tree``, existing or not."""
    top = tree.absolute()
    # Terraform runs in the folder of the file.
    for block, text in _strings(json.loads(stack.read_text()), ""):
        for found in _PATH.findall(_MODULE_FOLDER.sub(".", text)):
            path = os.path.normpath(stack.parent.absolute() / found)
            if path.startswith(f"{top}/"):
                yield Input("referenced", os.path.relpath(path, top), "", block)


def _strings(node: Any, block: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield block, node
    elif isinstance(node, list):
        for item in node:
            yield from _strings(item, block)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key != "//":  # comments of CDK Terrain
                yield from _strings(value, f"{block}.{key}" if block else key)


def _read_report(report: Path) -> Iterator[Input]:
    try:
        lines = report.read_text().splitlines()
    except FileNotFoundError as error:
        raise PromoterError(
            "trace the inputs of a stack: the app of cdktf.json started no Python with the tracer",
            next_step="see that 'app' in cdktf.json runs python without -I, -E or -S",
        ) from error
    for event in map(json.loads, lines):
        if event["path"].endswith(".pyc"):
            with suppress(ValueError):
                event["path"] = source_from_cache(event["path"])
        if event["kind"] != "started":
            yield Input(**event)
