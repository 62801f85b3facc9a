"""The local forge's documents, one JSON file each, changed in one transaction."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from promoter.common.errors import GitError
from promoter.forge.forge import (
    Asset,
    Conclusion,
    DeploymentReport,
    DeploymentState,
    ForgeMissing,
    Issue,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    StatusCheck,
)
from promoter.git import NO_OBJECT, Git, Identity

REF = "refs/forge/data"
ASSET = "assets/{tag}/{name}"
_ISSUE = "issues/{:08}.json"
_PULL = "pulls/{:08}.json"
_RELEASE = "releases/{}.json"
_CHECKS = "checks/{}.json"
_DEPLOYMENTS = "deployments/{}.json"


@dataclass(frozen=True)
class Documents:
    """The documents in commit ``tip`` of `REF` (None: none yet), and the changes to make.

    ``files`` are written and refs moved (name, new commit, old commit or None: absent)
    together or not at all. Reading does not see them.
    """

    git: Git
    tip: str | None
    files: dict[str, bytes] = field(default_factory=dict)
    moves: list[tuple[str, str, str | None]] = field(default_factory=list)

    def read(self, path: str) -> bytes | None:
        """Return the bytes of one file, None where there is none."""
        return self.git.file(self.tip, path) if self.tip else None

    def pulls(self) -> list[PullRequest]:
        """Return every pull request, the oldest first; an open one has no ``head_commit``."""
        files = ("ls-tree", "-r", "--name-only")
        names = self.git.lines(*files, self.tip, "--", "pulls/") if self.tip else []
        return [_pull(name, self.read(name) or b"") for name in names]

    def pull(self, number: int) -> PullRequest:
        """Return the pull request with ``number``; raises `ForgeMissing`."""
        path = _PULL.format(number)
        if (content := self.read(path)) is None:
            raise ForgeMissing(f"read pull request {number}: no such pull request")
        return _pull(path, content)

    def issues(self) -> list[Issue]:
        """Return every issue, the oldest first."""
        files = ("ls-tree", "-r", "--name-only")
        names = self.git.lines(*files, self.tip, "--", "issues/") if self.tip else []
        return [_issue(name, self.read(name) or b"") for name in names]

    def release(self, tag: str) -> PublishedRelease | None:
        """Return the release of ``tag``, None where there is none."""
        path = _RELEASE.format(tag)
        if (content := self.read(path)) is None:
            return None
        document = json.loads(content)
        assets = tuple(Asset(name, size) for name, size in document.pop("assets"))
        return PublishedRelease(**document, assets=assets, url=f"{REF}:{path}")

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """Return the checks of ``commit``, by name."""
        content = self.read(_CHECKS.format(commit))
        checks = json.loads(content)["said"] if content else {}
        return tuple(
            StatusCheck(name, Conclusion(conclusion), summary)
            for name, (conclusion, summary) in sorted(checks.items())
        )

    def deployments(self, environment: str) -> tuple[DeploymentReport, ...]:
        """Return the reports of deployments to ``environment``, the newest first."""
        content = self.read(_DEPLOYMENTS.format(environment))
        return tuple(
            DeploymentReport(environment, commit, DeploymentState(state), description)
            for commit, state, description in (json.loads(content)["reports"] if content else ())
        )

    # --- staged changes ------------------------------------------------------------

    def put_pull(self, pull: PullRequest) -> None:
        """Stage the document of a pull request."""
        self._put(_PULL.format(pull.number), {**asdict(pull), "labels": sorted(pull.labels)})

    def put_issue(self, issue: Issue) -> None:
        """Stage the document of an issue."""
        times = {"opened": issue.opened.isoformat(), "closed": None}
        if issue.closed:
            times["closed"] = issue.closed.isoformat()
        own = {**asdict(issue), **times, "labels": sorted(issue.labels)}
        self._put(_ISSUE.format(issue.number), own)

    def put_deployment(self, report: DeploymentReport) -> None:
        """Stage a report of a deployment, before those that are known."""
        known = (report, *self.deployments(report.environment))
        rows = [(each.commit, each.state, each.description) for each in known]
        self._put(_DEPLOYMENTS.format(report.environment), {"reports": rows})

    def put_release(self, release: PublishedRelease) -> None:
        """Stage the document of a release."""
        assets = [(asset.name, asset.size) for asset in release.assets]
        self._put(_RELEASE.format(release.tag), {**asdict(release), "assets": assets})

    def put_checks(self, commit: str, checks: Iterable[StatusCheck]) -> None:
        """Stage the document of a commit's checks; of two with the same name the last counts."""
        by_name = {check.name: (check.conclusion.value, check.summary) for check in checks}
        self._put(_CHECKS.format(commit), {"commit": commit, "said": by_name})

    def apply(self, message: str, actor: str) -> bool:
        """Commit what is staged; return False, with nothing changed, if any ref has moved."""
        git = self.git
        files = {name: new for name, new in self.files.items() if self.read(name) != new}
        if not files and not self.moves:
            return True
        author = Identity(actor, f"{actor}@localhost")
        commit = git.commit_files(self.tip, files, message, author=author)
        moves = [(REF, commit, self.tip), *self.moves]
        lines = [f"update {ref} {new} {old or NO_OBJECT}\n" for ref, new, old in moves]
        script = "".join(["start\n", *lines, "prepare\n", "commit\n"]).encode()
        done = git.attempt("update-ref", "--stdin", stdin=script)
        if done.returncode != 0 and all(git.commit(ref) == old for ref, _, old in moves):
            # Not a race: git refuses for another reason.
            raise GitError(f"{message} in {git.dir}", done.stderr.decode(errors="replace"))
        return done.returncode == 0

    def _put(self, path: str, document: dict[str, Any]) -> None:
        stored = {key: value for key, value in document.items() if key != "url"}
        self.files[path] = json.dumps(stored, indent=1, sort_keys=True).encode() + b"\n"


def _pull(path: str, content: bytes) -> PullRequest:
    document = json.loads(content)
    document["state"] = PullRequestState(document["state"])
    document["labels"] = frozenset(document["labels"])
    return PullRequest(**document, url=f"{REF}:{path}")


def _issue(path: str, content: bytes) -> Issue:
    document = json.loads(content)
    opened, closed = document.pop("opened"), document.pop("closed")
    return Issue(
        **{**document, "labels": frozenset(document["labels"])},
        opened=datetime.fromisoformat(opened),
        closed=datetime.fromisoformat(closed) if closed else None,
        url=f"{REF}:{path}",
    )
