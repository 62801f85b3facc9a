"""One repository: its content, its remotes, and new objects, by git's own commands."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import GitError
from promoter.common.signals import INTERRUPTS
from promoter.git.checkout import write_files
from promoter.git.commands import Commands
from promoter.git.objects import TreeEntry, decode, entry_of
from promoter.git.reader import file_content, id_of, read_object

NO_OBJECT = "0" * 40


@dataclass(frozen=True)
class Identity:
    """The author's and committer's name and mail of a commit."""

    name: str
    email: str

    def variables(self) -> dict[str, str]:
        """Return the GIT_AUTHOR_* and GIT_COMMITTER_* variables of this person."""
        return {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", self.name), ("EMAIL", self.email))
        }


def key_options(key: Path | None) -> tuple[str, ...]:
    """Return the options by which git signs with the SSH key in the file ``key``, if any."""
    if key is None:
        return ()
    return ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}")


@dataclass(frozen=True)
class Git(Commands):
    """One repository (work tree or bare), named by a folder inside it."""

    def top(self) -> Path:
        """Return the work tree's top folder."""
        return Path(self.text("rev-parse", "--show-toplevel"))

    def commit(self, revision: str) -> str | None:
        """Return the full id of the commit that ``revision`` names, None if there is none."""
        return id_of(self, f"{revision}^{{commit}}")

    def tree(self, revision: str, path: str = "") -> str | None:
        """Return the id of the tree or blob at ``path`` in ``revision``, None if there is none."""
        done = self.attempt("rev-parse", "--verify", "--quiet", f"{revision}:{path}")
        return done.stdout.decode().strip() or None

    def branch(self) -> str | None:
        """Return the checked-out branch's short name, None when HEAD is detached."""
        done = self.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
        return done.stdout.decode().strip() or None

    def file(self, revision: str, path: str) -> bytes | None:
        """Return the bytes of ``path`` in ``revision``, None where it has no such file."""
        return file_content(self, revision, path)

    def listing(self, revision: str, path: str = "") -> dict[str, TreeEntry]:
        """Return the files and links (no submodules) below ``path``, by their path from there."""
        if self.tree(revision, path) is None:
            return {}
        raw = self.output("ls-tree", "-r", "-z", "--full-tree", f"{revision}:{path}")
        entries = {}
        for line in decode(raw).split("\0"):
            facts, _, name = line.partition("\t")
            mode, _, blob = facts.partition(" blob ")
            if (entry := entry_of(mode, blob)) is not None:
                entries[name] = entry
        return entries

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of the blobs ``ids``."""
        contents: dict[str, bytes] = {}
        for blob in dict.fromkeys(ids):
            if (found := read_object(self, blob)) is None:
                raise GitError(f"read {blob} in {self.dir}: the object is missing")
            contents[blob] = found.content
        return contents

    def changed(self) -> list[str]:
        """Return the paths that differ from HEAD in index or work tree, untracked ones included."""
        options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")
        return [entry[3:] for entry in self.text("status", *options).split("\0") if entry]

    def changed_between(self, *revisions: str) -> list[str]:
        """Return the paths that differ between two revisions, or since the base of ``a...b``.

        A submodule is a path as any other, whatever ``.gitmodules`` says of it.
        """
        options = ("--name-only", "--no-renames", "--ignore-submodules=none", "-z")
        return [path for path in self.text("diff", *options, *revisions, "--").split("\0") if path]

    def config(self, name: str) -> str | None:
        """Return a configuration value, None where it is not set."""
        done = self.attempt("config", "--get", name)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def configs(self, *names: str) -> dict[str, str]:
        """Return those of the configuration values ``names`` (in lower case) that are set."""
        pattern = f"^({'|'.join(map(re.escape, names))})$"
        listed = self.attempt("config", "--null", "--get-regexp", pattern).stdout.decode()
        return {
            name: value.strip()
            for name, _, value in (each.partition("\n") for each in listed.split("\0")[:-1])
        }

    def require_full_history(self, purpose: str) -> None:
        """Raise `GitError` in a shallow clone, whose history ends where it was cut."""
        if self.text("rev-parse", "--is-shallow-repository") == "true":
            raise GitError(
                f"{purpose}: {self.dir} is a shallow clone, and the whole history is needed",
                next_step="git fetch --unshallow --tags",
            )

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether ``ancestor`` is ``descendant`` or one of its ancestors."""
        return self.attempt("merge-base", "--is-ancestor", ancestor, descendant).returncode == 0

    def fetch(self, remote: str, *refspecs: str) -> None:
        """Fetch ``refspecs`` from ``remote`` without pruning; no work tree changes."""
        self.text("fetch", "--quiet", "--no-tags", remote, *refspecs)

    def follow(
        self, remote: str, *branches: str, listed: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return the commits of those of ``branches`` that ``remote`` has now.

        ``refs/remotes/<remote>/<branch>`` is updated, and removed where the remote's branch
        is gone. One query of the remote, and a fetch only where something moved; one that
        lost against another process that fetched the same is made again. ``listed`` are the refs
        that the remote had a moment ago: then it is not queried.
        """
        refs = {f"refs/heads/{name}": f"refs/remotes/{remote}/{name}" for name in branches}
        listed = self.remote_refs(remote, *refs) if listed is None else listed
        remote_tips = {ref: listed[ref] for ref in refs if ref in listed}
        local_tips = self._refs(*refs.values())
        moved = [ref for ref, tip in remote_tips.items() if tip != local_tips.get(refs[ref])]
        gone = [tracking for ref, tracking in refs.items() if ref not in remote_tips]
        try:
            if moved:
                self.fetch(remote, *(f"+{ref}:{refs[ref]}" for ref in moved))
        except GitError:
            if self._refs(*refs.values()) == local_tips:
                raise
            return self.follow(remote, *branches)
        for tracking in local_tips.keys() & gone:
            self.text("update-ref", "-d", tracking)
        tips = self._refs(*refs.values()) if moved else local_tips
        return {
            name: tips[tracking]
            for name in branches
            if (tracking := f"refs/remotes/{remote}/{name}") in tips and tracking not in gone
        }

    def _refs(self, *names: str) -> dict[str, str]:
        """Return the objects of those of the refs ``names`` that exist here."""
        found = {name: id_of(self, name) for name in names}
        return {name: object_id for name, object_id in found.items() if object_id}

    def tip(self, remote: str, branch: str) -> str:
        """Return the commit of ``branch`` on ``remote`` now; raise `GitError` if it is missing."""
        commit = self.follow(remote, branch).get(branch)
        if commit is None:
            raise GitError(
                f"read {branch} of {remote}: no such branch",
                next_step=f"git push {remote} HEAD:refs/heads/{branch}",
            )
        return commit

    def remote_ref(self, remote: str, ref: str) -> str | None:
        """Return the object of ``ref`` (full name) on ``remote`` now, None where absent."""
        return self.remote_refs(remote, ref).get(ref)

    def remote_refs(self, remote: str, *refs: str) -> dict[str, str]:
        """Return the objects of those of ``refs`` (full names) that ``remote`` has now."""
        listed = (line.partition("\t") for line in self.lines("ls-remote", "--", remote, *refs))
        return {name: object_id for object_id, _, name in listed if name in refs}

    def write_blob(self, content: bytes) -> str:
        """Store ``content`` and return its object id."""
        return self.output("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def write_tree(self, files: Mapping[str, TreeEntry]) -> str:
        """Store the tree with exactly ``files``, whose blobs exist, and return its id."""
        lines = (f"{entry.mode} {entry.blob}\t{path}\0" for path, entry in files.items())
        with self.scratch_index() as scratch:
            staged = "".join(lines).encode("utf-8", "surrogateescape")
            self.output("update-index", "-z", "--index-info", stdin=staged, env=scratch)
            return self.text("write-tree", env=scratch)

    def commit_files(
        self,
        parent: str | None,
        files: Mapping[str, bytes | None],
        message: str,
        *,
        author: Identity | None = None,
        sign: bool = False,
    ) -> str:
        """Create a commit on ``parent`` that sets ``files`` (None removes one); return its id.

        HEAD, index and work tree do not change: the index is a temporary one.
        """
        with self.scratch_index() as scratch:
            if parent:
                self.text("read-tree", parent, env=scratch)
            entries = (
                (f"0 {NO_OBJECT}" if data is None else f"100644 {self.write_blob(data)}", path)
                for path, data in files.items()
            )
            staged = "".join(f"{entry}\t{path}\0" for entry, path in entries).encode()
            self.output("update-index", "-z", "--index-info", stdin=staged, env=scratch)
            tree = self.text("write-tree", env=scratch)
        return self.commit_tree(tree, [parent] if parent else [], message, author, sign=sign)

    def commit_tree(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        author: Identity | None = None,
        *,
        sign: bool = False,
        key: Path | None = None,
    ) -> str:
        """Create a commit object of ``tree`` on ``parents`` and return its id; no ref moves.

        ``sign`` signs it with the SSH key ``key``, by default with the key that git has.
        """
        flags = [flag for parent in parents for flag in ("-p", parent)] + (["-S"] if sign else [])
        people = author.variables() if author else {}
        arguments, content = (*key_options(key), "commit-tree", tree, *flags), message.encode()
        return self.output(*arguments, stdin=content, env=people, terminal=sign).decode().strip()

    @contextmanager
    def scratch_index(self) -> Iterator[dict[str, str]]:
        """Yield the variables of an empty temporary index for the git commands in the block."""
        with TemporaryDirectory() as folder:
            yield {"GIT_INDEX_FILE": str(Path(folder, "index"))}

    @contextmanager
    def worktree(self, folder: Path, revision: str, *, empty: bool = False) -> Iterator[Git]:
        """Yield a detached work tree of ``revision`` in ``folder``, removed after the block.

        Its files are those of the object store (`write_files`), none if ``empty``. What an
        interrupted run has left in the same place is removed first.
        """
        self._drop_worktree(folder)
        try:
            # Twice -f: also where a killed one has left its lock.
            add = ("worktree", "add", "-q", "-d", "-f", "-f", "--no-checkout")
            self.text(*add, str(folder), revision)
            tree = Git(folder)
            if not empty:
                tree.text("read-tree", "HEAD")
                write_files(tree, folder, tree.listing("HEAD").items())
            yield tree
        finally:
            self._drop_worktree(folder)

    def _drop_worktree(self, folder: Path) -> None:
        with INTERRUPTS.held_back(cleanup=True):
            shutil.rmtree(folder, ignore_errors=True)
            self.attempt("worktree", "prune")
