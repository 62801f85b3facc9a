"""`promoter vendor bump`: one dependency to another ref, in one commit.

The commit is made of objects only, on the tip of the branch; branch, files and index
follow once it exists, and has been pushed where that is asked for. So a push that lost a
race is decided again on the new tip, with nothing to undo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from promoter.common.errors import InvalidFile, NothingNewer, RemoteMoved, UsageError
from promoter.common.progress import Progress, Silent
from promoter.git import Git
from promoter.vendoring.config import (
    CONFIG_NAME,
    Dependency,
    VendirConfig,
    config_document,
    find_dependency,
    parse_config,
)
from promoter.vendoring.errors import DirtyPaths, VendorError
from promoter.vendoring.git_source import Locked
from promoter.vendoring.images import Images
from promoter.vendoring.journal import Journal, put_in_place, resume
from promoter.vendoring.lock import (
    LOCK_NAME,
    Lock,
    LockedContents,
    config_digest,
    lock_bytes,
    parse_lock,
)
from promoter.vendoring.snapshot import commit_blobs, commit_with, folder_blobs
from promoter.vendoring.staging import Fetcher, GitFetcher, check_links, place, refuse_links
from promoter.vendoring.summary import ChartSnapshot, message, pin_changes
from promoter.vendoring.swap import workshop
from promoter.vendoring.yamlfile import replace_scalar

_TRIES = 5


@dataclass(frozen=True)
class Bumped:
    """A bump that happened: the dependency's commits (40 hex digits) and the commit made."""

    dependency: str
    old: str
    new: str
    commit: str
    message: str


@dataclass(frozen=True)
class BumpOptions:
    """How a bump is made: where it is pushed, who fetches, what is checked and added.

    ``branch`` is the remote's (empty: the checked-out one's name); ``images`` is asked for
    every new pin; ``tested`` for the trailers that prove the new ref (40 hex digits), and it
    raises where there is no proof; ``trailers`` end the commit message.
    """

    remote: str = "origin"
    branch: str = ""
    fetcher: Fetcher = field(default_factory=GitFetcher)
    images: Images | None = None
    trailers: Sequence[str] = ()
    tested: Callable[[str], Sequence[str]] | None = None
    progress: Progress = field(default_factory=Silent)


def bump(
    root: Path,
    dependency: str,
    ref: str,
    *,
    push: bool = False,
    progress: Progress | None = None,
    terms: BumpOptions | None = None,
) -> Bumped:
    """Vendor ``dependency`` at ``ref`` in one commit on the current branch of ``root``.

    ``ref`` may be a sha, tag or branch; vendir.yml gets the commit's 40 hex digits, because
    a name decides nothing. Only vendir.yml, vendir.lock.yml and the dependency's folder
    change; everything else in the work tree stays as it is, committed or not. ``push``
    moves the remote's branch by compare-and-swap and starts over from its new tip when
    somebody else was first.

    Raises `NothingNewer` when that commit is vendored already, `DirtyPaths` when one of
    these paths has changes, `RefNotFound`, `VendorError`, `GitError`.
    """
    given = terms or BumpOptions()
    given = replace(given, progress=progress) if progress else given
    git = Git(root.resolve())
    with workshop(git.dir) as stage:
        resume(git, stage)
        for number in range(_TRIES):
            tip = _catch_up(git, given) if push else None
            attempt = _Attempt(git, dependency, ref, stage / f"try-{number}", given)
            made = attempt.make()
            if not push or _pushed(git, given, made.commit, tip):
                put_in_place(git, attempt.journal(made), attempt.folder, attempt.stage)
                return made
    raise RemoteMoved(
        f"push the bump of {dependency} to {given.remote}: it moved {_TRIES} times",
        next_step="run the command again when the branch is quieter",
    )


