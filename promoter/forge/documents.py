"""The local forge's documents, one JSON file each, and one transaction that changes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from promoter.common.errors import GitError
from promoter.forge.forge import (
    Asset,
    Conclusion,
    ForgeMissing,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    StatusCheck,
)
from promoter.git import NO_OBJECT, Git, Identity

REF = "refs/forge/data"


@dataclass(frozen=True)
class Documents:
    """The documents in commit ``tip`` of `REF` (None: none yet)."""

    git: Git
    tip: str | None

    @classmethod
    def current(cls, git: Git) -> Self:
        """Return the present documents."""
        return cls(git, git.commit(REF))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of one file, None where there is none."""
        return self.git.file(self.tip, path) if self.tip else None

    def pulls(self) -> list[PullRequest]:
        """Return every pull request, the oldest first.

        ``head_commit`` is empty while one is open: then it is the branch's.
        """
        if self.tip is None:
            return []
        names = self.git.lines("ls-tree", "-r", "--name-only", self.tip, "--", "pulls/")
        return [_pull(name, self.read(name) or b"") for name in names]

    def pull(self, number: int) -> PullRequest:
        """Return the pull request with ``number``; raises `ForgeMissing`."""
        path = _pull_path(number)
        content = self.read(path)
        if content is None:
            raise ForgeMissing(f"read pull request {number}: there is none")
        return _pull(path, content)

    def release(self, tag: str) -> PublishedRelease | None:
        """Return the release of ``tag``, None where there is none."""
        path = _release_path(tag)
        content = self.read(path)
        if content is None:
            return None
        document = json.loads(content)
        assets = tuple(Asset(name, size) for name, size in document.pop("assets"))
        return PublishedRelease(**document, assets=assets, url=f"{REF}:{path}")

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """Return the checks of ``commit``, by name."""
        content = self.read(_checks_path(commit))
        checks = json.loads(content)["said"] if content else {}
        return tuple(
            StatusCheck(name, Conclusion(conclusion), summary)
            for name, (conclusion, summary) in sorted(checks.items())
        )


@dataclass(frozen=True)
class Transaction:
    """Files to write and refs to move, together or not at all."""

    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    moves: tuple[tuple[str, str, str | None], ...] = ()

    def put_pull(self, pull: PullRequest) -> Transaction:
        """Add the document of a pull request."""
        document = {**asdict(pull), "labels": sorted(pull.labels)}
        del document["url"]
        return self.write(_pull_path(pull.number), _json(document))

    def put_release(self, release: PublishedRelease) -> Transaction:
        """Add the document of a release."""
        assets = [(asset.name, asset.size) for asset in release.assets]
        document = {**asdict(release), "assets": assets}
        del document["url"]
        return self.write(_release_path(release.tag), _json(document))

    def put_checks(self, commit: str, checks: Iterable[StatusCheck]) -> Transaction:
        """Add the document of a commit's checks; of two with the same name the last counts."""
        by_name = {check.name: (check.conclusion.value, check.summary) for check in checks}
        return self.write(_checks_path(commit), _json({"commit": commit, "said": by_name}))

    def write(self, path: str, content: bytes) -> Transaction:
        """Add a file."""
        return replace(self, files={**self.files, path: content})

    def move(self, ref: str, new: str, old: str | None) -> Transaction:
        """Add the move of ``ref`` from ``old`` (None: absent) to ``new``."""
        return replace(self, moves=(*self.moves, (ref, new, old)))

    def apply(self, documents: Documents, actor: str) -> bool:
        """Apply it to ``documents``; return False, with nothing changed, if any ref has moved."""
        git = documents.git
        files = {name: new for name, new in self.files.items() if documents.read(name) != new}
        if not files and not self.moves:
            return True
        author = Identity(actor, f"{actor}@localhost")
        commit = git.commit_files(documents.tip, files, self.message, author=author)
        moves = [(REF, commit, documents.tip), *self.moves]
        lines = [f"update {ref} {new} {old or NO_OBJECT}\n" for ref, new, old in moves]
        script = "".join(["start\n", *lines, "prepare\n", "commit\n"]).encode()
        done = git.attempt("update-ref", "--stdin", stdin=script)
        if done.returncode != 0 and all(_object(git, ref) == old for ref, _, old in moves):
            # Not a race: git refuses for another reason.
            raise GitError(f"{self.message} in {git.dir}", done.stderr.decode(errors="replace"))
        return done.returncode == 0


def asset_path(tag: str, name: str) -> str:
    """Return the path of the bytes of a release's asset."""
    return f"assets/{tag}/{name}"


def _pull_path(number: int) -> str:
    return f"pulls/{number:08}.json"


def _release_path(tag: str) -> str:
    return f"releases/{tag}.json"


def _checks_path(commit: str) -> str:
    return f"checks/{commit}.json"


def _pull(path: str, content: bytes) -> PullRequest:
    document = json.loads(content)
    document["state"] = PullRequestState(document["state"])
    document["labels"] = frozenset(document["labels"])
    return PullRequest(**document, url=f"{REF}:{path}")


def _object(git: Git, ref: str) -> str | None:
    done = git.attempt("rev-parse", "--verify", "--quiet", ref)
    return done.stdout.decode().strip() or None


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"
