"""A forge inside a bare repository, for the embedded platform and for tests.

Everything is a document in one ref's tree (`refs/forge/data`), so its history is kept and a
change of documents, branches and tags together is one transaction of git's: it happens
whole, or the ref had moved and it is decided again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from promoter.forge.documents import (
    Documents,
    PullDocument,
    ReleaseDocument,
    Transaction,
)
from promoter.forge.forge import (
    Asset,
    ForgeConflict,
    ForgeMissing,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    ReleaseDraft,
    StatusCheck,
)
from promoter.forge.links import compare_page
from promoter.git import Git, Identity

_TRIES = 10


@dataclass(frozen=True)
class LocalForge:
    """The forge of the bare repository ``git``, asked by ``actor``."""

    git: Git
    actor: str = "galoybot"

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        """See `Forge`."""
        read = (self._shown(pull) for pull in reversed(self._documents().pulls()))
        return tuple(
            one
            for one in read
            if query.state in (None, one.state)
            and query.head in ("", one.head)
            and query.labels <= one.labels
        )

    def pull_request(self, number: int) -> PullRequest:
        """See `Forge`."""
        return self._shown(self._documents().pull(number))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """See `Forge`. A merge brought what it reaches and the base before it did not."""
        if self.git.commit(commit) is None:
            raise ForgeMissing(f"list the pull requests of {commit[:12]}: no such commit")
        every = self.pull_requests(Query(state=None))
        merged = ((one, one.merge_commit) for one in every if one.merge_commit)
        brought = tuple(one for one, merge in merged if self._brought(commit, merge, f"{merge}^1"))
        opened = (one for one in every if one.state is PullRequestState.OPEN)
        return brought or tuple(
            one for one in opened if self._brought(commit, one.head_commit, one.base)
        )

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """See `Forge`."""
        numbers: list[int] = []

        def opened(documents: Documents) -> Transaction:
            head, base = self._tip(proposal.head), self._tip(proposal.base)
            pulls = documents.pulls()
            if any(p.is_open_for(proposal.head, proposal.base) for p in pulls):
                raise ForgeConflict(f"open a pull request of {proposal.head}: there is one")
            if self.git.is_ancestor(head, base):
                raise ForgeConflict(
                    f"open a pull request of {proposal.head}: no commits between it and"
                    f" {proposal.base}"
                )
            numbers.append(len(pulls) + 1)
            pull = PullDocument.opened(numbers[-1], proposal, self.actor)
            return Transaction(f"open pull request {pull.number}").put(pull)

        self._change(opened)
        return self.pull_request(numbers[-1])

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        """See `Forge`."""
        self._edit(number, "edit", lambda pull: replace(pull, title=title, body=body))

    def close_pull_request(self, number: int) -> None:
        """See `Forge`."""

        def closed(pull: PullDocument) -> PullDocument:
            if pull.state != PullRequestState.OPEN:
                return pull
            tip = self.branch(pull.head) or ""
            return replace(pull, state=PullRequestState.CLOSED, head_commit=tip)

        self._edit(number, "close", closed)

    def mark_ready(self, number: int) -> None:
        """See `Forge`."""
        self._edit(number, "ready", lambda pull: replace(pull, draft=False))

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        """See `Forge`."""
        self._edit(
            number,
            "label",
            lambda pull: replace(pull, labels=tuple(sorted({*pull.labels, *labels}))),
        )

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        """See `Forge`. Always a merge commit."""

        def merged(documents: Documents) -> Transaction:
            pull = documents.pull(number)
            head, base = self._mergeable(pull, head_commit)
            commit = self._merge_commit(pull, head, base)
            done = replace(
                pull, state=PullRequestState.MERGED, head_commit=head, merge_commit=commit
            )
            transaction = Transaction(f"merge pull request {number}").put(done)
            return transaction.move(f"refs/heads/{pull.base}", commit, base)

        self._change(merged)
        return self.pull_request(number)

    def changed_files(self, number: int) -> tuple[str, ...]:
        """See `Forge`."""
        pull = self.pull_request(number)
        span = (
            (f"{pull.merge_commit}^1", pull.merge_commit)
            if pull.merge_commit
            else (f"{self._tip(pull.base)}...{pull.head_commit}",)
        )
        shown = self.git.text("diff", "--name-only", "--no-renames", "-z", *span)
        return tuple(sorted(name for name in shown.split("\0") if name))

    def branch(self, name: str) -> str | None:
        """The commit of branch ``name``, None where there is none."""
        return self.git.commit(f"refs/heads/{name}")

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """See `Forge`."""
        return self._documents().checks(commit).shown()

    def set_check(self, commit: str, check: StatusCheck) -> None:
        """See `Forge`."""
        if self.git.commit(commit) is None:
            raise ForgeMissing(f"set a check of {commit[:12]}: no such commit")
        self._change(
            lambda documents: Transaction(f"check {check.name}").put(
                documents.checks(commit).having(check)
            )
        )

    def release(self, tag: str) -> PublishedRelease | None:
        """See `Forge`."""
        found = self._documents().release(tag)
        return found.shown() if found else None

    def draft_release(self, draft: ReleaseDraft) -> PublishedRelease:
        """See `Forge`."""

        def drafted(documents: Documents) -> Transaction:
            if documents.release(draft.tag):
                raise ForgeConflict(f"draft release {draft.tag}: there is one")
            if self.git.commit(draft.commit) is None:
                raise ForgeMissing(f"draft release {draft.tag}: no commit {draft.commit[:12]}")
            return Transaction(f"draft release {draft.tag}").put(ReleaseDocument.drafted(draft))

        self._change(drafted)
        return self._release(draft.tag).shown()

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        """See `Forge`."""

        def uploaded(documents: Documents) -> Transaction:
            found = self._release(tag, documents)
            if not found.draft:
                raise ForgeConflict(f"upload {name} to release {tag}: it is published")
            if name in dict(found.assets):
                raise ForgeConflict(f"upload {name} to release {tag}: there is one")
            having = replace(found, assets=(*found.assets, (name, len(content))))
            return Transaction(f"upload {name}").put(having).write(having.path_of(name), content)

        self._change(uploaded)
        return Asset(name, len(content))

    def asset(self, tag: str, name: str) -> bytes:
        """See `Forge`."""
        documents = self._documents()
        content = documents.bytes_at(self._release(tag, documents).path_of(name))
        if content is None:
            raise ForgeMissing(f"read {name} of release {tag}: no such asset")
        return content

    def publish_release(self, tag: str) -> PublishedRelease:
        """See `Forge`. The tag and the release become visible together."""

        def published(documents: Documents) -> Transaction:
            found = self._release(tag, documents)
            transaction = Transaction(f"publish release {tag}").put(replace(found, draft=False))
            tagged = self.git.commit(f"refs/tags/{tag}")
            if tagged not in (None, found.commit):
                raise ForgeConflict(f"publish release {tag}: the tag is at {tagged}")
            if tagged is None:
                transaction = transaction.move(f"refs/tags/{tag}", found.commit, None)
            return transaction

        self._change(published)
        return self._release(tag).shown()

    def compare_url(self, old: str, new: str) -> str:
        """See `Forge`; as GitHub would write it, for the repository's folder name."""
        return compare_page(f"GaloyMoney/{self.git.dir.stem}", old, new)

    # --- inside --------------------------------------------------------------------

    def _documents(self) -> Documents:
        return Documents.now(self.git)

    def _release(self, tag: str, documents: Documents | None = None) -> ReleaseDocument:
        found = (documents or self._documents()).release(tag)
        if found is None:
            raise ForgeMissing(f"read release {tag}: there is none")
        return found

    def _tip(self, branch: str) -> str:
        commit = self.branch(branch)
        if commit is None:
            raise ForgeMissing(f"read branch {branch}: there is none")
        return commit

    def _brought(self, commit: str, tip: str, base: str) -> bool:
        reached = bool(tip) and self.git.is_ancestor(commit, tip)
        return reached and not self.git.is_ancestor(commit, base)

    def _shown(self, pull: PullDocument) -> PullRequest:
        tip = (
            (self.branch(pull.head) or "")
            if pull.state == PullRequestState.OPEN
            else pull.head_commit
        )
        return pull.shown(tip)

    def _edit(self, number: int, verb: str, edited: Callable[[PullDocument], PullDocument]) -> None:
        self._change(
            lambda documents: Transaction(f"{verb} pull request {number}").put(
                edited(documents.pull(number))
            )
        )

    def _mergeable(self, pull: PullDocument, head_commit: str) -> tuple[str, str]:
        what = f"merge pull request {pull.number}"
        if pull.state != PullRequestState.OPEN:
            raise ForgeConflict(f"{what}: it is {pull.state}")
        if pull.draft:
            raise ForgeConflict(f"{what}: it is a draft", next_step="mark it ready for review")
        head = self._tip(pull.head)
        if head != head_commit:
            raise ForgeConflict(
                f"{what}: its head is {head[:12]}, not {head_commit[:12]}",
                next_step="look at what was pushed, then merge that",
            )
        return head, self._tip(pull.base)

    def _merge_commit(self, pull: PullDocument, head: str, base: str) -> str:
        done = self.git.attempt("merge-tree", "--write-tree", base, head)
        if done.returncode != 0:
            raise ForgeConflict(
                f"merge pull request {pull.number}: {pull.head} and {pull.base} conflict",
                next_step="bring the branch up to date with its base",
            )
        message = f"Merge pull request #{pull.number} from {pull.head}\n\n{pull.title}\n"
        person = Identity(self.actor, f"{self.actor}@localhost")
        tree = done.stdout.decode().split()[0]
        return self.git.commit_tree(tree, [base, head], message, person)

    def _change(self, decided: Callable[[Documents], Transaction]) -> None:
        """Apply what ``decided`` makes of the documents, again where they have moved."""
        for attempt in range(_TRIES):
            documents = self._documents()
            if decided(documents).apply(documents, self.actor):
                return
            if attempt == _TRIES - 1:
                raise ForgeConflict(f"change {self.git.dir}: others keep changing it")
