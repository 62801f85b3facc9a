"""Files of a git repository at a ref, fetched without what is not needed.

Commits of all branches and tags are fetched without their files (``--filter=tree:0``): they
say what the ref is, whether it is still reachable, and what ``git describe`` calls it. Then,
or beside that where the ref is a full id, the one commit's trees, and last the blobs that
were selected, each in one go. A server that knows no filters sends everything at once,
which is slower and gives the same.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError
from promoter.common.text import plain
from promoter.git import Git, is_full_id
from promoter.vendoring.config import GitSource
from promoter.vendoring.errors import RefNotFound, VendorError
from promoter.vendoring.selection import SelectedEntry

_COUNTED = re.compile(rb"remote: (?:Enumerating|Counting) objects: (\d+), done")
_REFS = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
# A local repository serves filters only when its own configuration says so; here the
# serving process is ours, so the command line can.
_LOCAL_SERVER = (
    "git -c uploadpack.allowFilter=true -c uploadpack.allowAnySHA1InWant=true upload-pack"
)


@dataclass(frozen=True)
class Locked:
    """What a ref was when it was fetched, as vendir.lock.yml records it."""

    sha: str
    tags: tuple[str, ...]
    commit_title: str


@dataclass(frozen=True)
class Fetched:
    """A temporary repository that has the commits of one remote."""

    git: Git
    source: GitSource
    filtered: bool

    def resolve(self, ref: str) -> str:
        """The commit that ``ref`` names, by the rules of ``git checkout`` in a fresh clone.

        A full sha first, then a tag, a short sha, and a branch last. ``origin/`` before a
        branch is dropped. Raises `RefNotFound` unless a branch or tag reaches the commit:
        servers hand out more than that (GitHub any commit of any fork).
        """
        name = ref.removeprefix("origin/")
        if is_full_id(name):
            found = self._reachable(name)
        elif re.search(r"[\s\x00-\x1f\x7f:?*\[\\]|\.\.|^-", name):
            found = None
        else:
            found = self.git.commit(name) or self._branch(name)
        if found is None:
            raise RefNotFound(
                f"find ref {ref!r} in {self.source.url}: no branch, tag or commit that a "
                "branch or tag reaches",
                next_step="is it pushed? has its branch been deleted or force-pushed since?",
            )
        return found

    def _branch(self, name: str) -> str | None:
        # git makes a local branch of a remote's by its name alone: main~1 is none.
        alone = not re.search(r"[~^]|@\{", name)
        return self.git.commit(f"refs/remotes/origin/{name}") if alone else None

    def _reachable(self, sha: str) -> str | None:
        kinds = "%(objectname) %(objecttype) %(*objectname) %(*objecttype)"
        for line in self.git.lines("for-each-ref", f"--format={kinds}"):
            named = dict(zip(line.split()[::2], line.split()[1::2], strict=True))
            commits = [name for name, kind in named.items() if kind == "commit"]
            if sha in named and commits:
                # An annotated tag's own id means the commit that it is on.
                return commits[0]
        return sha if sha in self.git.lines("rev-list", "--all") else None

    def lock(self, sha: str) -> Locked:
        """What vendir.lock.yml says of ``sha``: its title and ``git describe --tags``."""
        message = self.git.output("log", "--max-count=1", "--format=%B", sha)
        described = self._describe(sha)
        if described and self.filtered and not self._is_tag(described) and self._abbreviates():
            objects = self._objects_in_a_clone()
            described = self._describe(sha, f"--abbrev={abbreviation(objects)}")
        title = _title(_as_go_reads(message))
        return Locked(sha, tuple(described.split("\n")) if described else (), title)

    def _describe(self, sha: str, *options: str) -> str:
        done = self.git.attempt("describe", "--tags", *options, sha)
        return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""

    def _abbreviates(self) -> bool:
        """Whether git chooses the length of short ids, and not the user's configuration."""
        return self.git.config("core.abbrev") in (None, "auto")

    def _is_tag(self, name: str) -> bool:
        # Not rev-parse, to which tag-number-gid is a name too.
        return (
            self.git.attempt("show-ref", "--verify", "--quiet", f"refs/tags/{name}").returncode == 0
        )

    def _objects_in_a_clone(self) -> int:
        """How many objects a clone without filters would get; vendir's has them all.

        git shortens ids by that number (docs/decisions/0072). A repository on this machine
        is counted in its place; a server says it before it sends the first object, which is as
        long as we listen.
        """
        return self._counted_in_its_place() or self._counted_by_the_server()

    def _counted_in_its_place(self) -> int:
        address = self.git.text("ls-remote", "--get-url", "origin")
        folder = Path(address.removeprefix("file://"))
        if self.source.depth or not _is_local(address) or not folder.is_dir():
            return 0
        branch = self.source.ref.removeprefix("origin/")
        heads = f"refs/heads/{branch}" if branch != self.source.ref else "--branches"
        counting = ("rev-list", "--objects", "--count", "--use-bitmap-index")
        done = Git(folder).attempt(*counting, heads, "--tags", "--")
        return int(done.stdout) if done.returncode == 0 else 0

    def _counted_by_the_server(self) -> int:
        other = _prepared(self.source, self.git.dir / "uncounted")
        depth = [f"--depth={self.source.depth}"] if self.source.depth else []
        refs = _REFS
        if self.source.ref.startswith("origin/"):
            refs = (self.source.ref.removeprefix("origin/"), _REFS[1])
        options = ["--progress", "--no-auto-maintenance", "--no-write-fetch-head", *depth]
        with other.process("fetch", *options, "origin", *refs, merge_stderr=True) as fetching:
            said = b""
            while fetching.stdout and (chunk := os.read(fetching.stdout.fileno(), 4096)):
                said += chunk
                if counted := _COUNTED.search(said):
                    return int(counted[1])
        return 0

    def titles(self, old: str, new: str) -> list[str]:
        """The titles of the commits that ``new`` has and ``old`` has not, newest first."""
        known = [f"^{old}"] if old and self._reachable(old) else []
        found = self.git.lines("log", "--format=%s", new, *known) if known else []
        return [plain(title) for title in found]

    def entries(self, sha: str) -> list[SelectedEntry]:
        """Every file, symlink and submodule of the commit."""
        listed = self.git.output("ls-tree", "-r", "-z", "--full-tree", sha)
        lines = listed.decode(errors="surrogateescape").split("\0")
        return [_entry(line) for line in lines if line]

    def write(self, entries: Sequence[SelectedEntry], folder: Path) -> None:
        """Check ``entries`` out into the empty ``folder``, as a checkout of all would.

        Line ends, ``ident`` and filters follow the commit's .gitattributes and the user's
        git configuration, as they do when vendir runs git.
        """
        index = self.git.dir / "index.selected"
        place = {"GIT_DIR": str(self.git.dir), "GIT_INDEX_FILE": str(index)}
        info = b"".join(_index_line(entry) for entry in entries)
        self.git.output("update-index", "-z", "--index-info", stdin=info, env=place)
        tree = self.git.text("write-tree", "--missing-ok", env=place)
        index.unlink()
        smudge = {"GIT_LFS_SKIP_SMUDGE": "1"} if self.source.lfs_skip_smudge else {}
        # Reading a tree into an empty index fetches what is missing in one request;
        # checkout-index would ask for one file after the other.
        into = {**place, **smudge, "GIT_WORK_TREE": str(folder)}
        self.git.text("read-tree", "-m", "-u", tree, env=into)


