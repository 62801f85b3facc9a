"""Lint the gate of one commit, and the changes since another."""

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import GitError, PromoterError, UsageError
from promoter.common.finding import Finding
from promoter.common.progress import Progress
from promoter.git import Git
from promoter.lint.fix import AddedPattern, add_missing_patterns
from promoter.lint.inputs import StackInputs, StackTracer
from promoter.lint.rules import check
from promoter.lint.rules.changes import GateChange
from promoter.lint.rules.pushes import Pushes
from promoter.lint.snapshot import FOLDER, GateSnapshot, read_snapshot
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

_APP = "cdktf.json"


@dataclass(frozen=True)
class LintReport:
    """The findings, and the patterns that were added to the cepler files of the work tree."""

    findings: tuple[Finding, ...]
    added: tuple[AddedPattern, ...] = ()


def lint(
    git: Git,
    progress: Progress,
    base: str | None = None,
    names: Collection[str] = (),
    *,
    fix: bool = False,
    pushed: str | None = None,
) -> LintReport:
    """Return the problems of the gate at HEAD, and those of the changes since ``base``.

    With ``pushed`` also those of commits that followed it on main without a pull request.

    ``git`` is the top folder of a clone. Only commits are checked; with ``fix``, missing
    patterns are added to the cepler files of the work tree, and what they cover is no finding.
    ``names`` (of deployments and environments) restricts the environments that are checked.
    Raises `UsageError` for an unknown name, and if ``base`` or ``pushed`` is not a commit;
    `PromoterError` if there is no gate.
    """
    head = git.commit("HEAD")
    if head is None:
        reason = f"read HEAD in {git.dir}: there is no commit"
        raise GitError(reason, next_step="commit something first")
    fork = None if base is None else _fork_point(git, base, head)
    snapshot = read_snapshot(git, head)
    if not snapshot.configs and not snapshot.invalid:
        reason = f"lint the gate: {head[:12]} has no cepler file"
        raise PromoterError(reason, next_step=f"add one to {FOLDER}/")
    snapshot = _restricted(snapshot, names)
    if git.changed():
        progress.note("uncommitted changes are not checked: the gate reads commits")
    snapshot = replace(snapshot, inputs=_stack_inputs(git, snapshot, progress))
    added, covered = add_missing_patterns(snapshot, git.dir) if fix else ((), snapshot)
    before = replace(read_snapshot(git, fork), names=names) if fork else None
    change = GateChange(git, before, snapshot) if before else None
    pushes = None if pushed is None else Pushes(git, _fork_point(git, pushed, head), head)
    return LintReport(tuple(dict.fromkeys(check(snapshot, covered, change, pushes))), added)


def _restricted(snapshot: GateSnapshot, names: Collection[str]) -> GateSnapshot:
    every = snapshot.every_environment()
    known = dict.fromkeys(name for each in every for name in (each.deployment, each.name))
    if unknown := sorted(set(names) - known.keys()):
        raise UsageError(
            f"lint {', '.join(unknown)}: no such deployment or environment at HEAD",
            next_step=f"one of: {', '.join(known)}",
        )
    return replace(snapshot, names=names)


def _fork_point(git: Git, base: str, head: str) -> str:
    """Return the commit at which ``head`` left ``base``."""
    commit = None if base.startswith("-") else git.commit(base)
    if commit is None:
        reason = f"compare with {base}: there is no such commit in {git.dir}"
        remedy = "fetch it, or use another: promoter lint --base origin/main"
        raise UsageError(reason, next_step=remedy)
    fork = git.attempt("merge-base", commit, head).stdout.decode().strip()
    if not fork:
        reason = f"compare with {base}: it has no commit in common with HEAD here"
        raise GitError(reason, next_step="fetch the whole history: git fetch --unshallow")
    return fork.splitlines()[0]


def _stack_inputs(git: Git, snapshot: GateSnapshot, progress: Progress) -> dict[str, StackInputs]:
    if _APP not in snapshot.files:
        progress.note(f"there is no {_APP}: no stack is synthesized")
        return {}
    chosen = list(snapshot.environments())
    # What shapes the environment before it decides the list that a pattern belongs to.
    every = (*chosen, *filter(None, map(snapshot.upstream, chosen)))
    stacks = list(dict.fromkeys(environment.name for environment in every))
    with TemporaryDirectory(prefix="promoter-lint-") as folder:
        scratch = Path(os.path.realpath(folder))
        with git.worktree(scratch / "tree", snapshot.commit) as tree:
            app = App.of(tree.dir, Toolchain(tree.dir, progress=progress))
            traced = StackTracer(app, scratch).trace(stacks, progress)
            return {each.stack: each for each in traced}
