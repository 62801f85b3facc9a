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
from promoter.cli.cepler.arguments import Arguments, HelpRequest, WrongUsage, parse

if TYPE_CHECKING:
    from promoter.cepler.remote import Remote
    from promoter.gate import Deployment
    from promoter.gate.rules import FileChange

_NOTHING_NEW = 2


def run(argv: Sequence[str]) -> int:
    """Run cepler's command in ``argv``; return cepler's exit code."""
    try:
        top, inner = parse(argv, os.environ)
    except HelpRequest as request:
        _out(request.text.rstrip("\n"))
        return 0
    except WrongUsage as error:
        _err(f"error: {error}\n\nUSAGE:\n    {error.next_step}\n\nFor more information try --help")
        return 1
    return guarded(lambda: _COMMANDS[inner.command](top, inner))


def _check(top: Arguments, inner: Arguments) -> int:
    from promoter.gate.decision import check

    deployment = _deployment(top)
    found = check(deployment, inner.value("environment"), ignore_queue=_ignores_queue(top))
    if found is None:
        _out("Nothing new to deploy")
        return _NOTHING_NEW
    _report(found.changes)
    _out(f"Found new state to deploy - trigger commit {found.trigger}")
    return 0


def _ls(top: Arguments, inner: Arguments) -> int:
    from promoter.gate.evaluator import covered

    deployment = _deployment(top)
    name = inner.value("environment")
    for path in covered(deployment, name, ignore_queue=_ignores_queue(top)):
        _out(path)
    return 0


def _latest(top: Arguments, inner: Arguments) -> int:
    name = inner.value("environment")
    recorded = _deployment(top, gated=False).recorded(name)
    if recorded is None:
        _err(f"Environment '{name}' not deployed!")
        return 1
    _out(recorded.current.head_commit)
    return 0


def _prepare(top: Arguments, inner: Arguments) -> int:
    from promoter.gate.workspace import prepare_here

    deployment = _deployment(top)
    clean = _announced_clean(inner)
    _refuse_below_top(deployment)
    name = inner.value("environment")
    prepare_here(deployment, name, clean=clean, ignore_queue=_ignores_queue(top))
    return 0


def _reproduce(top: Arguments, inner: Arguments) -> int:
    from promoter.gate.workspace import reproduce_here

    deployment = _deployment(top, gated=False)
    clean = _announced_clean(inner)
    _refuse_below_top(deployment)
    reproduce_here(deployment, inner.value("environment"), clean=clean)
    return 0


def _record(top: Arguments, inner: Arguments) -> int:
    from promoter.cepler import record
    from promoter.cli.cepler.concourse import StepLog

    deployment = _deployment(top)
    _refuse_below_top(deployment)
    record.record_here(
        deployment,
        inner.value("environment"),
        StepLog(_err),
        ignore_queue=_ignores_queue(top),
        commit="no-commit" not in inner.values,
        reset="reset-head" in inner.values,
        remote=_remote(inner) if "push" in inner.values else None,
    )
    return 0


def _concourse(_: Arguments, inner: Arguments) -> int:
    from promoter.cli.cepler.concourse import answer

    return answer(inner, _out, _err)


_COMMANDS: dict[tuple[str, ...], Callable[[Arguments, Arguments], int]] = {
    ("check",): _check,
    ("ls",): _ls,
    ("latest",): _latest,
    ("prepare",): _prepare,
    ("reproduce",): _reproduce,
    ("record",): _record,
    ("concourse", "check"): _concourse,
    ("concourse", "ci_in"): _concourse,
    ("concourse", "ci_out"): _concourse,
}


def _deployment(top: Arguments, *, gated: bool = True) -> Deployment:
    from promoter.gate import Deployment
    from promoter.gate.history import History
    from promoter.git import Git

    git = Git(_folder(top))
    # One set of git processes for the whole command; they end with this process.
    deployment = Deployment.in_worktree(git, top.value("config"), history=History(git))
    if not gated or "gates" not in top.values:
        return deployment
    from promoter.gate import gates

    file, branch = top.values["gates"], top.values.get("gates-branch")
    if branch is None:
        return deployment.under(gates.from_folder(git.dir, file))
    return deployment.under(gates.from_branch(git, branch, file))


def _folder(top: Arguments) -> Path:
    """Return the working directory, or with --clone the clone, brought up to date first."""
    if "clone" not in top.values:
        return Path()
    from promoter.cepler import record
    from promoter.git import Git

    folder, remote = Path(top.values["clone"]), _remote(top)
    if folder.exists() and any(folder.iterdir()):
        remote.pull(Git(folder), top.values.get("gates-branch"))
    else:
        record.reset_head(remote.clone(folder))
    return folder


def _remote(given: Arguments) -> Remote:
    from promoter.cepler.remote import Remote

    values = given.values
    return Remote(values["git-url"], values["git-branch"], values["git-private-key"])


def _ignores_queue(top: Arguments) -> bool:
    return "ignore-queue" in top.values


def _announced_clean(inner: Arguments) -> bool:
    clean = "force-clean" in inner.values
    if clean:
        _out("WARNING removing all non-cepler specified files")
    return clean


def _refuse_below_top(deployment: Deployment) -> None:
    from promoter.common.errors import PromoterError

    top = deployment.git.top()
    if top.resolve() != deployment.git.dir.resolve():
        raise PromoterError(
            "write to the work tree: cepler's paths count from its top folder, which is not "
            "the working directory",
            next_step=f"cd {top}",
        )


def _report(changes: Sequence[FileChange]) -> None:
    words = {"added": "was added", "changed": "changed", "removed": "was removed"}
    for change in changes:
        _err(f"File {change.path} {words[change.kind]}")


def _out(text: str) -> None:
    print(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))  # noqa: T201


def _err(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
