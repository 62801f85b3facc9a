"""The timeline of an environment: every record and every piece of evidence in git."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from promoter.common.errors import PromoterError
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.site.evidence import Attempt, folder
from promoter.site.site import Site

_FORMAT = "commit %H%x00%ct%x00%an <%ae>%x00%P"


@dataclass(frozen=True)
class RecordedDeployment:
    """One record of an environment; ``state`` is None where the record was removed.

    ``commit`` (40 hex digits) recorded it on ``parent``, ``at`` (ISO 8601, UTC) is the time of
    that commit and ``by`` its author. ``problem`` says why its state file cannot be read.
    """

    deployment: str
    environment: str
    commit: str
    parent: str
    at: str
    by: str
    state: EnvironmentState | None
    attempt: Attempt | None = None
    problem: str = ""

    @property
    def version(self) -> int | None:
        """The version, None where the record was removed or cannot be read."""
        return self.state.version if self.state else None

    @property
    def seconds(self) -> float | None:
        """The time from the beginning of the deploy to its record, None without evidence."""
        if self.attempt is None or not self.attempt.at:
            return None
        began = datetime.fromisoformat(self.attempt.at)
        return (datetime.fromisoformat(self.at) - began).total_seconds()


@dataclass(frozen=True)
class Timeline:
    """Every record of an environment, the newest first, and the attempts without a record."""

    deployment: str
    environment: str
    records: tuple[RecordedDeployment, ...]
    attempts: tuple[Attempt, ...] = ()

    @property
    def current(self) -> RecordedDeployment | None:
        """The newest record, None before the first deployment and after a destroy."""
        newest = next(iter(self.records), None)
        return newest if newest and newest.state else None

    def record(self, commit: str) -> RecordedDeployment | None:
        """Return the record that ``commit`` made, None if it made none."""
        return next((each for each in self.records if each.commit == commit), None)

    def before(self, record: RecordedDeployment) -> RecordedDeployment | None:
        """Return the record before ``record``, None for the first one."""
        position = self.records.index(record) + 1
        return self.records[position] if position < len(self.records) else None


@dataclass
class _Change:
    """A commit that changed the state file or the evidence, with the blobs that it wrote."""

    commit: str
    time: str
    author: str
    parents: str
    files: dict[str, str | None] = field(default_factory=dict)


def timeline(site: Site, environment: str) -> Timeline:
    """Return the timeline of ``environment``; raises `UsageError` for an unknown one."""
    name = site.deployment_of(environment)
    path, proofs = site.deployments[name].state_path(environment), folder(name, environment)
    changes = list(_changes(site.git, site.tip, path, proofs))
    wanted = [blob for each in changes for blob in each.files.values() if blob]
    contents = site.git.blobs(wanted) if wanted else {}
    records, used = [], set[str]()
    attempts = {
        evidence: Attempt.read(evidence, contents[blob])
        for each in changes
        for evidence, blob in each.files.items()
        if blob and evidence != path and _is_attempt(evidence)
    }
    for change in changes:
        if path in change.files:
            own = next((each for each in change.files if "-deploy-deployed-" in each), None)
            used.update(filter(None, (own,)))
            content = contents.get(change.files[path] or "")
            attempt = attempts.get(own) if own else None
            records.append(_record(name, environment, change, content, path, attempt))
    others = (each for evidence, each in attempts.items() if evidence not in used)
    newest_first = sorted(others, key=lambda each: each.path, reverse=True)
    return Timeline(name, environment, tuple(records), tuple(newest_first))


def _record(
    deployment: str,
    environment: str,
    change: _Change,
    content: bytes | None,
    path: str,
    attempt: Attempt | None,
) -> RecordedDeployment:
    state, problem = None, ""
    try:
        state = read_state(content, path) if content is not None else None
    except PromoterError as error:
        problem = str(error)
    return RecordedDeployment(
        deployment,
        environment,
        change.commit,
        change.parents.partition(" ")[0],
        datetime.fromtimestamp(int(change.time), UTC).isoformat(),
        change.author,
        state,
        attempt,
        problem,
    )


def _is_attempt(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".json") and name != "begun.json" and "-vsa-" not in name


def _changes(git: Git, tip: str, *paths: str) -> Iterator[_Change]:
    """Yield the commits that changed ``paths``, each before its ancestors.

    A merge counts where it differs from all its parents: else it is no record of its own.
    """
    options = ("-c", "--full-history", "--topo-order", "--raw", "--no-abbrev", "--no-renames")
    output = git.text(
        "-c", "core.quotePath=false", "log", *options, f"--format={_FORMAT}", tip, "--", *paths
    )
    change: _Change | None = None
    for line in (*output.split("\n"), "commit "):
        if line.startswith("commit "):
            if change is not None and change.files:
                yield change
            facts = (*line.removeprefix("commit ").split("\0"), "", "", "")
            change = _Change(facts[0], facts[1], facts[2], facts[3])
        elif line.startswith(":") and change is not None:
            description, _, path = line.partition("\t")
            blob = description.split()[-2]
            change.files[path] = blob if blob.strip("0") else None
