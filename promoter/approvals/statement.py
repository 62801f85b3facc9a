"""Signed statements on the gates branch: votes, overrides, stops, and what lifts them.

Each is a JSON file with its signature (``.sig``, ssh-keygen's format) in one commit. They are read
from the whole history of the branch, so that a statement counts although its file was removed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from promoter.common.errors import PromoterError
from promoter.gate.state import DeployState, EnvironmentState
from promoter.git import Git
from promoter.git.signing import signers

if TYPE_CHECKING:
    from promoter.approvals.rules_file import TeamsFile

Kind = Literal["approve", "reject", "override", "stop", "resume"]

VOTES, STOPS = "votes", "stops"

SKEW = timedelta(minutes=5)
"""The difference between two clocks that is no error."""

WEB = "web"
"""The way of a statement that a server of the page signed for a person who was signed in."""

_OWN = ("person", "added_by")
_VIA = ("via", "subject")
_ID = re.compile(r"[0-9a-f]{0,64}")
_YEARS = range(2000, 3000)
"""The years of statements; with others no time can be reckoned."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement. ``person`` is who signed it, None where nobody listed did.

    ``runs`` and ``would`` are digests of what an environment ran and would run. A vote without an
    environment is about the control files, and they are digests of these. ``commit`` is one of the
    branch on which it was given: but for a stop, it counts only in repositories that have it there.
    ``rules`` is the digest of the rules file that counted. A stop without ``environment`` or
    ``deployment`` is about every one. Times are in UTC, ISO 8601. ``added_by`` is the commit of the
    gates branch that has it. ``via`` is "" where the person's own key signed it, else `WEB`: then a
    key of a server of the page did, for the OpenID ``subject``.
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
    via: str = ""
    subject: str = ""
    person: str | None = field(default=None, compare=False)
    added_by: str = field(default="", compare=False)

    @classmethod
    def parse(cls, content: bytes, added_by: str) -> Self | None:
        """Return the statement in ``content``, not yet verified; None if it is not one."""
        try:
            found: dict[str, Any] = json.loads(content)
            names = {each.name for each in fields(cls)} - set(_OWN)
            expected = names if "via" in found else names - set(_VIA)
            if found.keys() != expected or not all(
                isinstance(text, str) for text in found.values()
            ):
                return None
            made = cls(**found, added_by=added_by)
            if (made.via, bool(made.subject)) not in (("", False), (WEB, True)):
                return None
            for time in map(datetime.fromisoformat, filter(None, (made.at, made.expires))):
                if time.tzinfo is None or time.year not in _YEARS:
                    return None
            if not _ID.fullmatch(made.commit):
                return None
        except (ValueError, TypeError, AttributeError, RecursionError):
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

    @property
    def who(self) -> str:
        """The person, and the way if it was not by a key of their own."""
        return f"{self.person} via {self.via}" if self.via else str(self.person)

    def content(self) -> bytes:
        """Return the file's content, which is what is signed."""
        left_out = _OWN if self.via else (*_OWN, *_VIA)
        stated = {name: value for name, value in asdict(self).items() if name not in left_out}
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

    def is_about_rules_of(self, deployment: str) -> bool:
        """Return whether it is a vote on the control files of ``deployment``."""
        made = self.statement
        is_vote = made.kind in ("approve", "reject") and not made.environment
        return is_vote and made.deployment == deployment

    def by(self, teams: TeamsFile | None, allowed: bytes, at: datetime) -> Statement:
        """Return the statement with the person whose key, valid at ``at``, made the signature.

        ``allowed`` has the keys. Without ``teams`` every name in it is a person. A key of a server
        speaks for nobody but the subject of a statement via the page, and no other key does.
        """
        names = signers(self.content, self.signature, allowed, at)
        if self.statement.via:
            by_server = teams is not None and not teams.servers.isdisjoint(names)
            subject = self.statement.subject
            person = teams.owner("subjects", subject) if teams and by_server else None
            return replace(self.statement, person=person)
        people = [teams.owner("keys", name) if teams else name for name in names]
        return replace(self.statement, person=next(filter(None, people), None))


@lru_cache(maxsize=32)
def read_statements(git: Git, tip: str, *folders: str) -> tuple[SignedStatement, ...]:
    """Return the statements that any commit of ``tip``'s history added below ``folders``.

    They are in the order in which they were pushed, as far as no merge leaves it open. ``tip`` is a
    commit, so the result is kept: a deploy asks six times.
    """
    options = (
        "-m",
        "--full-history",
        "--topo-order",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--diff-filter=A",
    )
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


def require_order(git: Git, tip: str, votes: Sequence[SignedStatement]) -> None:
    """Raise `PromoterError` where ``votes`` lie on two sides of a merge in ``tip``'s history."""
    if len(votes) < 2 or not git.lines("rev-list", "--min-parents=2", "-1", tip):
        return
    for one, other in pairwise(each.statement.added_by for each in votes):
        if not git.is_ancestor(one, other):
            raise PromoterError(
                f"read votes on the rules: a merge joins {one[:12]} and {other[:12]}, so which of "
                "them was pushed first is unknown",
                next_step=f"git log --graph {tip[:12]}, and restore the branch to before the merge",
            )


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
    return options_of(stop.deployment, stop.environment)


def options_of(deployment: str, environment: str) -> str:
    """Return the options of ``promoter stop`` for one environment, a deployment, or all ("")."""
    if environment:
        return f"--environment {environment}"
    return f"--deployment {deployment}" if deployment else "--all"
