"""Files of a git repository at a ref, fetched without the rest of the repository.

The commits of all branches and tags are fetched without their files (``--filter=tree:0``):
they resolve the ref, prove that a branch or tag reaches it, and name it (``git describe``).
Then the trees of the one commit are fetched, and last the selected blobs in one request. A
server without filters sends everything at once, which is slower and gives the same files.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError
from promoter.common.text import plain
from promoter.git import Git, is_full_id
from promoter.git.objects import TreeEntry
from promoter.vendoring.config import GitSource
from promoter.vendoring.errors import RefNotFound, VendorError

_REFS = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
_FETCH = ("fetch", "--quiet", "--no-auto-maintenance", "--no-write-fetch-head", "--no-tags")
# A local repository serves filters only when its own configuration allows it; here the
# serving process is ours, so the command line can.
_LOCAL_SERVER = (
    "git -c uploadpack.allowFilter=true -c uploadpack.allowAnySHA1InWant=true upload-pack"
)
_NOT_A_NAME = re.compile(r"[\s\x00-\x1f\x7f:?*\[\\]|\.\.|^-")


@dataclass(frozen=True)
class GitLock:
    """The commit of a fetched ref with its title and tags, as vendir.lock.yml records them."""

    sha: str
    commit_title: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceRepository:
    """A temporary repository with the commits of one remote."""

    git: Git
    source: GitSource
    filtered: bool

    def resolve(self, ref: str) -> str:
        """Return the commit that ``ref`` names, by the rules of ``git checkout`` in a fresh clone.

        That is a full sha, a tag, a short sha, or last a branch, with or without ``origin/``.
        Raises `RefNotFound` unless a branch or tag reaches the commit: servers serve more
        than that (GitHub any commit of any fork).
        """
        name = ref.removeprefix("origin/")
        commit = None
        if is_full_id(name):
            commit = self._reachable(name)
        elif not _NOT_A_NAME.search(name):
            commit = self.git.commit(name)
            # git creates a local branch from a remote one by its bare name only: not from main~1.
            if commit is None and not re.search(r"[~^]|@\{", name):
                commit = self.git.commit(f"refs/remotes/origin/{name}")
        if commit is None:
            raise RefNotFound(
                f"find ref {ref!r} in {self.source.url}: no branch, tag or commit that a "
                "branch or tag reaches",
                next_step="push it, or check whether its branch was deleted or force-pushed",
            )
        return commit

    def _reachable(self, sha: str) -> str | None:
        kinds = "%(objectname) %(objecttype) %(*objectname) %(*objecttype)"
        for line in self.git.lines("for-each-ref", f"--format={kinds}"):
            types = dict(zip(line.split()[::2], line.split()[1::2], strict=True))
            for name, kind in types.items():
                # The id of an annotated tag stands for the commit that it tags.
                if sha in types and kind == "commit":
                    return name
        return sha if sha in self.git.lines("rev-list", "--all") else None

    def lock(self, sha: str) -> GitLock:
        """Return the record of ``sha``: its title and its ``git describe --tags``.

        git shortens the id in a description by the number of objects that this repository
        has (docs/decisions/0072).
        """
        message = self.git.output("log", "--max-count=1", "--format=%B", sha)
        described = self.git.attempt("describe", "--tags", sha)
        tags = described.stdout.decode(errors="replace").split() if not described.returncode else ()
        return GitLock(sha, _title(message), tuple(tags))

    def titles(self, old: str, new: str) -> list[str]:
        """Return the titles of the commits that ``new`` has and ``old`` has not, newest first."""
        if not old or not self._reachable(old):
            return []
        return [plain(title) for title in self.git.lines("log", "--format=%s", new, f"^{old}")]

    def entries(self, sha: str) -> dict[str, TreeEntry]:
        """Return every file, symlink and submodule of the commit by its path."""
        listed = self.git.output("ls-tree", "-r", "-z", "--full-tree", sha)
        lines = listed.decode(errors="surrogateescape").split("\0")[:-1]
        # <mode> <type> <id> <tab> <path>
        parts = (re.split("[ \t]", line, maxsplit=3) for line in lines)
        return {path: TreeEntry(mode, object_id) for mode, _, object_id, path in parts}

    def write(self, entries: Mapping[str, TreeEntry], folder: Path) -> None:
        """Check ``entries`` out into the empty ``folder``, as a checkout of everything would.

        Line ends, ``ident`` and filters follow the commit's .gitattributes and the user's
        git configuration, as they do when vendir runs git.
        """
        index = self.git.dir / "index.selected"
        variables = {"GIT_DIR": str(self.git.dir), "GIT_INDEX_FILE": str(index)}
        lines = (f"{entry.mode} {entry.blob}\t{path}\0" for path, entry in entries.items())
        stdin = "".join(lines).encode(errors="surrogateescape")
        self.git.output("update-index", "-z", "--index-info", stdin=stdin, env=variables)
        tree = self.git.text("write-tree", "--missing-ok", env=variables)
        index.unlink()
        variables["GIT_WORK_TREE"] = str(folder)
        if self.source.lfs_skip_smudge:
            variables["GIT_LFS_SKIP_SMUDGE"] = "1"
        # Reading a tree into an empty index fetches all missing blobs in one request;
        # checkout-index would send one request per file.
        self.git.text("read-tree", "-m", "-u", tree, env=variables)

    def unfiltered(self) -> SourceRepository:
        """Fetch everything anew, for a server that filters but then refuses single objects."""
        shutil.rmtree(self.git.dir, ignore_errors=True)
        return _all_commits(self.source, self.git.dir, filtered=False)


@contextmanager
def source_repository(source: GitSource, folder: Path) -> Iterator[SourceRepository]:
    """Yield the commits of ``source``'s remote, in a repository at ``folder``, then remove it."""
    try:
        yield _fetch(source, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(source: GitSource, folder: Path) -> SourceRepository:
    try:
        return _all_commits(source, folder, filtered=True)
    except GitError as first:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            return _all_commits(source, folder, filtered=False)
        except GitError:
            raise VendorError(
                f"fetch {source.url}: {first.stderr.strip() or first}",
                next_step="check the address, your access to it (ssh key, token) and the network",
            ) from first


def fetch_commit(source: GitSource, sha: str, folder: Path) -> SourceRepository:
    """Fetch one commit, without checking that a branch or tag reaches it; raise `GitError`."""
    return _fetch_into(source, folder, "--filter=blob:none", "--depth=1", "origin", sha)


def _all_commits(source: GitSource, folder: Path, *, filtered: bool) -> SourceRepository:
    filters = ["--filter=tree:0"] if filtered else []
    depth = [f"--depth={source.depth}"] if source.depth else []
    return _fetch_into(source, folder, *filters, *depth, "origin", *_REFS, filtered=filtered)


def _fetch_into(
    source: GitSource, folder: Path, *arguments: str, filtered: bool = True
) -> SourceRepository:
    folder.mkdir(parents=True)
    git = Git(folder)
    git.text("init", "--quiet", "--bare", "--template=", ".")
    git.text("config", "remote.origin.url", source.url)
    address = git.text("ls-remote", "--get-url", "origin") if filtered else ""
    if address.startswith(("file://", "/", "./", "../")):
        git.text("config", "remote.origin.uploadpack", _LOCAL_SERVER)
    git.text(*_FETCH, *arguments)
    return SourceRepository(git, source, filtered)


# The characters that Go's strings.TrimSpace removes, with which vendir trims the message.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
_SPACE += "\u200a\u2028\u2029\u202f\u205f\u3000"


def _title(message: bytes) -> str:
    """Return the first line as vendir keeps it: with three dots where more lines follow."""
    # Go replaces invalid UTF-8 byte by byte, Python a truncated character as one.
    text = re.sub("[\udc80-\udcff]", "\ufffd", message.decode(errors="surrogateescape"))
    first, newline, _ = text.strip(_SPACE).partition("\n")
    return f"{first}..." if newline else first
