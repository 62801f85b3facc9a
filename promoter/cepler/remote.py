"""The repository's remote: clone, pull, and push a record by compare-and-swap."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError, PromoterError
from promoter.gate.records import RecordMoved
from promoter.git import NO_OBJECT, Git, Identity
from promoter.git.ledger import retry_when_moved
from promoter.git.objects import decode
from promoter.git.repository import key_options

ORIGIN = "origin"
_REPLAYED_BY = Identity("Cepler", "bot@cepler.dev")


@dataclass(frozen=True)
class Remote:
    """The URL and branch of a repository, and the SSH key for it ("" for none)."""

    url: str
    branch: str
    private_key: str

    def clone(self, folder: Path) -> Git:
        """Return a clone in ``folder`` with an empty work tree and an index that is HEAD's."""
        folder.mkdir(parents=True, exist_ok=True)
        git = Git(folder)
        with self._key() as key:
            options = ("--quiet", "--no-checkout", "--branch", self.branch)
            git.text("clone", *options, "--", self.url, ".", env=key)
        git.text("read-tree", "HEAD")
        return git

    def pull(self, git: Git, gates_branch: str | None = None) -> None:
        """Make branch and work tree what the remote has now; untracked files stay."""
        self._fetch(git, *filter(None, (self.branch, gates_branch)))
        _reset(git, _tracking(self.branch))

    def push(self, git: Git, path: str) -> bool:
        """Push the commits of HEAD that the remote lacks on top of its branch.

        Return whether there was anything to push. Where the remote moved meanwhile, the commits
        go on top of its new tip, a few times. Raises `RecordMoved` where the record at ``path``
        was changed there too.
        """
        return retry_when_moved(lambda: self._push(git, path), pause=0.2)

    def _push(self, git: Git, path: str) -> bool:
        self._fetch(git, self.branch)
        tip = git.commit(_tracking(self.branch))
        if tip is None:
            raise GitError(f"push to {ORIGIN}: it has no branch {self.branch}")
        with self.key_file() as key_file:
            head = replayed(git, tip, path, key_file)
        if head != tip:
            with self._key() as key:
                git.push(ORIGIN, head, f"refs/heads/{self.branch}", expect=tip, env=key)
            git.text("update-ref", _tracking(self.branch), head)
        _reset(git, head)
        return head != tip

    def _fetch(self, git: Git, *branches: str) -> None:
        refs = [f"+refs/heads/{branch}:{_tracking(branch)}" for branch in branches]
        with self._key() as key:
            git.text("fetch", "--quiet", "--no-tags", ORIGIN, *refs, env=key)

    @contextmanager
    def _key(self) -> Iterator[dict[str, str]]:
        """Yield variables that make git's ssh use the key, which is in a file for the block."""
        with self.key_file() as file:
            yield (
                {}
                if file is None
                else {
                    "GIT_SSH_COMMAND": f"ssh -i {file} -o IdentitiesOnly=yes -o BatchMode=yes"
                    " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
                }
            )

    @contextmanager
    def key_file(self) -> Iterator[Path | None]:
        """Yield the file that has the key for the block, None without a key."""
        if not self.private_key:
            yield None
            return
        descriptor, name = tempfile.mkstemp(prefix="promoter-key-")  # readable by us only
        try:
            with os.fdopen(descriptor, "w") as file:
                # ssh refuses a key whose last line has no end.
                file.write(self.private_key.rstrip("\n") + "\n")
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


def _reset(git: Git, revision: str) -> None:
    """Make branch, index and work tree ``revision``; unchanged files are not written."""
    git.attempt("update-index", "-q", "--refresh")  # fails where files differ
    git.text("reset", "--quiet", "--hard", revision)


def replayed(git: Git, tip: str, path: str, key: Path | None = None) -> str:
    """Copy HEAD's commits that ``tip`` lacks onto ``tip``; return the last one.

    HEAD itself where it is on top already. A file that both sides changed is a conflict
    unless both changed it alike. A signed commit is signed again, by ``key`` or git's own.
    """
    if git.is_ancestor(tip, "HEAD"):
        return git.text("rev-parse", "HEAD")
    for commit in git.lines("rev-list", "--reverse", "--no-merges", f"{tip}..HEAD"):
        tip = _replay(git, commit, tip, path, key)
    return tip


def _replay(git: Git, commit: str, tip: str, path: str, key: Path | None) -> str:
    entries: list[str] = []
    parent = git.commit(f"{commit}^")
    raw = git.output("diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", "--root", commit)
    fields = decode(raw).split("\0")
    for about, name in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, requested, _ = about[1:].split(" ")
        was = git.tree(parent, name) if parent else None
        has = git.tree(tip, name)
        if has != (None if requested == NO_OBJECT else requested):
            if has != was:
                raise _conflict(name, path, commit, tip)
            entries.append(f"{mode.replace('000000', '0')} {requested}\t{name}\0")
    if not entries:
        return tip
    with git.scratch_index() as scratch:
        git.text("read-tree", tip, env=scratch)
        listed = "".join(entries).encode("utf-8", "surrogateescape")
        git.output("update-index", "-z", "--index-info", stdin=listed, env=scratch)
        tree = git.text("write-tree", env=scratch)
    # A copy with the author and the message of the commit.
    about = git.text("show", "--no-patch", "--date=raw", "--format=%an%x00%ae%x00%ad", commit)
    author = zip(("NAME", "EMAIL", "DATE"), about.split("\0"), strict=True)
    people = _REPLAYED_BY.variables() | {f"GIT_AUTHOR_{part}": value for part, value in author}
    header, _, message = git.output("cat-file", "commit", commit).partition(b"\n\n")
    sign = ("-S",) if b"\ngpgsig " in header else ()
    command = (*key_options(key), "commit-tree", tree, "-p", tip, *sign)
    written = git.output(*command, stdin=message, env=people)
    return written.decode().strip()


def _conflict(name: str, path: str, commit: str, tip: str) -> PromoterError:
    if name == path:
        return RecordMoved(
            f"push the record {path}: it was changed on the remote meanwhile, "
            f"by {commit[:12]} here and up to {tip[:12]} there",
            next_step=f"compare with git diff {commit} {tip} -- {path}, then deploy again",
        )
    return PromoterError(
        f"push: {name} was changed by {commit[:12]} here and up to {tip[:12]} on the remote",
        next_step="rebase onto the remote's branch by hand, then push",
    )


def _tracking(branch: str) -> str:
    return f"refs/remotes/{ORIGIN}/{branch}"