@dataclass(frozen=True)
class _Attempt:
    git: Git
    name: str
    ref: str
    stage: Path
    terms: BumpOptions

    @property
    def folder(self) -> Path:
        return self.stage / "new"

    def journal(self, made: Bumped) -> Journal:
        return Journal(self.git.text("rev-parse", f"{made.commit}^"), made.commit, made.dependency)

    def make(self) -> Bumped:
        """The commit, on HEAD; nothing but objects and ``stage`` is written."""
        git, base = self.git, _head(self.git)
        content = git.file(base, CONFIG_NAME)
        if content is None:
            raise VendorError(f"bump {self.name}: {CONFIG_NAME} is not committed in {git.dir}")
        config = parse_config(content)
        found = find_dependency(config, self.name)
        _refuse_dirty(git, found)
        before = _lock(git, base)
        locked = before.find(found.directory.path, found.contents.path)
        fresh = self._fetch(found, locked.git.sha if locked else "")
        proof = self.terms.tested(fresh.sha) if self.terms.tested else ()
        place_ = (*found.place, "git", "ref")
        written = replace_scalar(config_document(content), place_, fresh.sha, CONFIG_NAME)
        _refuse_shared(config, parse_config(written), found)
        entry = _entry(written, found, fresh)
        lock = lock_bytes(before.with_contents(config.order(), found.directory.path, entry))
        old = ChartSnapshot(commit_blobs(git, base, found.path), _values(git, base, found.path))
        new = ChartSnapshot(folder_blobs(git, self.folder), _read_values(self.folder))
        self._check_images(old, new)
        was = locked.git.sha if locked else ""
        text = message(found.name, found.contents.git.url, (was, fresh.sha), old, new)
        trailers = (*self.terms.trailers, *proof)
        text += "\n" + "".join(f"{one}\n" for one in trailers) if trailers else ""
        files = {CONFIG_NAME: written, LOCK_NAME: lock}
        commit = commit_with(git, base, found.path, new.blobs, files, text, self.stage)
        return Bumped(found.path, was, fresh.sha, commit, text)

    def _fetch(self, found: Dependency, old: str) -> Locked:
        if old and self.ref == old == found.contents.git.ref:
            raise _nothing_newer(found, old)
        refuse_links(self.git.dir, found.path)
        self.stage.mkdir()
        with self.terms.progress.task(f"vendor {found.path} at {self.ref}"):
            current = self.git.dir / found.path
            fresh = place(
                self.terms.fetcher,
                found.contents,
                self.ref,
                current,
                self.folder,
                self.stage / "work",
            )
            check_links(self.folder)
        if old and fresh.sha == old == found.contents.git.ref:
            raise _nothing_newer(found, old)
        return fresh

    def _check_images(self, old: ChartSnapshot, new: ChartSnapshot) -> None:
        images = self.terms.images
        if images is None:
            return
        for change in pin_changes(old, new):
            if change.new is None:
                continue
            reference = f"{change.new.image}@{change.new.digest}"
            with self.terms.progress.task(f"look up {reference}"):
                there = images.exists(reference)
            if not there:
                raise VendorError(
                    f"bump {self.name} to {self.ref}: the registry does not have {reference}, "
                    f"which {change.new.path} pins",
                    next_step="push that image, or bump to a ref whose images are there",
                )


def _refuse_shared(old: VendirConfig, new: VendirConfig, found: Dependency) -> None:
    """An anchor's text is in several places: to replace it would bump them all."""
    for was, now in zip(old.dependencies(), new.dependencies(), strict=True):
        if was.path != found.path and was.contents != now.contents:
            raise InvalidFile(
                CONFIG_NAME,
                f"{found.path}: git",
                f"is shared with {was.path} by an anchor (&) and an alias (*)",
                next_step="write url and ref themselves there, then run it again",
            )


def _entry(config: bytes, found: Dependency, fresh: Locked) -> LockedContents:
    changed = find_dependency(parse_config(config), found.path).contents
    return LockedContents(changed.path, fresh, config_digest(changed) if changed.lazy else "")


def _head(git: Git) -> str:
    base = git.commit("HEAD")
    if base is None:
        raise VendorError(f"bump in {git.dir}: there is no commit to build on")
    return base


def _lock(git: Git, base: str) -> Lock:
    content = git.file(base, LOCK_NAME)
    return Lock(()) if content is None else parse_lock(content)


def _values(git: Git, base: str, path: str) -> str:
    content = git.file(base, f"{path}/values.yaml")
    return (content or b"").decode(errors="replace")


def _read_values(folder: Path) -> str:
    file = folder / "values.yaml"
    return file.read_bytes().decode(errors="replace") if file.is_file() else ""


def _refuse_dirty(git: Git, found: Dependency) -> None:
    ours = (CONFIG_NAME, LOCK_NAME, found.path)
    looked = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *ours)
    entries = git.text("--literal-pathspecs", *looked).split("\0")
    dirty = [entry[3:] for entry in entries if entry]
    if dirty:
        shown = ", ".join(dirty[:5]) + (f" and {len(dirty) - 5} more" if len(dirty) > 5 else "")
        raise DirtyPaths(
            f"bump {found.name}: not committed: {shown}",
            next_step=f"commit them, or undo them: git checkout HEAD -- {' '.join(ours)}",
        )


def _nothing_newer(found: Dependency, sha: str) -> NothingNewer:
    return NothingNewer(f"bump {found.name}: {sha} is vendored already")


def _branch(git: Git, terms: BumpOptions) -> str:
    branch = terms.branch or git.branch()
    if not branch:
        raise UsageError(
            "push the bump: no branch is checked out",
            next_step="check a branch out, or say --branch",
        )
    return branch


def _catch_up(git: Git, terms: BumpOptions) -> str | None:
    """The remote branch's commit, with the checked-out branch moved up to it."""
    ref = f"refs/heads/{_branch(git, terms)}"
    tip = git.remote_ref(terms.remote, ref)
    head = _head(git)
    if tip is None or tip == head:
        return tip
    git.fetch(terms.remote, ref)
    if git.is_ancestor(tip, head):
        return tip
    if not git.is_ancestor(head, tip):
        raise VendorError(
            f"push the bump: {terms.remote} has commits that are not here, and the other way round",
            next_step=f"git pull --rebase {terms.remote} {_branch(git, terms)}, then run it again",
        )
    git.text("merge", "--ff-only", "--quiet", tip)
    return tip


def _pushed(git: Git, terms: BumpOptions, commit: str, tip: str | None) -> bool:
    try:
        git.push(terms.remote, commit, f"refs/heads/{_branch(git, terms)}", expect=tip)
    except RemoteMoved as moved:
        terms.progress.note(f"{moved}; starting over from its new tip")
        return False
    return True
