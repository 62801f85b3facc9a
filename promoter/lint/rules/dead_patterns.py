"""Patterns that match no file, those included that only hidden files would fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promoter.gate.patterns import Patterns, compiled, literal_folder
from promoter.lint.finding import Finding, some
from promoter.lint.subject import Environment, GateSnapshot

ID = "dead-pattern"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Every pattern of every environment that matches nothing."""
    for environment in subject.environments():
        config = environment.config
        for kind, texts in (("latest", config.latest), ("propagated", config.propagated)):
            for text in dict.fromkeys(texts):
                if not subject.matching(text):
                    yield _finding(environment, kind, text, subject)


def only_but_hidden(pattern: str, files: Iterable[str]) -> list[str]:
    """The files that ``pattern`` would match if cepler's wildcards did not skip hidden ones."""
    patterns = compiled((pattern,))
    folder = literal_folder(pattern)
    return sorted(path for path in files if _matches_unhidden(patterns, folder, path))


def _matches_unhidden(patterns: Patterns, folder: str, path: str) -> bool:
    start = f"{folder}/" if folder else ""
    if patterns.matches(path) or not path.startswith(start):
        return False
    # What a wildcard stands for gets another name for its dot.
    rest = path[len(start) :].split("/")
    shown = "/".join(f"_{part[1:]}" if part.startswith(".") else part for part in rest)
    return patterns.matches(start + shown)


def _finding(environment: Environment, kind: str, pattern: str, subject: GateSnapshot) -> Finding:
    what = f"{environment.name}: {kind} '{pattern}' matches no file"
    hidden = only_but_hidden(pattern, subject.below(literal_folder(pattern)))
    if not hidden:
        return Finding(ID, environment.file, what, "remove it, or correct its spelling")
    return Finding(
        ID,
        environment.file,
        f"{what} but hidden ones ({some(hidden)}), which wildcards skip",
        f"name what is hidden by itself: {hidden[0]}",
    )
