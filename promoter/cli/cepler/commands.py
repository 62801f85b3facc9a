"""The commands of cepler.

They run every minute for every environment in every worker, so each imports only what it
needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.cli import guarded
from promoter.cli.cepler.arguments import HelpRequest, Values, WrongUsage, parse

if TYPE_CHECKING:
    from promoter.cepler.remote import Remote
    from promoter.gate import Deployment

_NOTHING_NEW = 2
_REPORTED = {"added": "was added", "changed": "changed", "removed": "was removed"}


def run(argv: Sequence[str]) -> int:
    """Run cepler's command in ``argv``; return cepler's exit code."""
    try:
        command, top, inner = parse(argv, os.environ)
    except HelpRequest as request:
        _out(str(request).rstrip("\n"))
        return 0
    except WrongUsage as error:
        _err(f"error: {error}\n\nUSAGE:\n    {error.next_step}\n\nFor more information try --help")
        return 1
    if command[0] == "concourse":
        from promoter.cli.cepler.concourse import answer

        return guarded(lambda: answer(command[1], inner, _out, _err))
    return guarded(lambda: _COMMANDS[command[0]](top, inner))


def _check(top: Values, inner: Values) -> int:
    from promoter.gate.decision import check

    deployment = _deployment(top)
    found = check(deployment, inner["environment"], ignore_queue="ignore-queue" in top)
    if found is None:
        _out("Nothing new to deploy")
        return _NOTHING_NEW
    for change in found.changes:
        _err(f"File {change.path} {_REPORTED[change.kind]}")
    _out(f"Found new state to deploy - trigger commit {found.trigger}")
    return 0


def _ls(top: Values, inner: Values) -> int:
    from promoter.gate.evaluator import covered

    deployment = _deployment(top)
    for path in covered(deployment, inner["environment"], ignore_queue="ignore-queue" in top):
        _out(path)
    return 0


def _latest(top: Values, inner: Values) -> int:
    name = inner["environment"]
    recorded = _deployment(top, gated=False).recorded(name)
    if recorded is None:
        _err(f"Environment '{name}' not deployed!")
        return 1
    _out(recorded.current.head_commit)
    return 0


def _prepare(top: Values, inner: Values) -> int:
    from promoter.gate.workspace import prepare_here

    deployment, clean = _writable(_deployment(top), inner)
    ignore_queue = "ignore-queue" in top
    prepare_here(deployment, inner["environment"], clean=clean, ignore_queue=ignore_queue)
    return 0


def _reproduce(top: Values, inner: Values) -> int:
    from promoter.gate.workspace import reproduce_here

    deployment, clean = _writable(_deployment(top, gated=False), inner)
    reproduce_here(deployment, inner["environment"], clean=clean)
    return 0


def _record(top: Values, inner: Values) -> int:
    from promoter.cepler import record
    from promoter.cli.cepler.concourse import StepLog

    deployment, _ = _writable(_deployment(top), inner)
    record.record_here(
        deployment,
        inner["environment"],
        StepLog(_err),
        ignore_queue="ignore-queue" in top,
        commit="no-commit" not in inner,
        reset="reset-head" in inner,
        remote=_remote(inner) if "push" in inner else None,
    )
    return 0


_COMMANDS: dict[str, Callable[[Values, Values], int]] = {
    "check": _check,
    "ls": _ls,
    "latest": _latest,
    "prepare": _prepare,
    "reproduce": _reproduce,
    "record": _record,
}


def _deployment(top: Values, *, gated: bool = True) -> Deployment:
    from promoter.gate import Deployment
    from promoter.gate.history import History
    from promoter.git import Git

    git = Git(_folder(top))
    # One set of git processes for the whole command; they end with this process.
    deployment = Deployment.in_worktree(git, top["config"], history=History(git))
    if not gated or "gates" not in top:
        return deployment
    from promoter.gate import gates

    file, branch = top["gates"], top.get("gates-branch")
    if branch is None:
        return deployment.under(gates.from_folder(git.dir, file))
    return deployment.under(gates.from_branch(git, branch, file))


def _folder(top: Values) -> Path:
    """Return the working directory, or with --clone the clone, brought up to date first."""
    if "clone" not in top:
        return Path()
    from promoter.cepler import record
    from promoter.git import Git

    folder, remote = Path(top["clone"]), _remote(top)
    if folder.exists() and any(folder.iterdir()):
        remote.pull(Git(folder), top.get("gates-branch"))
    else:
        record.reset_head(remote.clone(folder))
    return folder


def _remote(values: Values) -> Remote:
    from promoter.cepler.remote import Remote

    return Remote(values["git-url"], values["git-branch"], values["git-private-key"])


def _writable(deployment: Deployment, inner: Values) -> tuple[Deployment, bool]:
    """Return ``deployment``, whose folder has to be the top one, and whether to clean it."""
    from promoter.common.errors import PromoterError

    clean = "force-clean" in inner
    if clean:
        _out("WARNING removing all non-cepler specified files")
    top = deployment.git.top()
    if top.resolve() != deployment.git.dir.resolve():
        raise PromoterError(
            "write to the work tree: cepler's paths count from its top folder, which is not "
            "the working directory",
            next_step=f"cd {top}",
        )
    return deployment, clean


def _out(text: str) -> None:
    print(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))  # noqa: T201


def _err(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
