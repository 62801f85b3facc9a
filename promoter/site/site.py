"""The deployments repository as its remote has it: what is decided, and where it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from promoter.approvals.approvals import BRANCH, Approvals
from promoter.common.errors import PromoterError, UsageError
from promoter.gate import preparing, records
from promoter.gate.decision import Blocked, Decision, Due, HeldByGate, NotDeployedYet, NotPassedYet
from promoter.gate.deployment import Deployment
from promoter.gate.history import History, reading
from promoter.git import Git

FOLDER = "cepler"
"""Where the cepler files are, one a deployment."""


@dataclass(frozen=True)
class Site:
    """One fetched commit of the deployments repository and of its gates branch.

    ``git`` is any clone; neither its work tree nor its branches are read or changed.
    ``gates_tip`` is the gates branch's commit, None where the remote has no such branch.
    """

    git: Git
    remote: str
    branch: str
    tip: str
    gates_tip: str | None = None
    history: History | None = field(default=None, compare=False)

    @classmethod
    def of(cls, folder: Path, *, remote: str = "origin", branch: str = "main") -> Site:
        """The repository that ``folder`` is in, as ``remote`` has it now."""
        return cls(Git(Git(folder).top()), remote, branch, "").fetched()

    def fetched(self) -> Site:
        """The same, as the remote has it now."""
        tips = self.git.follow(self.remote, self.branch, BRANCH)
        if self.branch not in tips:
            raise PromoterError(
                f"fetch {self.branch} of {self.remote}: it has no such branch",
                next_step=f"git push {self.remote} HEAD:{self.branch}",
            )
        return replace(self, tip=tips[self.branch], gates_tip=tips.get(BRANCH))

    @contextmanager
    def opened(self) -> Iterator[Site]:
        """The same site; what it asks of commits goes to one set of git processes."""
        with History(self.git) as history:
            yield replace(self, history=history)

    @property
    def approvals(self) -> Approvals:
        """The approvals that its commit of the gates branch has."""
        return Approvals(self.git, self.remote, self.tip, self.gates_tip)

    def reading(self) -> AbstractContextManager[History]:
        """The history that commits are read through, open for the block at least."""
        return reading(self.git, self.history)

    @cached_property
    def deployments(self) -> dict[str, Deployment]:
        """Every deployment by name; its gates are not asked yet."""
        with self.reading() as history:
            listed = history.listing(self.tip, [FOLDER])
        files = [path for path in listed if path.endswith(".yml") and path.count("/") == 1]
        found = [
            Deployment.at_commit(self.git, self.tip, path, history=self.history) for path in files
        ]
        return {each.name: each for each in found}

    def gated(self, name: str) -> Deployment:
        """The deployment called ``name``, under its gates."""
        return self.deployments[name].under(self.approvals.gates(name))

    def deployment_of(self, environment: str) -> str:
        """The name of the deployment that has ``environment``; raises `UsageError`."""
        for name, deployment in self.deployments.items():
            if environment in deployment.environments:
                return name
        known = [name for each in self.deployments.values() for name in each.environments]
        raise UsageError(
            f"find environment {environment}: no file of {FOLDER}/ at "
            f"{self.remote}/{self.branch} names it",
            next_step=f"one of: {', '.join(known) or 'none is defined'}",
        )

    def deployment(self, environment: str) -> Deployment:
        """The deployment of ``environment``, under its gates."""
        return self.gated(self.deployment_of(environment))

    def decide(self, environment: str, *, origins: bool = True) -> Decision:
        """What the gate says of ``environment`` now; ``origins`` as in `Deployment.decide`."""
        return self.deployment(environment).decide(environment, origins=origins)

    def prepare(self, tree: Git, decided: Due) -> None:
        """Make ``tree``, a work tree of this repository, hold exactly the cleared files."""
        preparing.prepare(self.deployment(decided.environment), tree, decided)

    def record(self, decided: Due) -> records.Recorded:
        """The state file that recording ``decided`` on this tip makes.

        Raises `AlreadyRecorded`, or `RecordMoved` where another recorded the environment since.
        """
        return records.record(self.deployment(decided.environment), decided)

    def push(self, commit: str) -> None:
        """Move the remote's branch from this tip to ``commit``; raises `RemoteMoved`."""
        self.git.push(self.remote, commit, f"refs/heads/{self.branch}", expect=self.tip)

    def how_to_clear(self, environment: str, blocked: Blocked) -> str:
        """What a person does next about the first thing that holds an environment back."""
        hold = blocked.holds[0]
        if isinstance(hold, NotDeployedYet | NotPassedYet):
            return f"promoter deploy {hold.passed} first"
        assert isinstance(hold, HeldByGate)  # noqa: S101
        return (
            f"promoter approve {environment} --reason '...' "
            f"(a commit on branch {BRANCH}, where it is held at {hold.commit[:12]})"
        )
