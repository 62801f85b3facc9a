"""The local forge's documents: what they say, and one transaction that changes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol, Self

from promoter.common.errors import GitError
from promoter.forge.forge import (
    Asset,
    Conclusion,
    ForgeMissing,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    ReleaseDraft,
    StatusCheck,
)
from promoter.git import NO_OBJECT, Git, Identity

REF = "refs/forge/data"


class ForgeDocument(Protocol):
    """Something that is one JSON file of the tree."""

    @property
    def path(self) -> str:
        """Where in the tree."""
        ...

    def content(self) -> bytes:
        """Its JSON."""
        ...


@dataclass(frozen=True)
class PullDocument:
    """A pull request; ``head_commit`` is empty while it is open (the branch says it then)."""

    number: int
    title: str
    body: str
    head: str
    base: str
    author: str
    draft: bool
    labels: tuple[str, ...]
    state: PullRequestState = PullRequestState.OPEN
    head_commit: str = ""
    merge_commit: str | None = None

    @classmethod
    def opened(cls, number: int, proposal: NewPullRequest, author: str) -> Self:
        """A new one, by ``author``."""
        return cls(
            number,
            proposal.title,
            proposal.body,
            proposal.head,
            proposal.base,
            author,
            proposal.draft,
            tuple(sorted(proposal.labels)),
        )

    @property
    def path(self) -> str:
        """Where in the tree."""
        return f"pulls/{self.number:08}.json"

    def content(self) -> bytes:
        """Its JSON."""
        return _json(asdict(self))

    def is_open_for(self, head: str, base: str) -> bool:
        """Whether another for this head and base would be its double."""
        return self.state == PullRequestState.OPEN and (self.head, self.base) == (head, base)

    def shown(self, head_commit: str) -> PullRequest:
        """As the forge's callers see it."""
        return PullRequest(
            self.number,
            self.title,
            self.body,
            self.head,
            head_commit,
            self.base,
            self.author,
            PullRequestState(self.state),
            self.draft,
            frozenset(self.labels),
            self.merge_commit,
            f"{REF}:{self.path}",
        )


@dataclass(frozen=True)
class ReleaseDocument:
    """A release; ``assets`` are names with sizes, their bytes are files beside it."""

    tag: str
    commit: str
    name: str
    notes: str
    draft: bool = True
    assets: tuple[tuple[str, int], ...] = ()

    @classmethod
    def drafted(cls, draft: ReleaseDraft) -> Self:
        """A new one."""
        return cls(draft.tag, draft.commit, draft.name, draft.notes)

    @property
    def path(self) -> str:
        """Where in the tree."""
        return f"releases/{self.tag}.json"

    def path_of(self, asset: str) -> str:
        """Where in the tree an asset's bytes are."""
        return f"assets/{self.tag}/{asset}"

    def content(self) -> bytes:
        """Its JSON."""
        return _json(asdict(self))

    def shown(self) -> PublishedRelease:
        """As the forge's callers see it."""
        assets = tuple(Asset(name, size) for name, size in self.assets)
        return PublishedRelease(
            self.tag, self.commit, self.name, self.notes, self.draft, assets, f"{REF}:{self.path}"
        )


@dataclass(frozen=True)
class CheckDocument:
    """What the checks say of one commit: name -> (conclusion, summary)."""

    commit: str
    said: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where in the tree."""
        return f"checks/{self.commit}.json"

    def content(self) -> bytes:
        """Its JSON."""
        return _json({"commit": self.commit, "said": dict(self.said)})

    def having(self, check: StatusCheck) -> CheckDocument:
        """With ``check``'s latest word."""
        word = (check.conclusion.value, check.summary)
        return replace(self, said={**self.said, check.name: word})

    def shown(self) -> tuple[StatusCheck, ...]:
        """As the forge's callers see it, by name."""
        return tuple(
            StatusCheck(name, Conclusion(conclusion), summary)
            for name, (conclusion, summary) in sorted(self.said.items())
        )


@dataclass(frozen=True)
class Documents:
    """The documents as they are in commit ``tip`` (None: none yet)."""

    git: Git
    tip: str | None

    @classmethod
    def now(cls, git: Git) -> Self:
        """As they are now."""
        return cls(git, git.commit(REF))

    def bytes_at(self, path: str) -> bytes | None:
        """The bytes of one file."""
        return self.git.file(self.tip, path) if self.tip else None

    def pulls(self) -> list[PullDocument]:
        """Every pull request, the oldest first."""
        if self.tip is None:
            return []
        names = self.git.lines("ls-tree", "-r", "--name-only", self.tip, "--", "pulls/")
        return [self._pull(name) for name in names]

    def pull(self, number: int) -> PullDocument:
        """The pull request with ``number``; raises `ForgeMissing`."""
        return self._pull(f"pulls/{number:08}.json", number)

    def release(self, tag: str) -> ReleaseDocument | None:
        """The release of ``tag``."""
        content = self.bytes_at(f"releases/{tag}.json")
        if content is None:
            return None
        said = json.loads(content)
        assets = tuple((name, size) for name, size in said.pop("assets"))
        return ReleaseDocument(**said, assets=assets)

    def checks(self, commit: str) -> CheckDocument:
        """The checks of ``commit``; none said anything where there is no document."""
        content = self.bytes_at(f"checks/{commit}.json")
        said = json.loads(content)["said"] if content else {}
        return CheckDocument(commit, {name: (word[0], word[1]) for name, word in said.items()})

    def _pull(self, path: str, number: int = 0) -> PullDocument:
        content = self.bytes_at(path)
        if content is None:
            raise ForgeMissing(f"read pull request {number}: there is none")
        said = json.loads(content)
        labels = tuple(said.pop("labels"))
        return PullDocument(**{**said, "state": PullRequestState(said["state"])}, labels=labels)


@dataclass(frozen=True)
class Transaction:
    """Files to write and refs to move, together or not at all."""

    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    moves: tuple[tuple[str, str, str | None], ...] = ()

    def put(self, document: ForgeDocument) -> Transaction:
        """With ``document`` written."""
        return self.write(document.path, document.content())

    def write(self, path: str, content: bytes) -> Transaction:
        """With a file written."""
        return replace(self, files={**self.files, path: content})

    def move(self, ref: str, new: str, old: str | None) -> Transaction:
        """With ``ref`` moved from ``old`` (None: absent) to ``new``."""
        return replace(self, moves=(*self.moves, (ref, new, old)))

    def apply(self, documents: Documents, actor: str) -> bool:
        """Do it on top of ``documents``; False, with nothing done, if any ref has moved."""
        git = documents.git
        files = {n: new for n, new in self.files.items() if documents.bytes_at(n) != new}
        if not files and not self.moves:
            return True
        person = Identity(actor, f"{actor}@localhost")
        commit = git.commit_files(documents.tip, files, self.message, author=person)
        moves = [(REF, commit, documents.tip), *self.moves]
        lines = [f"update {ref} {new} {old or NO_OBJECT}\n" for ref, new, old in moves]
        script = "".join(["start\n", *lines, "prepare\n", "commit\n"]).encode()
        done = git.attempt("update-ref", "--stdin", stdin=script)
        if done.returncode != 0 and all(_id(git, ref) == old for ref, _, old in moves):
            # Not a race: git refuses for a reason of its own.
            raise GitError(f"{self.message} in {git.dir}", done.stderr.decode(errors="replace"))
        return done.returncode == 0


def _id(git: Git, ref: str) -> str | None:
    done = git.attempt("rev-parse", "--verify", "--quiet", ref)
    return done.stdout.decode().strip() or None


def _json(document: object) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"