@contextmanager
def fetched(source: GitSource, folder: Path) -> Iterator[Fetched]:
    """The commits of ``source``'s remote, in a repository at ``folder`` that ends with it."""
    try:
        yield _fetch(source, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(source: GitSource, folder: Path) -> Fetched:
    try:
        return Fetched(_clone(source, folder, "--filter=tree:0"), source, filtered=True)
    except GitError as first:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            return Fetched(_clone(source, folder), source, filtered=False)
        except GitError:
            raise VendorError(
                f"fetch {source.url}: {first.stderr.strip() or first}",
                next_step="check the address, your access to it (ssh key, token) and the network",
            ) from first


def fetch_alone(source: GitSource, sha: str, folder: Path) -> Fetched:
    """The one commit ``sha`` with its trees, without history, in a repository at ``folder``.

    Whether anything reaches it has still to be asked. Raises `GitError` where the server
    hands out no commit by its id.
    """
    git = _prepared(source, folder, serve_filters=True)
    options = ["--quiet", "--no-auto-maintenance", "--no-write-fetch-head", "--no-tags"]
    git.text("fetch", *options, "--filter=blob:none", "--depth=1", "origin", sha)
    return Fetched(git, source, filtered=True)


def unfiltered(known: Fetched) -> Fetched:
    """The same remote with everything in it, for a server that filters but then refuses."""
    shutil.rmtree(known.git.dir, ignore_errors=True)
    return Fetched(_clone(known.source, known.git.dir), known.source, filtered=False)


def _clone(source: GitSource, folder: Path, *filters: str) -> Git:
    git = _prepared(source, folder, serve_filters=bool(filters))
    depth = [f"--depth={source.depth}"] if source.depth else []
    options = ["--quiet", "--no-auto-maintenance", "--no-write-fetch-head", "--no-tags"]
    git.text("fetch", *options, *filters, *depth, "origin", *_REFS)
    return git


def _prepared(source: GitSource, folder: Path, *, serve_filters: bool = False) -> Git:
    """An empty repository at ``folder`` with the remote ``origin``."""
    folder.mkdir(parents=True)
    git = Git(folder)
    git.text("init", "--quiet", "--bare", "--template=", ".")
    git.text("config", "remote.origin.url", source.url)
    if serve_filters and _is_local(git.text("ls-remote", "--get-url", "origin")):
        git.text("config", "remote.origin.uploadpack", _LOCAL_SERVER)
    return git


def abbreviation(objects: int) -> int:
    """The length of short ids in a repository of ``objects`` packed objects.

    git's default (core.abbrev=auto): so long that a clash is unlikely, seven at least. A
    fetch of fewer than a hundred (fetch.unpackLimit) leaves no pack, and seven.
    """
    return max(7, (objects.bit_length() + 1) // 2)


def _is_local(address: str) -> bool:
    return address.startswith(("file://", "/", "./", "../"))


def _entry(line: str) -> SelectedEntry:
    facts, _, path = line.partition("\t")
    mode, _, object_id = facts.split(" ")
    return SelectedEntry(mode, object_id, path)


def _index_line(entry: SelectedEntry) -> bytes:
    line = f"{entry.mode} {entry.object_id}\t{entry.path}\0"
    return line.encode(errors="surrogateescape")


# What Go's strings.TrimSpace takes off, which vendir trims the message with.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
_SPACE += "\u200a\u2028\u2029\u202f\u205f\u3000"


def _as_go_reads(message: bytes) -> str:
    # Go replaces what is not UTF-8 byte by byte, Python a cut off character as one.
    escaped = message.decode(errors="surrogateescape")
    return re.sub("[\udc80-\udcff]", "\ufffd", escaped)


def _title(message: str) -> str:
    """The first line as vendir keeps it: three dots where more lines follow."""
    first, newline, _ = message.strip(_SPACE).partition("\n")
    return f"{first}..." if newline else first
