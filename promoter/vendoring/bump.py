"""`promoter vendor bump`: move one dependency to another ref, in one commit.

The commit is made of objects only, on the tip of the branch; branch, files and index
follow once it exists and, if requested, has been pushed. So a push that lost a race is
repeated on the new tip, with nothing to undo.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from promoter.common.errors import NothingNewer, RemoteMoved, UsageError
from promoter.common.progress import Progress, Silent
from promoter.common.yaml_edit import replace
from promoter.git import Git
from promoter.git.ledger import retry_when_moved
from promoter.programs.registry import ImageLookup, configured_mirrors
from promoter.toolchain import Toolchain
from promoter.vendoring.config import (
    CONFIG_NAME,
    Dependency,
    find_dependency,
    parse_config,
    read_config,
)
from promoter.vendoring.errors import DirtyPaths, VendorError
from promoter.vendoring.fetch import fetch
from promoter.vendoring.folders import store_folder, tree_with_folder
from promoter.vendoring.git_source import GitLock
from promoter.vendoring.journal import Journal, put_in_place, resume
from promoter.vendoring.lock import LOCK_NAME, Lock, lock_bytes, parse_lock, read_lock
from promoter.vendoring.refusals import refuse_linked_target, refuse_links_out
from promoter.vendoring.source_authors import TEAMS, SourceRange, ranges
from promoter.vendoring.source_authors import trailers as source_authors
from promoter.vendoring.summary import ChartSnapshot, message, pin_changes, read_values
from promoter.vendoring.workspace import workspace


@dataclass(frozen=True)
class BumpResult:
    """A finished bump: the dependency's path and commits (40 hex digits), and its own commit."""

    dependency: str
    old: str
    new: str
    commit: str
    message: str


@dataclass(frozen=True)
class BumpOptions:
    """Options of a bump.

    ``branch`` is the remote's (empty: the name of the checked-out one). Without ``vendir``
    our own git source fetches; ``synced`` takes what a sync left in the work tree.
    ``check_digests`` looks every new pin up in its registry.
    ``proof`` returns the trailers that prove the new ref (40 hex digits) or raises; a push
    that lost a race calls it again.
    """

    remote: str = "origin"
    branch: str = ""
    vendir: Path | None = None
    synced: bool = False
    check_digests: bool = False
    proof: Callable[[str], Sequence[str]] | None = None
    progress: Progress = field(default_factory=Silent)


def bump(
    root: Path,
    dependency: str,
    ref: str,
    *,
    push: bool = False,
    options: BumpOptions | None = None,
) -> BumpResult:
    """Vendor ``dependency`` at ``ref`` in one commit on the current branch of ``root``.

    ``ref`` may be a sha, tag or branch; vendir.yml gets the commit's 40 hex digits, because
    a name can move. Only vendir.yml, vendir.lock.yml and the dependency's folder change.
    ``push`` moves the remote's branch by compare-and-swap and starts over from its new tip
    when another push came first.

    Raises `NothingNewer` when that commit is vendored already, `DirtyPaths` when one of
    these paths has changes, `RemoteMoved` when every push lost its race, `RefNotFound`,
    `VendorError`, `GitError`.
    """
    task = _Bump(Git(root.resolve()), dependency, ref, options or BumpOptions())
    with workspace(task.git.dir) as stage:
        resume(task.git, stage)
        return retry_when_moved(lambda: task.run(Path(mkdtemp(dir=stage)), push=push))


