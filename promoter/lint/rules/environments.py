"""Rules for the cepler files and state files of one commit: names, order, and what arrives."""

from collections.abc import Iterable, Iterator
from itertools import chain

from promoter.common.finding import Finding, summarize
from promoter.gate.sources import state_path
from promoter.lint.snapshot import FOLDER, Environment, GateSnapshot

_Known = dict[tuple[str, str], frozenset[str]]  # files by cepler file and environment


def check_invalid_files(snapshot: GateSnapshot) -> Iterable[Finding]:
    """Return the cepler files and state files that cannot be read."""
    return snapshot.invalid


def check_ambiguous_names(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find deployments and environments that an earlier cepler file has already."""
    first: dict[str, str] = {}
    for file, config in snapshot.configs.items():
        environments = (f"environment {name}" for name in config.environments)
        for name in (f"deployment {config.deployment}", *environments):
            if first.setdefault(name, file) != file:
                reason = f"{first[name]} has {name} too, so it is unclear which rules apply"
                yield Finding(file, reason, "rename it, or remove it from one of the two files")


def check_orphan_states(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find state files of environments that no cepler file has."""
    if any(finding.place not in snapshot.states for finding in snapshot.invalid):
        return  # their owner may be in the cepler file that cannot be read
    known = {
        state_path(each.file, each.deployment, each.name) for each in snapshot.every_environment()
    }
    for path in sorted(snapshot.states - known):
        deployment, _, name = path.removesuffix(".state").rpartition("/")
        reason = f"no file in {FOLDER}/ has environment {name} of {deployment.rpartition('/')[2]}"
        remedy = "destroy what runs there and remove the state file, or restore the environment"
        yield Finding(path, reason, remedy)


def upstream_names(snapshot: GateSnapshot, environment: Environment) -> list[str]:
    """Return the names of all environments before ``environment``, nearest first.

    In a cycle the list ends with the first name that would come again.
    """
    names: list[str] = []
    upstream = snapshot.upstream(environment)
    while upstream is not None and upstream.name not in names:
        names.append(upstream.name)
        upstream = snapshot.upstream(upstream)
    return names


def check_cycles(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find each cycle of ``passed`` once, starting at its first environment in the file."""
    reported: set[tuple[str, str]] = set()
    for environment in snapshot.environments():
        file, first = environment.file, environment.name
        names = upstream_names(snapshot, environment)
        if first in names and (file, first) not in reported:
            cycle = [first, *names[: names.index(first)]]
            reported.update((file, name) for name in cycle)
            reason = f"{' waits for '.join([*cycle, first])}, so none is ever deployed"
            remedy = f"remove 'passed' from the environment that is deployed first: {first}?"
            yield Finding(file, reason, remedy)


def check_unfed_environments(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find environments without patterns, and ``propagated`` without a ``passed``."""
    for environment in snapshot.environments():
        name, config = environment.name, environment.config
        if config.propagated and config.passed is None:
            reason = f"{name} has 'propagated' but no 'passed', so nothing feeds these patterns"
            remedy = f"set 'passed' to the environment that comes before {name}"
            yield Finding(environment.file, reason, remedy)
        elif not config.latest and not config.propagated:
            reason = (
                f"{name} has neither 'latest' nor 'propagated', so nothing is ever deployed there"
            )
            yield Finding(environment.file, reason, f"add patterns to {name}, or remove it")


def check_missing_upstream(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find ``propagated`` patterns that match files which ``passed`` never has."""
    known: _Known = {}
    for environment in snapshot.environments():
        upstream = snapshot.upstream(environment)
        if upstream is None:
            continue
        available = _matched(snapshot, environment.config.latest)
        available |= _files_of(snapshot, upstream, known)
        for text in dict.fromkeys(environment.config.propagated):
            missing = [path for path in snapshot.matching(text) if path not in available]
            if missing:
                found = f"{environment.name}: propagated '{text}' matches {summarize(missing)}"
                reason = f"{found}, which {upstream.name} does not have, so it never arrives"
                remedy = f"add it to {upstream.name}, or to 'latest' of {environment.name}"
                yield Finding(environment.file, reason, remedy)


def _files_of(snapshot: GateSnapshot, environment: Environment, known: _Known) -> frozenset[str]:
    """Return the files that ``environment`` has once all before it run this commit."""
    key = (environment.file, environment.name)
    if key not in known:
        known[key] = _matched(snapshot, environment.config.latest)  # ends a cycle
        upstream = snapshot.upstream(environment)
        if upstream is not None:
            propagated = _matched(snapshot, environment.config.propagated)
            known[key] |= propagated & _files_of(snapshot, upstream, known)
    return known[key]


def _matched(snapshot: GateSnapshot, patterns: Iterable[str]) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(snapshot.matching, patterns)))
