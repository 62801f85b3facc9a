"""``promoter cepler``: cepler's own command line, output and exit codes.

It runs every minute for every environment in every worker, so each command imports only
what it needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.cli import guarded
from promoter.cli.cepler_arguments import Given, HelpAsked, Misused, parse

if TYPE_CHECKING:
    from promoter.gate import Deployment
    from promoter.gate.decision import FileChange

_NOTHING_NEW = 2


def run(argv: Sequence[str]) -> int:
    """Run cepler's command in ``argv``; gives cepler's exit code."""
    try:
        top, inner = parse(argv, os.environ)
    except HelpAsked as asked:
        _out(asked.text.rstrip("\n"))
        return 0
    except Misused as error:
        _err(f"error: {error}\n\nUSAGE:\n    {error.next_step}\n\nFor more information try --help")
        return 1
    return guarded(lambda: _COMMANDS[inner.command](top, inner))


def _check(top: Given, inner: Given) -> int:
    deployment = _deployment(top)
    found = deployment.check(inner.value("environment"), ignore_queue=_ignores_queue(top))
    if found is None:
        _out("Nothing new to deploy")
        return _NOTHING_NEW
    _report(found.changes)
    _out(f"Found new state to deploy - trigger commit {found.trigger}")
    return 0


def _ls(top: Given, inner: Given) -> int:
    deployment = _deployment(top)
    for path in deployment.covered(inner.value("environment"), ignore_queue=_ignores_queue(top)):
        _out(path)
    return 0


def _latest(top: Given, inner: Given) -> int:
    name = inner.value("environment")
    recorded = _deployment(top, gated=False).recorded(name)
    if recorded is None:
        _err(f"Environment '{name}' not deployed!")
        return 1
    _out(recorded.current.head_commit)
    return 0


def _prepare(top: Given, inner: Given) -> int:
    clean = _announced_clean(inner)
    deployment = _at_top(_deployment(top))
    deployment.prepare_here(
        inner.value("environment"), clean=clean, ignore_queue=_ignores_queue(top)
    )
    return 0


def _reproduce(top: Given, inner: Given) -> int:
    clean = _announced_clean(inner)
    deployment = _at_top(_deployment(top, gated=False))
    deployment.reproduce_here(inner.value("environment"), clean=clean)
    return 0


def _record(top: Given, inner: Given) -> int:
    from promoter.gate import recording

    deployment = _at_top(_deployment(top))
    name = inner.value("environment")
    _err("Recording current state")
    recorded = deployment.record_state(
        name, deployment.observe(name, ignore_queue=_ignores_queue(top))
    )
    git = deployment.git
    recording.write_atomically(git.dir / recorded.path, recorded.content)
    if "no-commit" not in inner.values:
        _err("Adding commit to repository to persist state")
        recording.commit_record(git, recorded)
    if "reset-head" in inner.values:
        _err("Reseting head to have a clean workspace")
        recording.reset_head(git)
    return 0


_COMMANDS: dict[tuple[str, ...], Callable[[Given, Given], int]] = {
    ("check",): _check,
    ("ls",): _ls,
    ("latest",): _latest,
    ("prepare",): _prepare,
    ("reproduce",): _reproduce,
    ("record",): _record,
}


def _deployment(top: Given, *, gated: bool = True) -> Deployment:
    from promoter.gate import Deployment
    from promoter.git import Git

    git = Git(Path())
    deployment = Deployment.in_worktree(git, top.value("config"))
    if not gated or "gates" not in top.values:
        return deployment
    from promoter.gate import gates

    file, branch = top.values["gates"], top.values.get("gates-branch")
    if branch is None:
        return deployment.under(gates.from_folder(git.dir, file))
    return deployment.under(gates.from_branch(git, branch, file))


def _ignores_queue(top: Given) -> bool:
    return "ignore-queue" in top.values


def _announced_clean(inner: Given) -> bool:
    clean = "force-clean" in inner.values
    if clean:
        _out("WARNING removing all non-cepler specified files")
    return clean


def _at_top(deployment: Deployment) -> Deployment:
    from promoter.errors import PromoterError

    top = deployment.git.top()
    if top.resolve() != Path.cwd().resolve():
        raise PromoterError(
            "write to the work tree: cepler's paths count from its top folder, which is not "
            "the working directory",
            next_step=f"cd {top}",
        )
    return deployment


def _report(changes: Sequence[FileChange]) -> None:
    words = {"added": "was added", "changed": "changed", "removed": "was removed"}
    for change in changes:
        _err(f"File {change.path} {words[change.kind]}")


def _out(text: str) -> None:
    print(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))  # noqa: T201


def _err(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
