"""Lint the gate of one commit, and the changes since another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import GitError, PromoterError, UsageError
from promoter.common.finding import Finding
from promoter.common.progress import Progress
from promoter.git import Git
from promoter.lint.fix import AddedPattern, add_missing_patterns
from promoter.lint.inputs import StackInputs, StackTracer
from promoter.lint.rules import check, check_change
from promoter.lint.rules.changes import GateChange
from promoter.lint.snapshot import FOLDER, GateSnapshot, read_snapshot
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

_APP = "cdktf.json"


@dataclass(frozen=True)
class LintReport:
    """The findings, and the patterns that were added to the cepler files of the work tree."""

    findings: tuple[Finding, ...]
    added: tuple[AddedPattern, ...] = ()


def lint(git: Git, progress: Progress, base: str | None = None, *, fix: bool = False) -> LintReport:
    """Return the problems of the gate at HEAD, and those of the changes since ``base``.

    ``git`` is the top folder of a clone. Only commits are checked; with ``fix``, missing
    patterns are added to the cepler files of the work tree, and what they cover is no finding.
    Raises `UsageError` if ``base`` is not a commit, `PromoterError` if there is no gate.
    """
    head = git.commit("HEAD")
    if head is None:
        raise GitError(
            f"read HEAD in {git.dir}: there is no commit", next_step="commit something first"
        )
    fork = _fork_point(git, base, head) if base is not None else None
    snapshot = read_snapshot(git, head)
    if not snapshot.configs and not snapshot.invalid:
        raise PromoterError(
            f"lint the gate: {head[:12]} has no cepler file", next_step=f"add one to {FOLDER}/"
        )
    if git.changed():
        progress.note("uncommitted changes are not checked: the gate reads commits")
    snapshot = replace(snapshot, inputs=_stack_inputs(git, snapshot, progress))
    added, covered = add_missing_patterns(snapshot, git.dir) if fix else ((), snapshot)
    findings = list(check(snapshot, covered))
    if fork is not None:
        findings += check_change(GateChange(git, read_snapshot(git, fork), snapshot))
    return LintReport(tuple(dict.fromkeys(findings)), added)


def _fork_point(git: Git, base: str, head: str) -> str:
    """Return the commit at which ``head`` left ``base``; later commits of the base are not its."""
    commit = None if base.startswith("-") else git.commit(base)
    if commit is None:
        raise UsageError(
            f"compare with {base}: there is no such commit in {git.dir}",
            next_step="fetch it, or use another: promoter lint --base origin/main",
        )
    fork = git.attempt("merge-base", commit, head).stdout.decode().strip()
    if not fork:
        raise GitError(
            f"compare with {base}: it has no commit in common with HEAD here",
            next_step="fetch the whole history: git fetch --unshallow",
        )
    return fork.splitlines()[0]


def _stack_inputs(git: Git, snapshot: GateSnapshot, progress: Progress) -> tuple[StackInputs, ...]:
    if _APP not in snapshot.files:
        progress.note(f"there is no {_APP}: no stack is synthesized")
        return ()
    stacks = [environment.name for environment in snapshot.environments()]
    with _checkout(git, snapshot.commit) as (tree, scratch):
        app = App.of(tree, Toolchain(tree, progress=progress))
        return StackTracer(app, scratch).trace(stacks, progress)


@contextmanager
def _checkout(git: Git, commit: str) -> Iterator[tuple[Path, Path]]:
    """Yield a clean work tree of ``commit``, and an empty folder."""
    with TemporaryDirectory(prefix="promoter-lint-") as folder:
        top = Path(os.path.realpath(folder))
        (top / "scratch").mkdir()
        with git.worktree(top / "tree", commit) as tree:
            yield tree.dir, top / "scratch"
