"""Signed statements on the gates branch: votes, overrides, stops, and what lifts them.

Each is a JSON file with its signature (``.sig``, ssh-keygen's format) in one commit. They are read
from the whole history of the branch, so that a statement counts although its file was removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from promoter.gate.state import DeployState, EnvironmentState
from promoter.git import Git
from promoter.git.signing import signers

if TYPE_CHECKING:
    from promoter.approvals.rules_file import TeamsFile

Kind = Literal["approve", "reject", "override", "stop", "resume"]

VOTES, STOPS = "votes", "stops"
_OWN = ("person", "added_by")
_YEARS = range(2000, 3000)
"""The years of statements; with others no time can be reckoned."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement. ``person`` is who signed it, None where nobody listed did.

    ``runs`` and ``would`` are digests of what an environment ran and would run. A vote without an
    environment is about the control files, and they are digests of these. ``rules`` is the digest
    of the rules file that counted. A stop without ``environment`` or ``deployment`` is about every
    one. Times are in UTC, ISO 8601. ``added_by`` is the commit of the gates branch that has it.
    """

    kind: Kind
    deployment: str = ""
    environment: str = ""
    runs: str = ""
    would: str = ""
    commit: str = ""
    rules: str = ""
    reason: str
    at: str
    expires: str = ""
    person: str | None = field(default=None, compare=False)
    added_by: str = field(default="", compare=False)

    @classmethod
    def parse(cls, content: bytes, added_by: str) -> Self | None:
        """Return the statement in ``content``, not yet verified; None if it is not one."""
        try:
            found: dict[str, Any] = json.loads(content)
            names = {each.name for each in fields(cls)} - set(_OWN)
            if found.keys() != names or not all(isinstance(text, str) for text in found.values()):
                return None
            made = cls(**found, added_by=added_by)
            for time in map(datetime.fromisoformat, filter(None, (made.at, made.expires))):
                if time.tzinfo is None or time.year not in _YEARS:
                    return None
        except (ValueError, TypeError, AttributeError):
            return None
        return made

    @property
    def given(self) -> datetime:
        """The time at which it was made, as its signer states it."""
        return datetime.fromisoformat(self.at)

    @property
    def ends(self) -> datetime | None:
        """The time from which it does not count any more, None if it always does."""
        return datetime.fromisoformat(self.expires) if self.expires else None

    def content(self) -> bytes:
        """Return the file's content, which is what is signed."""
        stated = {name: value for name, value in asdict(self).items() if name not in _OWN}
        return (json.dumps(stated, indent=2) + "\n").encode()

    def covers(self, deployment: str, environment: str) -> bool:
        """Return whether it is about ``environment`` of ``deployment``, alone or among others."""
        return self.deployment in ("", deployment) and self.environment in ("", environment)


class SignedStatement(NamedTuple):
    """A statement as it was read, with the signature to verify."""

    statement: Statement
    content: bytes
    signature: bytes

    @property
    def path(self) -> str:
        """Its path on the gates branch: no two share one, whoever signs the same words."""
        made, moment = self.statement, f"{self.statement.given.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        digest = hashlib.sha256(self.content + self.signature).hexdigest()
        name = f"{moment}-{made.kind}-{digest[:12]}.json"
        if made.kind in ("stop", "resume"):
            return f"{STOPS}/{name}"
        return "/".join(filter(None, (VOTES, made.deployment, made.environment, name)))

    def by(self, teams: TeamsFile | None, allowed: bytes, at: datetime) -> Statement:
        """Return the statement with the person whose key, valid at ``at``, made the signature.

        ``allowed`` has the keys. Without ``teams`` every name in it is a person.
        """
        names = signers(self.content, self.signature, allowed, at)
        people = [teams.owner("keys", name) if teams else name for name in names]
        return replace(self.statement, person=next(filter(None, people), None))


def read_statements(git: Git, tip: str, *folders: str) -> tuple[SignedStatement, ...]:
    """Return the statements that any commit of ``tip``'s history added below ``folders``."""
    options = ("-m", "--full-history", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=A")
    lines = git.lines("log", *options, "--reverse", "--format=commit %H", tip, "--", *folders)
    added = list(_added(lines))
    contents = git.blobs(blob for _, files in added for blob in files.values()) if added else {}
    found: dict[bytes, SignedStatement] = {}
    for commit, files in added:
        for path, blob in files.items():
            signature = files.get(f"{path}.sig")
            made = Statement.parse(contents[blob], commit) if signature else None
            if made is not None and signature:
                pair = SignedStatement(made, contents[blob], contents[signature])
                found.setdefault(pair.content + pair.signature, pair)
    return tuple(found.values())


def _added(lines: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each commit of a ``git log --raw`` with the files that it added, and their blobs."""
    commit, files = "", dict[str, str]()
    for line in (*lines, "commit "):
        if line.startswith("commit "):
            if files:
                yield commit, files
            commit, files = line.removeprefix("commit "), {}
        elif line.startswith(":"):
            facts, _, path = line.partition("\t")
            files[path] = facts.split(" ")[3]


def content_digest(state: DeployState) -> str:
    """Return the digest of the files that ``state`` runs, whatever commits they come from."""
    files = sorted(state.files.items())
    text = "".join(f"{key}\0{file.file_hash or ''}\0{int(file.dirty)}\n" for key, file in files)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def record_digest(recorded: EnvironmentState | None) -> str:
    """Return version and digest of what an environment runs, as a vote names them."""
    return f"{recorded.version}-{content_digest(recorded.current)}" if recorded else "nothing"


def scope(stop: Statement) -> str:
    """Return the options that name what ``stop`` is about."""
    if stop.environment:
        return f"--environment {stop.environment}"
    return f"--deployment {stop.deployment}" if stop.deployment else "--all"
