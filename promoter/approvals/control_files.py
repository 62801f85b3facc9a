"""The control files of a deployment: its rules, teams and signers, as one commit has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cached_property

from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.authors import authors_between
from promoter.approvals.rules_file import RulesFile, TeamsFile, read_rules, read_teams
from promoter.approvals.statement import SignedStatement, Statement
from promoter.approvals.verdict import ApprovalStatus
from promoter.gate.config import read_config
from promoter.git import Git


@dataclass(frozen=True)
class ControlFiles:
    """The rules of one deployment with teams and signers, as ``commit`` has them.

    ``paths`` are those of the rules, the teams, the signers and the deployers.
    """

    git: Git
    commit: str
    config_path: str
    deployment: str
    paths: tuple[str, str, str, str]

    @cached_property
    def contents(self) -> tuple[bytes | None, ...]:
        """The content of each of ``paths``, None where it is missing."""
        return tuple(self.git.file(self.commit, path) for path in self.paths)

    @cached_property
    def digest(self) -> str:
        """The digest of all of them."""
        return _digest(repr(self.contents).encode())

    @property
    def rules_digest(self) -> str:
        """The digest of the rules file."""
        return _digest(self.contents[0] or b"")

    @property
    def signers(self) -> bytes:
        """The allowed signers."""
        return self.contents[2] or b""

    @property
    def deployers(self) -> bytes:
        """The keys that may sign records."""
        return self.contents[3] or b""

    @cached_property
    def teams(self) -> TeamsFile:
        """The teams; raises `InvalidFile`."""
        return read_teams(self.contents[1]) if self.contents[1] else TeamsFile()

    @cached_property
    def rules(self) -> RulesFile:
        """The rules; raises `InvalidFile`."""
        config = self.git.file(self.commit, self.config_path)
        names = read_config(config, self.config_path).environments if config else {}
        content, label = self.contents[0], f"{self.paths[0]} at {self.commit[:12]}"
        empty = RulesFile(environments={})
        return read_rules(content, label, self.teams, names) if content else empty

    def changes_from(self, before: ControlFiles) -> Iterator[str]:
        """Yield the lines of a diff from ``before`` to these."""
        both = zip(self.paths, before.contents, self.contents, strict=True)
        for path, old, new in both:
            first, second = (
                (each or b"").decode(errors="replace").splitlines() for each in (old, new)
            )
            yield from unified_diff(first, second, f"{path} (counts)", f"{path} (new)", lineterm="")

    def cases(self, proposed: ControlFiles, signed: Iterable[SignedStatement]) -> Iterator[Case]:
        """Yield what decides about changing these files into ``proposed``.

        That is one case for each environment with approval rules, whose quorum has to agree. A vote
        counts if it was given where the commit of ``proposed`` was on main: the same files, pushed
        again once others count, need votes of their own.
        """
        statements = tuple(
            each.by(self.teams, self.signers, each.statement.given)
            for each in signed
            if each.is_about_rules_of(self.deployment)
            and each.statement.would == proposed.digest
            and self.git.is_ancestor(proposed.commit, each.statement.commit)
        )
        authors = authors_between(self.git, self.commit, proposed.commit, self.paths)
        for rules in self.rules.environments.values():
            if rules.approval is not None:
                yield Case(
                    deployment=self.deployment,
                    environment="",
                    runs=self.digest,
                    would=proposed.digest,
                    rules=rules.model_copy(update={"via": ()}),
                    rules_digest=self.rules_digest,
                    teams=self.teams,
                    statements=statements,
                    authors=authors,
                )

    def approvals(
        self, proposed: ControlFiles, signed: Iterable[SignedStatement]
    ) -> ApprovalStatus | None:
        """Return the approvals of changing these files into ``proposed``.

        The first that is not complete, None where no approval is needed. What once was complete
        stays so: votes of a past change do not expire.
        """
        found = None
        for case in self.cases(proposed, signed):
            found = _best(case)
            if not found.complete:
                return found
        return found


def _best(case: Case) -> ApprovalStatus:
    """Return the approvals with the first vote that completed them, else those of all votes.

    Votes count in the order in which they were pushed, whatever times they state: otherwise votes
    that are dated back would precede a rejection, or a rejection what is approved already.
    """
    at = datetime.now(UTC)
    for number, vote in enumerate(case.statements, 1):
        if vote.kind == "approve" and vote.person:
            at = vote.given
            found = _of_pushed(case, case.statements[:number], at)
            if found.complete:
                return found
    return _of_pushed(case, case.statements, at)


def _of_pushed(case: Case, pushed: Sequence[Statement], at: datetime) -> ApprovalStatus:
    """Return the approvals with the votes ``pushed`` at ``at``; later rejections count."""
    begun = (
        replace(each, at=at.isoformat()) if each.kind == "reject" and each.given > at else each
        for each in pushed
    )
    return DeployAuthority(replace(case, statements=tuple(begun))).approvals(at)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
