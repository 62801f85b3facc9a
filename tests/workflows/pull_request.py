"""A pull request whose words are hostile, and a push: repository, refs, and GitHub's event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from promoter.git import Git, Identity
from promoter.release.upstream import export
from tests.concourse.test_pipelines import ROOT

NUMBER = 1
STRANGER = Identity("Some One", "someone@localhost")


def _repository(name: str) -> dict[str, Any]:
    return {
        "full_name": f"GaloyMoney/{name}",
        "name": name,
        "owner": {"login": "GaloyMoney"},
        "default_branch": "main",
    }


@dataclass(frozen=True)
class PushEvent:
    """A push to main of ``repository``, from commit ``before`` to ``after``."""

    name: ClassVar[str] = "push"
    repository: str
    before: str
    after: str

    @property
    def payload(self) -> dict[str, Any]:
        """The keys of GitHub's webhook "push" that contexts of workflows read."""
        return {
            "ref": "refs/heads/main",
            "before": self.before,
            "after": self.after,
            "deleted": False,
            "forced": False,
            "repository": _repository(self.repository),
            "sender": {"login": "someone", "type": "User"},
        }


@dataclass(frozen=True)
class PullRequestEvent:
    """A pull request of ``repository`` and the event that GitHub sends when it is opened."""

    name: ClassVar[str] = "pull_request"
    repository: str
    base: str
    head: str
    branch: str
    title: str
    labels: tuple[str, ...]

    @property
    def payload(self) -> dict[str, Any]:
        """The keys of GitHub's webhook "pull_request" that contexts of workflows read."""
        repository = _repository(self.repository)
        user = {"login": "someone", "type": "User"}
        return {
            "action": "labeled" if self.labels else "opened",
            "number": NUMBER,
            "pull_request": {
                "number": NUMBER,
                "state": "open",
                "title": self.title,
                "body": self.title,
                "user": user,
                "draft": False,
                "labels": [{"name": name} for name in self.labels],
                "head": {"ref": self.branch, "sha": self.head, "repo": repository, "user": user},
                "base": {"ref": "main", "sha": self.base, "repo": repository},
            },
            "repository": repository,
            "sender": user,
        }


def hostile(mark: Path) -> str:
    """Return words that create ``mark`` wherever a shell or an expression reads them as code."""
    touch = f"touch {mark}"
    return f"feat: $({touch}) `{touch}` \"; {touch}; \" '; {touch}; ' ${{{{ github.token }}}}"


def hostile_branch(mark: Path) -> str:
    """Return the same as a name that git accepts for a branch."""
    return f"topic/$(touch${{IFS}}{mark})"


def repository(name: str, folder: str, remotes: Path, changed: dict[str, bytes | None]) -> Git:
    """Create the bare repository ``name``: the present files of ``folder`` with ``changed``.

    A folder in ``changed`` is removed whole.
    """
    place = remotes / f"{name}.git"
    tip = export(ROOT / folder, place)
    bare = Git(place)
    files: dict[str, bytes | None] = {}
    for path, content in changed.items():
        below = [path] if content else bare.lines("ls-tree", "-r", "--name-only", tip, "--", path)
        files |= dict.fromkeys(below, content)
    tip = bare.commit_files(tip, files, "chore: what this machine lacks", author=STRANGER)
    bare.text("update-ref", "refs/heads/main", tip)
    bare.text("config", "uploadpack.allowAnySHA1InWant", "true")
    return bare


def opened(
    bare: Git, name: str, changes: dict[str, bytes], mark: Path, labels: tuple[str, ...]
) -> PullRequestEvent:
    """Open a pull request with ``changes``; GitHub's refs for it are its head and its merge."""
    base = bare.commit("refs/heads/main") or ""
    head = bare.commit_files(base, dict(changes), "feat: a change", author=STRANGER)
    merge = bare.commit_tree(f"{head}^{{tree}}", [base, head], "Merge it into main", STRANGER)
    branch = hostile_branch(mark)
    for ref, commit in {
        f"refs/heads/{branch}": head,
        f"refs/pull/{NUMBER}/head": head,
        f"refs/pull/{NUMBER}/merge": merge,
    }.items():
        bare.text("update-ref", ref, commit)
    return PullRequestEvent(name, base, head, branch, hostile(mark), (*labels, hostile(mark)))


def pushed(bare: Git, name: str, changes: dict[str, bytes]) -> PushEvent:
    """Push one commit with ``changes`` to main, as a pipeline does."""
    before = bare.commit("refs/heads/main") or ""
    after = bare.commit_files(before, dict(changes), "ci: a record", author=STRANGER)
    bare.text("update-ref", "refs/heads/main", after)
    return PushEvent(name, before, after)
