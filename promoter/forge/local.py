"""A forge inside a bare repository, for the embedded platform and for tests.

Every pull request, issue, release and check is a document in the tree of one ref
(`refs/forge/data`), so their history is kept, and a change of documents, branches and tags
is one git transaction: applied whole, or decided again because a ref had moved.

Emulated: conflicts (a second pull request for the same branches, one without commits, a merge
of a draft or of a moved head, a second draft of a tag, a second asset of a name), merge commits,
a tag made by publishing its release, pull requests of a commit. Not emulated: permissions,
reviews, branch protection, rate limits, squash merges.
"""

# ruff: noqa: D102 - the Protocol `Forge` documents the methods
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from promoter.forge.documents import ASSET, REF, Documents
from promoter.forge.forge import (
    BOT_LOGIN,
    Asset,
    DeploymentReport,
    Forge,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    Issue,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    StatusCheck,
)
from promoter.forge.links import compare_page
from promoter.git import Git, Identity

_ATTEMPTS = 10


@dataclass(frozen=True)
class LocalForge(Forge):
    """The forge of the bare repository ``git``, used by ``actor``."""

    git: Git
    actor: str = BOT_LOGIN

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        pulls = map(self._with_head, reversed(self._documents().pulls()))
        return tuple(pull for pull in pulls if query.matches(pull))

    def pull_request(self, number: int) -> PullRequest:
        return self._with_head(self._documents().pull(number))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """See `Forge`. A merge brought the commits that its first parent did not reach."""
        if self.git.commit(commit) is None:
            raise ForgeMissing(f"list the pull requests of {commit[:12]}: no such commit")
        pulls = self.pull_requests(Query(state=None))
        merged = ((pull, pull.merge_commit) for pull in pulls if pull.merge_commit)
        brought = tuple(p for p, merge in merged if self._brought(commit, merge, f"{merge}^1"))
        opened = (pull for pull in pulls if pull.state is PullRequestState.OPEN)
        return brought or tuple(p for p in opened if self._brought(commit, p.head_commit, p.base))

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """See `Forge`. Numbers count up from 1."""
        what = f"open a pull request of {proposal.head}"
        for documents in self._change(what):
            head, base = self._tip(proposal.head), self._tip(proposal.base)
            branches, pulls = (proposal.head, proposal.base), documents.pulls()
            if any(p.state == "open" and (p.head, p.base) == branches for p in pulls):
                raise ForgeConflict(f"{what}: it already exists")
            if self.git.is_ancestor(head, base):
                raise ForgeConflict(f"{what}: no commits between it and {proposal.base}")
            number, state = len(pulls) + 1, PullRequestState.OPEN
            facts = {"head_commit": "", "author": self.actor, "state": state, **vars(proposal)}
            documents.put_pull(PullRequest(number=number, **facts))
        return self.pull_request(number)

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        self._edit(number, "edit", lambda pull: replace(pull, title=title, body=body))

    def close_pull_request(self, number: int) -> None:
        for documents in self._change(f"close pull request {number}"):
            pull = documents.pull(number)
            if pull.state is PullRequestState.OPEN:
                documents.put_pull(replace(self._with_head(pull), state=PullRequestState.CLOSED))

    def mark_ready(self, number: int) -> None:
        self._edit(number, "ready", lambda pull: replace(pull, draft=False))

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        self._edit(number, "label", lambda pull: replace(pull, labels=pull.labels | set(labels)))

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        """See `Forge`. Always a merge commit."""
        for documents in self._change(f"merge pull request {number}"):
            pull = documents.pull(number)
            head, base = self._mergeable(pull, head_commit)
            commit = self._merge_commit(pull, head, base)
            state = PullRequestState.MERGED
            documents.put_pull(replace(pull, state=state, head_commit=head, merge_commit=commit))
            documents.moves.append((f"refs/heads/{pull.base}", commit, base))
        return self.pull_request(number)

    def issues(self, label: str) -> tuple[Issue, ...]:
        return tuple(each for each in reversed(self._documents().issues()) if label in each.labels)

    def open_issue(self, title: str, labels: Collection[str], at: datetime) -> Issue:
        """Open an issue, as people do on GitHub; its number is one of issues alone."""
        for documents in self._change("open an issue"):
            number = len(documents.issues()) + 1
            documents.put_issue(Issue(number, title, frozenset(labels), at))
        return self._documents().issues()[number - 1]

    def close_issue(self, number: int, at: datetime) -> None:
        """Close an issue."""
        for documents in self._change(f"close issue {number}"):
            documents.put_issue(replace(documents.issues()[number - 1], closed=at))

    def changed_files(self, number: int) -> tuple[str, ...]:
        """See `Forge`. Compared with the merge base, as GitHub compares."""
        pull = self.pull_request(number)
        span = [f"{self._tip(pull.base)}...{pull.head_commit}"]
        if pull.merge_commit:
            span = [f"{pull.merge_commit}^1", pull.merge_commit]
        return tuple(sorted(self.git.changed_between(*span)))

    def branch(self, name: str) -> str | None:
        """Return the commit of branch ``name``, None where there is none."""
        return self.git.commit(f"refs/heads/{name}")

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        return self._documents().checks(commit)

    def required_checks(self, branch: str) -> tuple[str, ...]:  # noqa: ARG002 - nothing is required
        return ()

    def set_check(self, commit: str, check: StatusCheck) -> None:
        if self.git.commit(commit) is None:
            raise ForgeMissing(f"set a check of {commit[:12]}: no such commit")
        for documents in self._change(f"check {check.name}"):
            documents.put_checks(commit, (*documents.checks(commit), check))

    def report_deployment(self, report: DeploymentReport) -> None:
        for documents in self._change(f"deployment to {report.environment}"):
            if documents.deployments(report.environment)[:1] != (report,):
                documents.put_deployment(report)

    def deployments(self, environment: str) -> tuple[DeploymentReport, ...]:
        """Return what was reported of ``environment``, the newest first."""
        return self._documents().deployments(environment)

    def release(self, tag: str) -> PublishedRelease | None:
        return self._documents().release(tag)

    def draft_release(self, tag: str, commit: str, name: str, notes: str) -> PublishedRelease:
        for documents in self._change(f"draft release {tag}"):
            if documents.release(tag):
                raise ForgeConflict(f"draft release {tag}: it already exists")
            if self.git.commit(commit) is None:
                raise ForgeMissing(f"draft release {tag}: no commit {commit[:12]}")
            documents.put_release(PublishedRelease(tag, commit, name, notes, draft=True))
        return _release(tag, self._documents())

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        asset = Asset(name, len(content))
        for documents in self._change(f"upload {name}"):
            release = _release(tag, documents)
            if not release.draft:
                raise ForgeConflict(f"upload {name} to release {tag}: it is published")
            if release.asset(name):
                raise ForgeConflict(f"upload {name} to release {tag}: it already exists")
            documents.put_release(replace(release, assets=(*release.assets, asset)))
            documents.files[ASSET.format(tag=tag, name=name)] = content
        return asset

    def asset(self, tag: str, name: str) -> bytes:
        documents = self._documents()
        _release(tag, documents)
        if (content := documents.read(ASSET.format(tag=tag, name=name))) is None:
            raise ForgeMissing(f"read {name} of release {tag}: no such asset")
        return content

    def publish_release(self, tag: str) -> PublishedRelease:
        """See `Forge`. The tag and the release become visible together."""
        for documents in self._change(f"publish release {tag}"):
            release = replace(_release(tag, documents), draft=False)
            documents.put_release(release)
            tagged = self.git.commit(f"refs/tags/{tag}")
            if tagged not in (None, release.commit):
                raise ForgeConflict(f"publish release {tag}: the tag is at {tagged}")
            if tagged is None:
                documents.moves.append((f"refs/tags/{tag}", release.commit, None))
        return _release(tag, self._documents())

    def rulesets(self) -> tuple[Mapping[str, Any], ...]:
        raise self._without("rulesets")

    def app_id(self, slug: str) -> int:
        raise self._without(f"the app {slug}")

    def workflow_settings(self, environment: str = "") -> frozenset[str]:  # noqa: ARG002 - as below
        raise self._without("secrets and variables")

    def set_workflow_variable(self, environment: str, name: str, value: str) -> bool:  # noqa: ARG002
        raise self._without(f"variable {name}")

    def _without(self, what: str) -> ForgeError:
        return ForgeError(f"read {what}: {self.git.dir.name} is a folder, which has none")

    def compare_url(self, old: str, new: str) -> str:
        """See `Forge`. As GitHub's address for a repository of this folder's name."""
        return compare_page(f"GaloyMoney/{self.git.dir.stem}", old, new)

    def _documents(self) -> Documents:
        return Documents(self.git, self.git.commit(REF))

    def _tip(self, branch: str) -> str:
        if (commit := self.branch(branch)) is None:
            raise ForgeMissing(f"read branch {branch}: no such branch")
        return commit

    def _brought(self, commit: str, tip: str, base: str) -> bool:
        is_ancestor = self.git.is_ancestor
        return bool(tip) and is_ancestor(commit, tip) and not is_ancestor(commit, base)

    def _with_head(self, pull: PullRequest) -> PullRequest:
        """Return ``pull``; an open one with its branch's commit."""
        if pull.state is not PullRequestState.OPEN:
            return pull
        return replace(pull, head_commit=self.branch(pull.head) or "")

    def _edit(self, number: int, verb: str, edited: Callable[[PullRequest], PullRequest]) -> None:
        for documents in self._change(f"{verb} pull request {number}"):
            documents.put_pull(edited(documents.pull(number)))

    def _mergeable(self, pull: PullRequest, head_commit: str) -> tuple[str, str]:
        what = f"merge pull request {pull.number}"
        if pull.state is not PullRequestState.OPEN:
            raise ForgeConflict(f"{what}: it is {pull.state}")
        if pull.draft:
            raise ForgeConflict(f"{what}: it is a draft", next_step="mark it ready for review")
        head = self._tip(pull.head)
        if head != head_commit:
            raise ForgeConflict(
                f"{what}: its head is {head[:12]}, not {head_commit[:12]}",
                next_step="review the pushed commits, then merge again",
            )
        return head, self._tip(pull.base)

    def _merge_commit(self, pull: PullRequest, head: str, base: str) -> str:
        done = self.git.attempt("merge-tree", "--write-tree", base, head)
        if done.returncode != 0:
            raise ForgeConflict(
                f"merge pull request {pull.number}: {pull.head} and {pull.base} conflict",
                next_step="bring the branch up to date with its base",
            )
        message = f"Merge pull request #{pull.number} from {pull.head}\n\n{pull.title}\n"
        author = Identity(self.actor, f"{self.actor}@localhost")
        tree = done.stdout.decode().split()[0]
        return self.git.commit_tree(tree, [base, head], message, author)

    def _change(self, message: str) -> Iterator[Documents]:
        """Yield the documents for the loop's body to change; again, anew, where a ref moved."""
        for _ in range(_ATTEMPTS):
            documents = self._documents()
            yield documents
            if documents.apply(message, self.actor):
                return
        raise ForgeConflict(f"change {self.git.dir}: other processes keep changing it")


def _release(tag: str, documents: Documents) -> PublishedRelease:
    if (release := documents.release(tag)) is None:
        raise ForgeMissing(f"read release {tag}: no such release")
    return release
