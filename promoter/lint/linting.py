"""Looks at the gate of one commit, and at what became of it since another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import GitError, PromoterError, UsageError
from promoter.common.progress import Progress
from promoter.git import Git
from promoter.lint.finding import Finding
from promoter.lint.inputs import Traced, Tracing, trace
from promoter.lint.rules import RULES
from promoter.lint.subject import FOLDER, GateSnapshot, read_subject
from promoter.lint.weakened import WEAKENED, Range
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

_APP = "cdktf.json"


def lint(git: Git, progress: Progress, base: str | None = None) -> tuple[Finding, ...]:
    """What is wrong with the gate at HEAD, and (with ``base``) weaker than where it came from.

    ``git`` is a clone's top folder; its work tree is not looked at, only what is committed.
    Raises `UsageError` where ``base`` names no commit, `PromoterError` where there is no gate.
    """
    head = git.commit("HEAD")
    if head is None:
        raise GitError(
            f"read HEAD in {git.dir}: there is no commit", next_step="commit something first"
        )
    before = _fork(git, base, head) if base is not None else None
    subject = read_subject(git, head)
    if not subject.configs and not subject.invalid:
        raise PromoterError(
            f"lint the gate: {head[:12]} has no cepler file", next_step=f"add one to {FOLDER}/"
        )
    if git.changed():
        progress.note("uncommitted changes are not looked at: the gate sees commits")
    subject = replace(subject, traced=_traced(git, subject, progress))
    found = [finding for rule in RULES.values() for finding in rule(subject)]
    if before is not None:
        compared = Range(git, read_subject(git, before), subject)
        found += [finding for rule in WEAKENED.values() for finding in rule(compared)]
    return tuple(dict.fromkeys(found))


def _fork(git: Git, base: str, head: str) -> str:
    """Where ``head`` left ``base``: what others did on the base since then is not its doing."""
    commit = None if base.startswith("-") else git.commit(base)
    if commit is None:
        raise UsageError(
            f"compare with {base}: there is no such commit in {git.dir}",
            next_step="fetch it, or name another: promoter lint --base origin/main",
        )
    fork = git.attempt("merge-base", commit, head).stdout.decode().strip()
    if not fork:
        raise GitError(
            f"compare with {base}: it has no commit in common with HEAD here",
            next_step="fetch the whole history: git fetch --unshallow",
        )
    return fork.splitlines()[0]


def _traced(git: Git, subject: GateSnapshot, progress: Progress) -> tuple[Traced, ...]:
    if _APP not in subject.files:
        progress.note(f"there is no {_APP}: no stack is synthesized")
        return ()
    stacks = [environment.name for environment in subject.environments()]
    with _checkout(git, subject.commit) as (tree, scratch):
        toolchain = Toolchain(tree, progress=progress)
        app = App(tree, toolchain.stacks_python(), toolchain.program("node"))
        return trace(Tracing(app, scratch), stacks, progress)


@contextmanager
def _checkout(git: Git, commit: str) -> Iterator[tuple[Path, Path]]:
    """A work tree of ``commit`` with nothing else in it, and an empty folder beside it."""
    with TemporaryDirectory(prefix="promoter-lint-") as folder:
        top = Path(os.path.realpath(folder))
        (top / "scratch").mkdir()
        with git.worktree(top / "tree", commit) as tree:
            yield tree.dir, top / "scratch"
