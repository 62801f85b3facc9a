"""The control files that count: rules, teams and signers, each change once it is approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.control_files import ControlFiles
from promoter.approvals.rules_file import TEAMS
from promoter.approvals.statement import SignedStatement
from promoter.common.errors import InvalidFile, PromoterError
from promoter.gate.begun import FOLDER
from promoter.gate.config import STATE_FOLDER
from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git import Git

_SUFFIX = ".rules.yml"


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
    named = FormerDeployment(
        deployment.git, deployment.tip, deployment.config_path, deployment.name
    )
    return _in_force(named, tuple(signed))


@lru_cache(maxsize=32)
def _in_force(
    deployment: FormerDeployment, signed: tuple[SignedStatement, ...]
) -> ControlFiles | None:
    """Return what counts at a commit, which never changes: a deploy asks six times."""
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
