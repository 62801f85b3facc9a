"""Soaks: for how long the environment before has run the same content, by its records."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from promoter.approvals.authority import Soak
from promoter.gate.begun import FOLDER
from promoter.gate.deployment import Deployment
from promoter.gate.rules import taken_from
from promoter.gate.state import DeployState, is_propagated, path_of
from promoter.gate.state_file import read_state


class _Record(NamedTuple):
    at: datetime
    state: DeployState | None


def soaks(
    deployment: Deployment,
    environment: str,
    would: DeployState,
    counts: Callable[[str], bool] = lambda _: True,
) -> tuple[Soak, ...]:
    """Return the times for which the passed environment ran what ``would`` takes from it.

    ``counts`` is the test of the commit of a record: without it, it is as if it were not there.
    """
    config = deployment.environment(environment)
    if config.passed is None:
        return ()
    own = {path_of(key) for key in would.files if not is_propagated(key)}
    wanted = {
        path_of(key): file.file_hash for key, file in would.files.items() if is_propagated(key)
    }
    found: list[Soak] = []
    records = [*_records(deployment, config.passed, counts)]
    for number, record in enumerate(records):
        files = taken_from(record.state, config) if record.state else {}
        same = {path: file.file_hash for path, file in files.items() if path not in own} == wanted
        if record.state is None or not same:
            continue
        until = records[number + 1].at if number + 1 < len(records) else None
        since = _verified(deployment, config.passed, record, counts)
        if since is not None and found and found[-1][1] == since:
            since = found.pop()[0]
        if since is not None:
            found.append((since, until))
    return tuple(found)


def _records(deployment: Deployment, name: str, counts: Callable[[str], bool]) -> Iterator[_Record]:
    """Yield the records of an environment from the oldest on; None where one was removed."""
    path, git = deployment.state_path(name), deployment.git
    lines = git.lines("log", "--reverse", "--format=%H %ct", deployment.tip, "--", path)
    for commit, _, time in (line.partition(" ") for line in lines):
        if not counts(commit):
            continue
        content = git.file(commit, path)
        state = read_state(content, path).current if content is not None else None
        yield _Record(datetime.fromtimestamp(int(time), UTC), state)


def _verified(
    deployment: Deployment, name: str, record: _Record, counts: Callable[[str], bool]
) -> datetime | None:
    """Return the time from which a deployment is verified; None if the newest verdict failed.

    A failure counts although its evidence was removed; a success only if its commit counts, and
    not from before the record on.
    """
    trigger = record.state.head_commit[:7] if record.state else ""
    since: datetime | None = record.at
    for file, commit in sorted(_evidence(deployment, name)):
        moment, _, rest = file.partition("-")
        if rest.endswith(f"-failed-{trigger}.json"):
            since = None
        elif since is None and rest == f"deploy-deployed-{trigger}.json" and counts(commit):
            at = _time(moment)
            since = at and max(at, record.at)
    return since


def _evidence(deployment: Deployment, name: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each file of evidence that ever was added, and the commit that did."""
    options = ("--full-history", "--no-renames", "--diff-filter=A", "--name-only")
    folder, commit = f"{FOLDER}/{deployment.name}/{name}", ""
    for line in deployment.git.lines(
        "log", *options, "--format=commit %H", deployment.tip, "--", folder
    ):
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line:
            yield line.rpartition("/")[2], commit


def _time(moment: str) -> datetime | None:
    try:
        found = datetime.strptime(moment.partition(".")[0][:15], "%Y%m%dT%H%M%S")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC)
