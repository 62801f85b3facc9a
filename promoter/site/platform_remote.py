"""The embedded platform's own git remote, on which the deployment `local` is recorded.

It is a bare repository in the platform's folder, so a new platform starts with nothing deployed,
nobody else's records count, and nobody needs the right to push anywhere. Its branch always has
the files of the checkout's HEAD, pushed or not, with the platform's own records.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from promoter.common.errors import PromoterError, UsageError
from promoter.common.progress import Silent
from promoter.git import Git, Identity
from promoter.git.ledger import retry_when_moved
from promoter.git.seen import forget_seen

DEPLOYMENT = "local"
"""The only deployment that is recorded there; its environments are named ``local-*``."""

REMOTE = "platform"
"""The name of the remote in the checkout's git configuration."""

# Relative to the work tree's top, so that each work tree of a repository has its own.
_ADDRESS = Path(".local/platform/remote.git")
_SECONDS = 30.0
_RECORDS = (f"cepler/.cepler/{DEPLOYMENT}", f"cepler/evidence/{DEPLOYMENT}")
IDENTITY = Identity("promoter", "promoter@localhost")
"""The author of what is committed there without anybody's doing."""


def is_local(name: str) -> bool:
    """Return whether a deployment or an environment called ``name`` is recorded there."""
    return name == DEPLOYMENT or name.startswith(f"{DEPLOYMENT}-")


@dataclass(frozen=True)
class PlatformRemote:
    """The platform's remote of the checkout ``git``, whose folder is the work tree's top."""

    git: Git
    branch: str

    def follow_checkout(self) -> None:
        """Give the branch the files of HEAD; the repository is created if there is none."""
        head = self.git.commit("HEAD")
        if head is None:
            raise PromoterError(
                f"read HEAD in {self.git.dir}: there is no commit", next_step="git commit"
            )
        self._create()
        retry_when_moved(lambda: self._advance(head))

    def _create(self) -> None:
        configured, folder = self.git.config(f"remote.{REMOTE}.url"), self.git.dir / _ADDRESS
        if configured not in (None, str(_ADDRESS)):
            raise UsageError(
                f"use remote {REMOTE}: it is {configured}, not the embedded platform's",
                next_step=f"git remote rename {REMOTE} <another name>",
            )
        if configured and folder.exists():
            return
        from promoter.common.locks import exclusive

        folder.parent.mkdir(parents=True, exist_ok=True)
        # The first commands may come at once.
        with exclusive(folder.with_suffix(".lock"), "the platform's remote", Silent(), _SECONDS):
            if not folder.exists():
                self._new_repository().rename(folder)
                forget_seen(self.git, REMOTE)
            if self.git.config(f"remote.{REMOTE}.url") is None:
                self.git.text("config", f"remote.{REMOTE}.skipFetchAll", "true")
                self.git.text("config", f"remote.{REMOTE}.url", str(_ADDRESS))

    def _new_repository(self) -> Path:
        new = Git(Path(mkdtemp(dir=(self.git.dir / _ADDRESS).parent, prefix="remote-")))
        new.text("init", "--quiet", "--bare", f"--initial-branch={self.branch}")
        new.text("config", "receive.shallowUpdate", "true")  # from `git clone --depth`
        return new.dir

    def _advance(self, head: str) -> None:
        git, tip = self.git, self.git.follow(REMOTE, self.branch).get(self.branch)
        tree = self._tree(tip, head)
        if tip and tree == git.tree(tip):
            return
        commit = head
        if tree != git.tree(head) or (tip and not git.is_ancestor(tip, head)):
            parents = [tip, head] if tip else [head]
            message = f"chore: follow the checkout at {head[:12]}\n"
            commit = git.commit_tree(tree, parents, message, IDENTITY)
        git.push(REMOTE, commit, f"refs/heads/{self.branch}", expect=tip)

    def _tree(self, tip: str | None, head: str) -> str:
        """Return the tree of ``head`` with the records of ``tip`` instead of its own."""
        git = self.git
        with git.scratch_index() as scratch:
            git.text("read-tree", head, env=scratch)
            remove = ("rm", "-r", "-f", "-q", "--cached", "--ignore-unmatch", "--", *_RECORDS)
            git.text(*remove, env=scratch)
            for folder in _RECORDS:
                if tip and git.tree(tip, folder):
                    git.text("read-tree", f"--prefix={folder}/", f"{tip}:{folder}", env=scratch)
            return git.text("write-tree", env=scratch)
