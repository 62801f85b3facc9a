"""One repository: what it has, its remotes, and new objects, by git's own commands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError, RemoteMoved
from promoter.git.commands import LOCK, Commands, failure, unlock

NO_OBJECT = "0" * 40
_MOVED = ("[rejected]", "stale info", "cannot lock ref", "failed to update ref", "non-fast-forward")


@dataclass(frozen=True)
class Identity:
    """Who a commit is by: the author's and committer's name and mail."""

    name: str
    email: str

    def variables(self) -> dict[str, str]:
        """The GIT_AUTHOR_* and GIT_COMMITTER_* variables that make a commit this person's."""
        return {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", self.name), ("EMAIL", self.email))
        }


@dataclass(frozen=True)
class Git(Commands):
    """One repository (work tree or bare), named by a folder inside it."""

    # --- what is there -------------------------------------------------------------

    def top(self) -> Path:
        """The work tree's top folder."""
        return Path(self.text("rev-parse", "--show-toplevel"))

    def commit(self, revision: str) -> str | None:
        """The 40 hex digits of the commit that ``revision`` names, None if there is none."""
        done = self.attempt("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return done.stdout.decode().strip() or None

    def tree(self, revision: str, path: str = "") -> str | None:
        """The object id of the tree or blob at ``path`` in ``revision``, None if none."""
        done = self.attempt("rev-parse", "--verify", "--quiet", f"{revision}:{path}")
        return done.stdout.decode().strip() or None

    def branch(self) -> str | None:
        """The checked-out branch's short name; None when HEAD is detached."""
        done = self.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
        return done.stdout.decode().strip() or None

    def file(self, revision: str, path: str) -> bytes | None:
        """The bytes of ``path`` in ``revision``, None where it has no such file."""
        done = self.attempt("cat-file", "blob", f"{revision}:{path}")
        return done.stdout if done.returncode == 0 else None

    def changed(self) -> list[str]:
        """Paths that differ from HEAD in index or work tree, untracked ones included."""
        entries = self.text(
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"
        ).split("\0")
        return [entry[3:] for entry in entries if entry]

    def config(self, name: str) -> str | None:
        """A configuration value, None where it is not set."""
        done = self.attempt("config", "--get", name)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether ``ancestor`` is ``descendant`` or one of its ancestors."""
        return self.attempt("merge-base", "--is-ancestor", ancestor, descendant).returncode == 0

    def identity(self) -> Identity:
        """Who commits by this repository's configuration; raises `GitError` when unset."""
        person = self.text("var", "GIT_COMMITTER_IDENT")
        name, _, rest = person.partition(" <")
        return Identity(name, rest.partition(">")[0])

    # --- remotes -------------------------------------------------------------------

    def fetch(self, remote: str, *refspecs: str) -> None:
        """Fetch ``refspecs`` from ``remote``, pruning nothing and touching no work tree."""
        self.text("fetch", "--quiet", "--no-tags", remote, *refspecs)

    def follow(self, remote: str, *branches: str) -> dict[str, str]:
        """The commits of those of ``branches`` that ``remote`` has now.

        They are in ``refs/remotes/<remote>/<branch>`` then, and what is gone there is gone
        here. One question to the remote, and a fetch only where something moved.
        """
        refs = {f"refs/heads/{name}": f"refs/remotes/{remote}/{name}" for name in branches}
        there = self.remote_refs(remote, *refs)
        here = {ref: self.commit(place) for ref, place in refs.items()}
        moved = [ref for ref in there if there[ref] != here[ref]]
        if moved:
            self.fetch(remote, *(f"+{ref}:{refs[ref]}" for ref in moved))
        for ref in refs.keys() - there.keys():
            if here[ref]:
                self.text("update-ref", "-d", refs[ref])
        tips = {name: self.commit(f"refs/remotes/{remote}/{name}") for name in branches}
        return {name: tip for name, tip in tips.items() if tip}

    def tip(self, remote: str, branch: str) -> str:
        """The commit that ``branch`` has on ``remote`` now, as `follow` brings it here."""
        commit = self.follow(remote, branch).get(branch)
        if commit is None:
            raise GitError(
                f"read {branch} of {remote}: it has no such branch",
                next_step=f"git push {remote} HEAD:refs/heads/{branch}",
            )
        return commit

    def remote_ref(self, remote: str, ref: str) -> str | None:
        """The object that ``ref`` (full name) has on ``remote`` now, None where it is absent."""
        return self.remote_refs(remote, ref).get(ref)

    def remote_refs(self, remote: str, *refs: str) -> dict[str, str]:
        """The objects of those of ``refs`` (full names) that ``remote`` has now."""
        told = (line.partition("\t") for line in self.lines("ls-remote", "--", remote, *refs))
        return {name: object_id for object_id, _, name in told if name in refs}

    def push(
        self,
        remote: str,
        source: str,
        ref: str,
        *,
        expect: str | None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Move ``ref`` on ``remote`` to ``source`` if it still is at ``expect`` (None: absent).

        A compare-and-swap (``--force-with-lease`` with the value named), so a fast-forward
        that somebody else made in between is never lost. An empty ``source`` deletes.
        Raises `RemoteMoved` when the remote is elsewhere.
        """
        done = self.attempt(
            "push",
            "--porcelain",
            f"--force-with-lease={ref}:{expect or ''}",
            remote,
            f"{source}:{ref}",
            env=env,
        )
        if done.returncode == 0:
            return
        said = (done.stdout + done.stderr).decode(errors="replace")
        if (lock := LOCK.search(said)) is not None:
            raise RemoteMoved(
                f"push {ref} to {remote}: it has {lock[1]}: another push is under way, or died",
                said,
                next_step=unlock(lock[1]),
            )
        if any(sign in said for sign in _MOVED):
            raise RemoteMoved(
                f"push {ref} to {remote}: it is no longer at {(expect or 'nothing')[:12]}",
                said,
                next_step="fetch, look at what changed, and run the command again",
            )
        raise failure(("push", remote, ref), self.dir, said)

    # --- writing objects -----------------------------------------------------------

    def write_blob(self, content: bytes) -> str:
        """Store ``content``; gives its object id."""
        return self.output("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def commit_files(
        self,
        parent: str | None,
        files: Mapping[str, bytes | None],
        message: str,
        *,
        author: Identity | None = None,
        sign: bool = False,
    ) -> str:
        """A new commit on ``parent`` that sets ``files`` (None removes one); gives its id.

        Neither HEAD, nor index, nor work tree change: the index is a temporary one.
        """
        with self.scratch_index() as scratch:
            if parent:
                self.text("read-tree", parent, env=scratch)
            self._stage(files, scratch)
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
    ) -> str:
        """A commit object of ``tree`` on ``parents``; gives its id, moves nothing."""
        flags = [flag for parent in parents for flag in ("-p", parent)] + (["-S"] if sign else [])
        people = author.variables() if author else {}
        written = self.output("commit-tree", tree, *flags, stdin=message.encode(), env=people)
        return written.decode().strip()

    def _stage(self, files: Mapping[str, bytes | None], scratch: Mapping[str, str]) -> None:
        entries = [
            f"0 {NO_OBJECT}\t{path}\0"
            if content is None
            else f"100644 {self.write_blob(content)}\t{path}\0"
            for path, content in files.items()
        ]
        self.output(
            "update-index", "-z", "--index-info", stdin="".join(entries).encode(), env=scratch
        )

    @contextmanager
    def scratch_index(self) -> Iterator[dict[str, str]]:
        """Variables that give the git commands in the block an index of their own, empty."""
        folder = Path(self.text("rev-parse", "--absolute-git-dir"))
        index = folder / f"index.promoter.{os.urandom(16).hex()}"
        try:
            yield {"GIT_INDEX_FILE": str(index)}
        finally:
            index.unlink(missing_ok=True)

    # --- work trees ----------------------------------------------------------------

    @contextmanager
    def worktree(self, folder: Path, revision: str, *, empty: bool = False) -> Iterator[Git]:
        """A detached work tree of ``revision`` in ``folder``, removed at the end.

        ``empty``: with none of its files. What an interrupted run left at the same place is
        removed first.
        """
        self._drop_worktree(folder)
        flags = ["--no-checkout"] if empty else []
        self.text("worktree", "add", "--quiet", "--detach", *flags, str(folder), revision)
        try:
            yield Git(folder)
        finally:
            self._drop_worktree(folder)

    def _drop_worktree(self, folder: Path) -> None:
        self.attempt("worktree", "remove", "--force", "--force", str(folder))
        self.attempt("worktree", "prune")
