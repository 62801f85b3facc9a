"""The deployments repository at one commit of its remote: decisions, and where to record them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from promoter.approvals.approvals import Approvals
from promoter.approvals.control import GitControl
from promoter.common.errors import PromoterError, UsageError
from promoter.gate import records, workspace
from promoter.gate.config import is_config
from promoter.gate.decision import Decision, decide
from promoter.gate.deployment import Deployment
from promoter.gate.gates import BRANCH
from promoter.gate.history import History, reading
from promoter.gate.state import DeployState, EnvironmentState
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.git.ledger import Entry, Ledger, retry_when_moved
from promoter.git.seen import require_growth
from promoter.site.gates import missing_gates
from promoter.site.platform_remote import DEPLOYMENT, IDENTITY, REMOTE, PlatformRemote, is_local
from promoter.site.witness import require_gates_growth

_SHOWN_BRANCHES = 5
FOLDER = "cepler"
"""The folder of the cepler files, one per deployment."""


@dataclass(frozen=True)
class Site:
    """One commit of the deployments repository and one of its gates branch.

    ``git`` is any clone; neither its work tree nor its branches are read or changed, but that
    the platform's remote follows HEAD (see `platform_remote`). ``gates_tip`` is None if the
    remote has no gates branch. ``local`` restricts it to the deployment of the embedded
    platform (True) or to all others (False). Rules are judged at ``now``, by default at present.
    """

    git: Git
    remote: str
    branch: str
    tip: str
    gates_tip: str | None = None
    history: History | None = field(default=None, compare=False)
    local: bool | None = None
    now: datetime | None = None

    @classmethod
    def unread(
        cls, folder: Path, *names: str, remote: str | None = None, branch: str = "main"
    ) -> Site:
        """Return the repository that ``folder`` is in, before its `read`.

        ``names`` are deployments and environments. Those of the embedded platform are recorded
        on the platform's own remote, all others on origin; a ``remote`` that is named has every
        deployment. Raises `UsageError` for names of two remotes.
        """
        parts = {is_local(name) for name in names} if remote is None else {None}
        if len(parts) > 1:
            raise UsageError(
                f"find {', '.join(names)}: local environments and others have two remotes",
                next_step="name them in two commands",
            )
        local = False if not parts else parts.pop()
        remote = remote or (REMOTE if local else "origin")
        return cls(Git(Git(folder).top()), remote, branch, "", local=local)

    @classmethod
    def of(
        cls,
        folder: Path,
        *names: str,
        remote: str | None = None,
        branch: str = "main",
        fetch: bool = True,
    ) -> Site:
        """Return the repository that ``folder`` is in, as the remote of ``names`` has it.

        The remote is that of `unread`, ``fetch`` as for `read`.
        """
        return cls.unread(folder, *names, remote=remote, branch=branch).read(fetch=fetch)

    def read(self, *, fetch: bool = True) -> Site:
        """Return the same as the remote has it now.

        Without ``fetch``: as it was when it was last fetched; the remote is not contacted.
        """
        if fetch:
            return retry_when_moved(self._following_checkout) if self.local else self.fetched()
        names = (f"refs/remotes/{self.remote}/{name}" for name in (self.branch, BRANCH))
        tip, gates_tip = map(self.git.commit, names)
        if tip is None:
            raise PromoterError(
                f"read {self.branch} of {self.remote}: it has never been fetched",
                next_step="run the command without --no-fetch",
            )
        return replace(self, tip=tip, gates_tip=gates_tip)

    @classmethod
    def each(
        cls,
        folder: Path,
        names: Collection[str] = (),
        *,
        remote: str | None = None,
        branch: str = "main",
        fetch: bool = True,
    ) -> tuple[list[tuple[Site, list[str]]], dict[str, PromoterError]]:
        """Return the repository as every remote of ``names`` has it, and the names of each.

        Without ``names`` as every remote has it on which a deployment is recorded. The other
        result is the error of each remote that cannot be read; raises it if that is all of them.
        """
        parts = {is_local(name) if remote is None else None for name in names}
        if not names and remote is None:
            local = Git(Git(folder).top()).file("HEAD", f"{FOLDER}/{DEPLOYMENT}.yml")
            parts = {False} if local is None else {False, True}
        sites: list[tuple[Site, list[str]]] = []
        errors: dict[str, PromoterError] = {}
        for part in sorted(parts or {None}, key=bool):
            unread = cls.unread(folder, DEPLOYMENT if part else "", remote=remote, branch=branch)
            own = [name for name in names if part is None or is_local(name) is part]
            try:
                sites.append((unread.read(fetch=fetch), own))
            except PromoterError as error:
                errors[unread.remote] = error
        if not sites:
            raise next(iter(errors.values()))
        return sites, errors

    def _following_checkout(self) -> Site:
        """Return the platform's remote with the files of HEAD, and a gate for each environment."""
        PlatformRemote(self.git, self.branch).follow_checkout()
        site = self.fetched()
        if missing := missing_gates(site):
            entry = Entry(missing, "chore: open the gates", author=IDENTITY)
            Ledger(site.git, site.remote, BRANCH).push(site.gates_tip, entry)
            return site.fetched()
        return site

    def fetched(self, listed: Mapping[str, str] | None = None) -> Site:
        """Return the same as the remote has it now (see `Git.follow`, `require_growth`)."""
        return retry_when_moved(lambda: self._fetched(listed))

    def _fetched(self, listed: Mapping[str, str] | None) -> Site:
        tips = self.git.follow(self.remote, self.branch, BRANCH, listed=listed)
        if self.branch not in tips:
            raise PromoterError(
                f"fetch {self.branch} of {self.remote}: it has no such branch",
                next_step=self._other_branch(),
            )
        require_growth(self.git, self.remote, (self.branch, BRANCH), tips)
        return replace(self, tip=tips[self.branch], gates_tip=tips.get(BRANCH))

    def _other_branch(self) -> str:
        heads = self.git.lines("ls-remote", "--heads", "--", self.remote)
        names = [line.partition("refs/heads/")[2] for line in heads][:_SHOWN_BRANCHES]
        known = ", ".join(names)
        return f"--branch with one of: {known}" if known else "push the first commit there"

    @contextmanager
    def opened(self) -> Iterator[Site]:
        """Return the same site; all its reading of commits shares one set of git processes."""
        with History(self.git) as history:
            yield replace(self, history=history)

    @property
    def approvals(self) -> Approvals:
        """The approvals in its commit of the gates branch."""
        return Approvals(self.git, self.remote, self.tip, self.gates_tip)

    def reading(self) -> AbstractContextManager[History]:
        """Return the history that commits are read through, open at least for the block."""
        return reading(self.git, self.history)

    @cached_property
    def _read(self) -> tuple[dict[str, Deployment], dict[str, PromoterError]]:
        with self.reading() as history:
            listed = history.listing(self.tip, [FOLDER])
        deployments, errors = {}, {}
        for path in listed:
            recorded_here = self.local in (None, is_local(Path(path).stem))
            if recorded_here and is_config(path) and path.count("/") == 1:
                try:
                    each = Deployment.at_commit(self.git, self.tip, path, history=self.history)
                    each.config.require_plain_names(path)
                    deployments[each.name] = each
                except PromoterError as error:
                    errors[Path(path).stem] = error
        return deployments, errors

    @property
    def deployments(self) -> dict[str, Deployment]:
        """Every deployment of the remote, without its gates; `unreadable` has the others."""
        return self._read[0]

    @property
    def unreadable(self) -> dict[str, PromoterError]:
        """The error of each cepler file that cannot be read, by the file's stem."""
        return self._read[1]

    def select(self, names: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
        """Return deployment and name of each environment that ``names`` select, all by default.

        A name is that of a deployment or an environment; raises `UsageError` for another one.
        A deployment that cannot be read has one environment with the name "".
        """
        every = [
            (name, env) for name, each in self.deployments.items() for env in each.environments
        ]
        every += [(name, "") for name in self.unreadable]
        known = dict.fromkeys(name for pair in every for name in pair if name)
        if unknown := sorted(set(names) - known.keys()):
            raise UsageError(
                f"find {', '.join(unknown)}: no such deployment or environment at "
                f"{self.remote}/{self.branch}",
                next_step=f"one of: {', '.join(known) or 'none is defined'}",
            )
        return tuple(pair for pair in every if not names or set(pair) & set(names))

    def gated(self, name: str) -> Deployment:
        """Return the deployment called ``name`` with its gates.

        Raises as `require_gates_growth`.
        """
        if name in self.unreadable:
            raise self.unreadable[name]
        if name not in self._gated:
            require_gates_growth(self, name)
            deployment = self.deployments[name].with_marks()
            self._gated[name] = deployment.under(self.approvals.gates(name))
        return self._gated[name].controlled_by(self.control(self._gated[name]))

    @cached_property
    def _gated(self) -> dict[str, Deployment]:
        return {}

    def control(self, deployment: Deployment) -> GitControl:
        """Return the rules of ``deployment``, with the statements in its commit of the gates."""
        if isinstance(deployment.control, GitControl):
            return deployment.control
        if self.now is None:
            return GitControl(deployment, self.gates_tip)
        made = GitControl(deployment, self.gates_tip, self.now)
        return self._controls.setdefault(deployment, made)  # Its time does not pass.

    @cached_property
    def _controls(self) -> dict[Deployment, GitControl]:
        return {}

    def deployment_of(self, environment: str) -> str:
        """Return the name of the deployment that has ``environment``; raises `UsageError`."""
        for name, deployment in self.deployments.items():
            if environment in deployment.environments:
                return name
        for error in self.unreadable.values():
            raise error  # it may have the environment
        known = [name for each in self.deployments.values() for name in each.environments]
        raise UsageError(
            f"find environment {environment}: no file of {FOLDER}/ at "
            f"{self.remote}/{self.branch} names it",
            next_step=f"one of: {', '.join(known) or 'none is defined'}",
        )

    def deployment(self, environment: str) -> Deployment:
        """Return the deployment of ``environment`` with its gates."""
        return self.gated(self.deployment_of(environment))

    def decide(self, environment: str, *, origins: bool = True) -> Decision:
        """Return the decision about ``environment``; ``origins`` as in `decide`."""
        deployment = self.deployment(environment).alone(environment)
        return decide(deployment, environment, origins=origins)

    def last_record(self, environment: str) -> tuple[str, EnvironmentState] | None:
        """Return the newest commit that recorded ``environment``, and its record.

        The record may have been removed since then by a destroy; None if there never was one.
        """
        path = self.deployments[self.deployment_of(environment)].state_path(environment)
        arguments = ("-1", "--format=%H", "--diff-filter=AM", self.tip, "--", path)
        for commit in self.git.lines("log", *arguments):
            return commit, read_state(self.git.file(commit, path) or b"", path)
        return None

    def prepare(self, tree: Git, environment: str, state: DeployState, commit: str) -> None:
        """Make ``tree``, a work tree of this repository, contain exactly the files of ``state``."""
        workspace.prepare(self.deployment(environment), tree, state, commit)

    def record(self, decision: Decision) -> records.Recorded:
        """Return the state file that records ``decision`` on top of this tip.

        Raises `AlreadyRecorded`, or `RecordMoved` if somebody else recorded the environment.
        """
        return records.record(self.deployment(decision.environment), decision)
