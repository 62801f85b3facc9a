"""Rules for the inputs of stacks, and for the patterns that cover them."""

import re
from collections.abc import Iterable, Iterator

from promoter.common.finding import Finding, summarize
from promoter.gate.patterns import compiled, literal_folder
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


def check_dead_patterns(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find patterns that match no file."""
    for environment in snapshot.environments():
        lists = {"latest": environment.config.latest, "propagated": environment.config.propagated}
        patterns = [(key, text) for key, texts in lists.items() for text in dict.fromkeys(texts)]
        for key, text in patterns:
            if snapshot.matching(text):
                continue
            hidden = skipped_hidden_files(text, snapshot.below(literal_folder(text)))
            reason, remedy = "no file", "remove it, or correct its spelling"
            if hidden:
                reason = f"only hidden files ({summarize(hidden)}), which wildcards skip"
                remedy = f"add the hidden file by its name: {hidden[0]}"
            name = f"{environment.name}: {key} '{text}'"
            yield Finding(environment.file, f"{name} matches {reason}", remedy)


def skipped_hidden_files(pattern: str, files: Iterable[str]) -> list[str]:
    """Return the files that ``pattern`` would match if wildcards did not skip hidden files."""
    matches, folder = compiled((pattern,)).matches, literal_folder(pattern)
    start = f"{folder}/" if folder else ""
    # Match again without the leading dots in the part that wildcards stand for.
    return sorted(
        path
        for path in files
        if path.startswith(start)
        and not matches(path)
        and matches(start + re.sub(r"(^|/)\.", r"\1_", path.removeprefix(start)))
    )


def check_stacks(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find environments whose stack cannot be synthesized, and stacks without an environment."""
    gated = {environment.name: environment.file for environment in snapshot.every_environment()}
    for each in snapshot.inputs.values():
        if each.problem:
            place, reason = gated.get(each.stack, "cdktf.json"), f"{each.stack}: {each.problem}"
            synthesis = f"correct it until this works: LANA_STACKS={each.stack} python -m stacks"
            yield Finding(place, reason, each.remedy or synthesis)
        elif each.stack not in gated:
            reason = f"stack {each.stack} is in no file of {FOLDER}/, so no gate protects it"
            remedy = f"add it to the file of its deployment in {FOLDER}/, or remove the stack"
            yield Finding("cdktf.json", reason, remedy)


def check_uncovered_inputs(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find files that shape a stack and could change it without passing its gate."""
    for environment in snapshot.environments():
        name = environment.name
        for each in snapshot.inputs.get(name, StackInputs(name)).inputs:
            if each.kind == "declared" and not snapshot.below(each.path):
                reason = f"{each.reader} declares {each.path} for {name}, but there is no such file"
                yield Finding(each.file, reason, "remove the declaration, or correct the path")
        groups: dict[tuple[str, str], list[str]] = {}
        for path, use, key in uncovered_inputs(environment, snapshot):
            groups.setdefault((use, key), []).append(path)
        for (use, key), paths in groups.items():
            add = f"add it to '{key}' of {name} in {environment.file}"
            reason = _uncovered(environment, use, paths)
            yield Finding(environment.file, reason, f"{add}, or run promoter lint --fix")


def _uncovered(environment: Environment, use: str, paths: list[str]) -> str:
    verb, are = ("shapes", "is") if len(paths) == 1 else ("shape", "are")
    patterns = (*environment.config.latest, *environment.config.propagated)
    skipped = [text for text in patterns if skipped_hidden_files(text, paths[:1])]
    hidden = f"; '{skipped[0]}' skips hidden files" if skipped else ""
    shape = f"{summarize(paths)} {verb} {environment.name} ({use})"
    return f"{shape} and {are} in none of its patterns{hidden}"


def uncovered_inputs(
    environment: Environment, snapshot: GateSnapshot
) -> Iterator[tuple[str, str, str]]:
    """Yield each file that shapes ``environment`` outside of its patterns, its use and its list.

    Files that shape the environment before it as well are proven there: they belong to
    ``propagated``, all others to ``latest``.
    """
    upstream = snapshot.upstream(environment)
    shared = _uses(upstream.name, snapshot) if upstream else {}
    for path, use in sorted(_uses(environment.name, snapshot).items()):
        if not environment.covers(path):
            yield path, use, "propagated" if path in shared else "latest"


def _uses(name: str, snapshot: GateSnapshot) -> dict[str, str]:
    """Return the files of the repository that shape a stack, each with its first use."""
    uses: dict[str, str] = {}
    stack = snapshot.inputs.get(name, StackInputs(name))
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
    if any(
        each.kind == "names"
        and each.file == found.file
        and f"{found.path}/".startswith(f"{each.path}/")
        for each in stack.inputs
    ):
        return []  # the code that lists the folder declares that it uses names alone
    return [path for path in below if path.rpartition("/")[0] == found.path]