@dataclass(frozen=True)
class _Bump:
    git: Git
    name: str
    ref: str
    options: BumpOptions

    def run(self, stage: Path, *, push: bool) -> BumpResult:
        tip = self._catch_up() if push else None
        base, folder = _head(self.git), stage / "new"
        result = self._commit(base, folder, stage)
        if push:
            try:
                ref = f"refs/heads/{self._branch()}"
                self.git.push(self.options.remote, result.commit, ref, expect=tip)
            except RemoteMoved as moved:
                self.options.progress.note(f"{moved}; starting over from its new tip")
                raise
        put_in_place(self.git, Journal(base, result.commit, result.dependency), folder, stage)
        return result

    def _commit(self, base: str, folder: Path, stage: Path) -> BumpResult:
        """Create the commit on ``base``; only objects and ``stage`` are written."""
        git, options = self.git, self.options
        config = git.file(base, CONFIG_NAME)
        if config is None:
            raise VendorError(f"bump {self.name}: {CONFIG_NAME} is not committed in {git.dir}")
        dependency = find_dependency(parse_config(config), self.name)
        if not options.synced:
            _refuse_dirty(git, dependency)
        locked = git.file(base, LOCK_NAME)
        lock = Lock(()) if locked is None else parse_lock(locked)
        old_sha = lock.commit(dependency)
        obtain = self._synced if options.synced else self._fetch
        fetched = obtain(dependency, old_sha, folder, stage)
        trailers = options.proof(fetched.sha) if options.proof else ()
        place = (*dependency.place, "git", "ref")
        config = replace(config.decode(), place, fetched.sha, CONFIG_NAME).encode()
        new_config = parse_config(config)
        lock = lock.with_commit(new_config, find_dependency(new_config, dependency.path), fetched)
        files = {CONFIG_NAME: config, LOCK_NAME: lock_bytes(lock)}
        values = git.file(base, f"{dependency.path}/values.yaml") or b""
        old = ChartSnapshot(git.listing(base, dependency.path), values.decode(errors="replace"))
        new = ChartSnapshot(store_folder(git, folder), read_values(folder))
        self._check_digests(old, new)
        shas = (old_sha, fetched.sha)
        if git.file(base, TEAMS) is not None:
            chart = SourceRange(dependency.contents.git.url, *shas)
            pins = ranges(pin_changes(old.values, new.values))
            trailers = (*trailers, *source_authors((chart, *pins)))
        text = message(dependency.name, dependency.contents.git.url, shas, old, new)
        text += "".join(f"{trailer}\n" for trailer in ("", *trailers)) if trailers else ""
        tree = tree_with_folder(git, base, dependency.path, new.files, files, stage / "index")
        sign = git.config("commit.gpgsign") == "true"
        commit = git.commit_tree(tree, [base], text, sign=sign)
        return BumpResult(dependency.path, *shas, commit, text)

    def _fetch(self, dependency: Dependency, old: str, folder: Path, stage: Path) -> GitLock:
        vendored = old if old == dependency.contents.git.ref else ""
        nothing_newer = NothingNewer(f"bump {dependency.name}: {vendored} is vendored already")
        if vendored and self.ref == vendored:
            raise nothing_newer
        root, vendir = self.git.dir, self.options.vendir
        refuse_linked_target(root, dependency.path)
        current, work = root / dependency.path, stage / "work"
        with self.options.progress.task(f"vendor {dependency.path} at {self.ref}"):
            fetched = fetch(dependency.contents, self.ref, current, folder, work, vendir=vendir)
            refuse_links_out(folder)
        if vendored and fetched.sha == vendored:
            raise nothing_newer
        return fetched

    def _synced(self, dependency: Dependency, old: str, folder: Path, _: Path) -> GitLock:
        """Copy the vendored folder of the work tree; return its entry of the lock there."""
        root, what = self.git.dir, f"commit {dependency.name}"
        lock, directory = read_lock(root / LOCK_NAME), dependency.directory.path
        entry = lock.find(directory, dependency.contents.path) if lock else None
        wanted = find_dependency(read_config(root / CONFIG_NAME), dependency.path)
        if entry is None or entry.git.sha != wanted.contents.git.ref:
            raise VendorError(
                f"{what}: {LOCK_NAME} does not have {wanted.contents.git.ref}, the ref in"
                f" {CONFIG_NAME}",
                next_step="promoter vendor sync",
            )
        if entry.git.sha == old == dependency.contents.git.ref:
            raise NothingNewer(f"{what}: {old} is vendored already")
        shutil.copytree(root / dependency.path, folder, symlinks=True)
        refuse_links_out(folder)
        return entry.git

    def _check_digests(self, old: ChartSnapshot, new: ChartSnapshot) -> None:
        pins = [change.new for change in pin_changes(old.values, new.values) if change.new]
        progress = self.options.progress
        if not (pins and self.options.check_digests):
            return
        crane = Toolchain(self.git.dir, progress=progress).program("crane")
        images = ImageLookup(crane, configured_mirrors())
        for pin in pins:
            reference = f"{pin.image}@{pin.digest}"
            with progress.task(f"look up {reference}"):
                exists = images.exists(reference)
            if not exists:
                raise VendorError(
                    f"bump {self.name}: the registry does not have {reference}, "
                    f"which {pin.path} pins",
                    next_step="push that image, or bump to a ref whose images exist",
                )

    def _branch(self) -> str:
        branch = self.options.branch or self.git.branch()
        if not branch:
            next_step = "check a branch out, or name one with --branch"
            raise UsageError("push the bump: no branch is checked out", next_step=next_step)
        return branch

    def _catch_up(self) -> str | None:
        """Return the remote branch's commit, after moving the checked-out branch up to it."""
        git, remote, branch = self.git, self.options.remote, self._branch()
        ref = f"refs/heads/{branch}"
        tip, head = git.remote_ref(remote, ref), _head(git)
        if tip is None or tip == head:
            return tip
        git.fetch(remote, ref)
        if git.is_ancestor(tip, head):
            return tip
        if not git.is_ancestor(head, tip):
            raise VendorError(
                f"push the bump: {remote} has commits that are not here, and the other way round",
                next_step=f"git pull --rebase {remote} {branch}, then run it again",
            )
        git.text("merge", "--ff-only", "--quiet", tip)
        return tip


def _head(git: Git) -> str:
    base = git.commit("HEAD")
    if base is None:
        raise VendorError(f"bump in {git.dir}: there is no commit to build on")
    return base


def _refuse_dirty(git: Git, dependency: Dependency) -> None:
    paths = (CONFIG_NAME, LOCK_NAME, dependency.path)
    flags = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *paths)
    entries = git.text("--literal-pathspecs", "status", *flags).split("\0")
    if dirty := [entry[3:] for entry in entries if entry]:
        shown = ", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else "")
        next_step = f"commit them, or undo them: git checkout HEAD -- {' '.join(paths)}"
        raise DirtyPaths(f"bump {dependency.name}: not committed: {shown}", next_step=next_step)
