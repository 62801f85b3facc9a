"""The deployments repository as its remote has it: what is decided, and where it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from promoter.deploy.approval import BRANCH, Approvals
from promoter.errors import PromoterError, UsageError
from promoter.gate.decision import Blocked, Decision, Due, HeldByGate, NotDeployedYet, NotPassedYet
from promoter.gate.deployment import Deployment, Recorded
from promoter.git import Git

FOLDER = "cepler"
"""Where the cepler files are, one a deployment."""


@dataclass(frozen=True)
class Site:
    """One fetched commit of the deployments repository and of its gates branch.

    ``git`` is any clone; neither its work tree nor its branches are read or changed.
    """

    git: Git
    remote: str
    branch: str
    tip: str

    @classmethod
    def of(cls, folder: Path, *, remote: str = "origin", branch: str = "main") -> Site:
        """The repository that ``folder`` is in, as ``remote`` has it now."""
        return cls(Git(Git(folder).top()), remote, branch, "").fetched()

    def fetched(self) -> Site:
        """The same, as the remote has it now."""
        tip = self.git.follow(self.remote, self.branch, BRANCH).get(self.branch)
        if tip is None:
            raise PromoterError(
                f"fetch {self.branch} of {self.remote}: it has no such branch",
                next_step=f"git push {self.remote} HEAD:{self.branch}",
            )
        return replace(self, tip=tip)

    @property
    def approvals(self) -> Approvals:
        """The approvals as last fetched."""
        return Approvals(self.git, self.remote, self.tip)

    @cached_property
    def deployments(self) -> dict[str, Deployment]:
        """Every deployment by name, with its gates."""
        listed = self.git.lines("ls-tree", "--name-only", self.tip, f"{FOLDER}/")
        files = [path for path in listed if path.endswith(".yml")]
        found = (Deployment.at_commit(self.git, self.tip, path) for path in files)
        return {each.name: each for each in found}

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
        name = self.deployment_of(environment)
        return self.deployments[name].under(self.approvals.gates(name))

    def decide(self, environment: str) -> Decision:
        """What the gate says of ``environment`` now."""
        return self.deployment(environment).decide(environment)

    def prepare(self, tree: Git, decided: Due) -> None:
        """Make ``tree``, a work tree of this repository, hold exactly the cleared files."""
        self.deployment(decided.environment).prepare(tree, decided)

    def record(self, decided: Due) -> Recorded:
        """The state file that recording ``decided`` on this tip makes.

        Raises `AlreadyRecorded`, or `RecordMoved` where another recorded the environment since.
        """
        return self.deployment(decided.environment).record(decided)

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
