"""Rules for the inputs of stacks, and for the patterns that cover them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from promoter.common.finding import Finding, summarize
from promoter.gate.patterns import Patterns, compiled, literal_folder
from promoter.lint.inputs import Input, StackInputs
from promoter.lint.snapshot import FOLDER, Environment, GateSnapshot

# In order of precedence: code that declares a path knows better than code that opens it. The
# chart belongs to the release, whatever computes a hash over its files.
_USES = {
    "declared": "declared by {}",
    "referenced": "referenced by {}",
    "opened": "opened by {}",
    "listed": "in a folder listed by {}",
}


class Uncovered(NamedTuple):
    """A file that shapes a stack, is in no pattern of its environment, and belongs to ``list``."""

    path: str
    use: str
    list: str


def check_dead_patterns(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find patterns that match no file."""
    for environment in snapshot.environments():
        config = environment.config
        for key, texts in (("latest", config.latest), ("propagated", config.propagated)):
            for text in dict.fromkeys(texts):
                if not snapshot.matching(text):
                    yield _dead_pattern(environment, key, text, snapshot)


def _dead_pattern(
    environment: Environment, key: str, pattern: str, snapshot: GateSnapshot
) -> Finding:
    place, name = environment.file, f"{environment.name}: {key} '{pattern}'"
    hidden = skipped_hidden_files(pattern, snapshot.below(literal_folder(pattern)))
    if not hidden:
        return Finding(place, f"{name} matches no file", "remove it, or correct its spelling")
    return Finding(
        place,
        f"{name} matches only hidden files ({summarize(hidden)}), which wildcards skip",
        f"add the hidden file by its name: {hidden[0]}",
    )


def skipped_hidden_files(pattern: str, files: Iterable[str]) -> list[str]:
    """Return the files that ``pattern`` would match if wildcards did not skip hidden files."""
    patterns, folder = compiled((pattern,)), literal_folder(pattern)
    return sorted(path for path in files if _matches_unhidden(patterns, folder, path))


def _matches_unhidden(patterns: Patterns, folder: str, path: str) -> bool:
    start = f"{folder}/" if folder else ""
    if patterns.matches(path) or not path.startswith(start):
        return False
    # Match again without the leading dots in the part that wildcards stand for.
    rest = path[len(start) :].split("/")
    unhidden = "/".join(f"_{part[1:]}" if part.startswith(".") else part for part in rest)
    return patterns.matches(start + unhidden)


def check_stacks(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find environments whose stack cannot be synthesized, and stacks without an environment."""
    gated = {environment.name: environment.file for environment in snapshot.environments()}
    for each in snapshot.inputs:
        if each.problem:
            yield Finding(
                gated.get(each.stack, "cdktf.json"),
                f"{each.stack}: {each.problem}",
                f"correct it until this works: LANA_STACKS={each.stack} python -m stacks",
            )
        elif each.stack not in gated:
            yield Finding(
                "cdktf.json",
                f"stack {each.stack} is in no file of {FOLDER}/, so no gate protects it",
                f"add it to the file of its deployment in {FOLDER}/, or remove the stack",
            )


def check_uncovered_inputs(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find files that shape a stack and could change it without passing its gate."""
    inputs = {each.stack: each for each in snapshot.inputs}
    for environment in snapshot.environments():
        if environment.name in inputs:
            yield from _missing_declared(environment, inputs[environment.name], snapshot)
        groups: dict[tuple[str, str], list[str]] = {}
        for path, use, key in uncovered_inputs(environment, snapshot):
            groups.setdefault((use, key), []).append(path)
        for (use, key), paths in groups.items():
            yield _uncovered(environment, use, paths, key)


def uncovered_inputs(environment: Environment, snapshot: GateSnapshot) -> Iterator[Uncovered]:
    """Yield the files that shape ``environment`` and are in none of its patterns.

    Files that shape the environment before it as well are proven there: they belong to
    ``propagated``, all others to ``latest``.
    """
    inputs = {each.stack: each for each in snapshot.inputs}
    stack, upstream = inputs.get(environment.name), snapshot.upstream(environment)
    if stack is None:
        return
    before = inputs.get(upstream.name) if upstream else None
    shared = _uses(before, snapshot) if before else {}
    for path, use in sorted(_uses(stack, snapshot).items()):
        if not environment.covers(path):
            yield Uncovered(path, use, "propagated" if path in shared else "latest")


def _uses(stack: StackInputs, snapshot: GateSnapshot) -> dict[str, str]:
    """Return the files of the repository that shape a stack, each with its first use."""
    uses: dict[str, str] = {}
    for kind, text in _USES.items():
        for each in stack.inputs:
            if each.kind == kind:
                for path in _files(each, stack, snapshot):
                    uses.setdefault(path, text.format(each.reader or "the app's command"))
    return uses


def _files(found: Input, stack: StackInputs, snapshot: GateSnapshot) -> list[str]:
    if found.kind == "opened":
        return [found.path] if found.path in snapshot.files else []
    below = snapshot.below(found.path)
    if found.kind != "listed":
        return below
    if any(_names_only(each, found) for each in stack.inputs):
        return []
    return [path for path in below if path.rpartition("/")[0] == found.path]


def _names_only(declared: Input, listed: Input) -> bool:
    """Return whether the code that lists a folder declares that it uses names alone."""
    return (
        declared.kind == "names"
        and declared.file == listed.file
        and f"{listed.path}/".startswith(f"{declared.path}/")
    )


def _missing_declared(
    environment: Environment, stack: StackInputs, snapshot: GateSnapshot
) -> Iterator[Finding]:
    for each in stack.inputs:
        if each.kind == "declared" and not snapshot.below(each.path):
            yield Finding(
                each.file,
                f"{each.reader} declares {each.path} for {environment.name}, "
                "but there is no such file",
                "remove the declaration, or correct the path",
            )


def _uncovered(environment: Environment, use: str, paths: list[str], key: str) -> Finding:
    verb, are = ("shapes", "is") if len(paths) == 1 else ("shape", "are")
    skipped = [
        text
        for text in (*environment.config.latest, *environment.config.propagated)
        if skipped_hidden_files(text, paths[:1])
    ]
    hidden = f"; '{skipped[0]}' skips hidden files" if skipped else ""
    return Finding(
        environment.file,
        f"{summarize(paths)} {verb} {environment.name} ({use}) and {are} in none of its "
        f"patterns{hidden}",
        f"add it to '{key}' of {environment.name} in {environment.file}, or run "
        "promoter lint --fix",
    )
