"""The control files that count: rules, teams and signers, each change once it is approved."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.authors import authors_between
from promoter.approvals.rules_file import TEAMS, RulesFile, TeamsFile, read_rules, read_teams
from promoter.approvals.statement import SignedStatement, Statement
from promoter.approvals.verdict import ApprovalStatus
from promoter.common.errors import InvalidFile, PromoterError
from promoter.gate.begun import FOLDER
from promoter.gate.config import STATE_FOLDER, read_config
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git import Git

_SUFFIX = ".rules.yml"


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


class Ruled(Protocol):
    """A deployment, or what is left of it in history, as far as its rules go."""

    @property
    def git(self) -> Git:
        """The repository."""

    @property
    def tip(self) -> str:
        """The commit whose history has the rules."""

    @property
    def config_path(self) -> str:
        """The path of its cepler file."""

    @property
    def name(self) -> str:
        """Its name."""


class FormerDeployment(NamedTuple):
    """A deployment by its name alone: there may be no cepler file of it any more."""

    git: Git
    tip: str
    config_path: str
    name: str


def others_with_rules(deployment: Ruled) -> Iterator[FormerDeployment]:
    """Yield the deployments of other names that ever had a rules file in the same folder."""
    git, tip, folder = deployment.git, deployment.tip, _folder(deployment)
    for path in _added(git, tip, folder):
        name = path.removeprefix(folder).removesuffix(_SUFFIX)
        if path != rules_path(deployment):
            yield FormerDeployment(git, tip, f"{folder}{name}.yml", name)


def mentions(deployment: Ruled, environment: str) -> bool:
    """Return whether any version of the rules file has the name of ``environment``."""
    git, path = deployment.git, rules_path(deployment)
    commits = git.lines("log", "--full-history", "--format=%H", deployment.tip, "--", path)
    return any(environment.encode() in (git.file(each, path) or b"") for each in commits)


def in_force(deployment: Ruled, signed: Sequence[SignedStatement]) -> ControlFiles | None:
    """Return the control files that count at ``deployment.tip``, None if there never were rules.

    The first valid rules file counts as it is. Each later version counts once the quorum of the one
    before has approved it. Raises `PromoterError` where two histories with rules were merged, and
    `InvalidFile` where no version was valid, and `GitError` in a shallow clone.
    """
    found = list(versions(deployment))
    if found or signed:
        deployment.git.require_full_history(f"read the rules of {deployment.name}")
    return newest_approved(found, signed)


def newest_approved(
    versions: Iterable[ControlFiles], signed: Sequence[SignedStatement]
) -> ControlFiles | None:
    """Return which of ``versions``, the oldest first, counts; raises as `in_force`."""
    current: ControlFiles | None = None
    problem: InvalidFile | None = None
    for version in versions:
        if current is None:
            try:
                current = version if version.rules else None
            except InvalidFile as error:
                problem = error
        elif version.digest != current.digest:
            approvals = current.approvals(version, signed)
            current = version if approvals is None or approvals.complete else current
    if current is None and problem is not None:
        raise problem
    return current


def proposed(deployment: Ruled) -> ControlFiles:
    """Return the control files as ``deployment.tip`` has them, at the commit that made them."""
    git, tip = deployment.git, deployment.tip
    changed = git.text("log", "-1", "--format=%H", tip, "--", *_paths(deployment))
    return _files(deployment, changed or tip)


def rules_path(deployment: Ruled) -> str:
    """Return the path of the rules file of ``deployment``."""
    return f"{_folder(deployment)}{deployment.name}{_SUFFIX}"


def _folder(deployment: Ruled) -> str:
    """Return the folder of its files, with a slash at its end unless it is the top."""
    return "".join(deployment.config_path.rpartition("/")[:2])


@lru_cache(maxsize=16)
def _added(git: Git, tip: str, folder: str) -> Mapping[str, tuple[str, ...]]:
    """Return the commits that added each rules file of ``folder``, the oldest first."""
    options = ("--full-history", "--topo-order", "--reverse", "--diff-filter=A", "--no-renames")
    # Records and evidence are below the folder: most commits change nothing else.
    others = (f":(exclude,literal){each}" for each in (f"{folder}{STATE_FOLDER}", FOLDER))
    # With -m also those that a merge adds of itself.
    shown = ("-z", "-m", "--name-only", "--format=%x01%H", *options)
    output = git.text("log", *shown, tip, "--", f":(glob){folder}*{_SUFFIX}", *others)
    found: dict[str, list[str]] = defaultdict(list)
    for entry in output.split("\x01")[1:]:
        commit, *paths = entry.split("\0")
        for path in filter(None, (path.lstrip("\n") for path in paths)):
            found[path].append(commit)
    return {path: tuple(commits) for path, commits in found.items()}


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


def versions(deployment: Ruled) -> Iterable[ControlFiles]:
    """Yield each version of the control files, the oldest first; raises as `in_force`."""
    git, paths = deployment.git, _paths(deployment)
    options = ("--full-history", "--topo-order", "--reverse", "--format=%H")
    first = _added(git, deployment.tip, _folder(deployment)).get(paths[0], ())
    if not first:
        return
    if len(first) > 1 and not all(git.is_ancestor(first[0], each) for each in first[1:]):
        raise PromoterError(
            f"read {paths[0]}: {first[0][:12]} and {first[-1][:12]} add it independently, so "
            "which rules counted first is unknown",
            next_step="git log --graph, and restore the branch to before the merge of the two",
        )
    since = (*options, "--ancestry-path", f"{first[0]}..{deployment.tip}")
    for commit in (first[0], *git.lines("log", *since, "--", *paths)):
        yield _files(deployment, commit)


def _files(deployment: Ruled, commit: str) -> ControlFiles:
    paths = _paths(deployment)
    return ControlFiles(deployment.git, commit, deployment.config_path, deployment.name, paths)


def _paths(deployment: Ruled) -> tuple[str, str, str, str]:
    return (rules_path(deployment), TEAMS, ALLOWED_SIGNERS, ALLOWED_DEPLOYERS)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
