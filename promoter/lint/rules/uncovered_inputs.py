"""Files that shape a stack and are in no pattern of its environment.

Such a file could change production without passing the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from promoter.lint.finding import Finding, some
from promoter.lint.inputs import Input, Traced
from promoter.lint.rules.dead_patterns import only_but_hidden
from promoter.lint.subject import Environment, GateSnapshot

ID = "uncovered-input"
_SAYS = {
    "declared": "declared by {}",
    "handed": "handed to Terraform by {}",
    "opened": "opened by {}",
    "listed": "in a folder that is listed by {}",
}


class Use(NamedTuple):
    """A file of the repository that shapes a stack, and by what."""

    path: str
    by: str


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """For each environment what is not covered, by what uses it."""
    traced = {each.stack: each for each in subject.traced}
    for environment in subject.environments():
        found = traced.get(environment.name)
        if found is None or found.problem:
            continue
        yield from _missing(environment, found, subject)
        upstream = subject.passed(environment)
        before = traced.get(upstream.name) if upstream else None
        shared = {use.path for use in used(before, subject)} if before else set()
        for (by, kind), paths in _by_use(environment, used(found, subject), shared).items():
            yield _finding(environment, by, paths, kind)


def used(traced: Traced, subject: GateSnapshot) -> tuple[Use, ...]:
    """Every file of the repository that shapes a stack, each once, by the one who knows best.

    Who declares it or hands it to Terraform knows better than who opens it: the chart is
    the release's, whoever computes a hash over it.
    """
    uses: dict[str, Use] = {}
    for kind in _SAYS:
        for each in traced.inputs:
            if each.kind == kind:
                by = _SAYS[kind].format(each.reader or "the app's command")
                for path in _files(each, traced, subject):
                    uses.setdefault(path, Use(path, by))
    return tuple(uses[path] for path in sorted(uses))


def _files(found: Input, traced: Traced, subject: GateSnapshot) -> list[str]:
    if found.kind == "opened":
        return [found.path] if found.path in subject.files else []
    if found.kind != "listed":
        return subject.below(found.path)
    if any(_names_only(each, found) for each in traced.inputs):
        return []
    below = subject.below(found.path)
    return [path for path in below if path.rpartition("/")[0] == found.path]


def _names_only(declared: Input, listed: Input) -> bool:
    """Whether the code that lists a folder says that names below it shape nothing."""
    return (
        declared.kind == "names"
        and declared.file == listed.file
        and f"{listed.path}/".startswith(f"{declared.path}/")
    )


def _by_use(
    environment: Environment, uses: tuple[Use, ...], shared: set[str]
) -> dict[tuple[str, str], list[str]]:
    """What is not covered, by its use and the list to which it belongs.

    What the environment before is shaped by too, it has to prove: that is propagated.
    """
    missing: dict[tuple[str, str], list[str]] = {}
    for use in uses:
        if not environment.covers(use.path):
            kind = "propagated" if use.path in shared else "latest"
            missing.setdefault((use.by, kind), []).append(use.path)
    return missing


def _missing(environment: Environment, traced: Traced, subject: GateSnapshot) -> Iterator[Finding]:
    for each in traced.inputs:
        if each.kind == "declared" and not subject.below(each.path):
            yield Finding(
                ID,
                each.file,
                f"{each.reader} declares {each.path}, which is not there, for {environment.name}",
                "remove the declaration, or correct the path",
            )


def _finding(environment: Environment, by: str, paths: list[str], kind: str) -> Finding:
    verb, are = ("shapes", "is") if len(paths) == 1 else ("shape", "are")
    skipped = [
        text
        for text in (*environment.config.latest, *environment.config.propagated)
        if only_but_hidden(text, paths[:1])
    ]
    hidden = f"; '{skipped[0]}' skips hidden files" if skipped else ""
    return Finding(
        ID,
        environment.file,
        f"{some(paths)} {verb} {environment.name} ({by}) and {are} in none of its patterns{hidden}",
        f"add it to '{kind}' of {environment.name} in {environment.file}",
    )
