"""The promote-rc pull request: changelog and documentation of a candidate, for a person to merge.

It is built on the candidate's own commit, so what is merged says which candidate was meant
however far the branch has moved on.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from promoter.common.errors import NothingNewer, RegistryError
from promoter.forge.forge import NewPullRequest, PullRequest, PullRequestState, Query
from promoter.git import Git, environment
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.candidate import candidate_of
from promoter.release.errors import ReleaseError
from promoter.release.file_check import DOCS, checked, file_check
from promoter.release.history import VersionTag
from promoter.release.settings import Hook, read_settings
from promoter.release.source import source_of_commit
from promoter.release.version import candidate_number

BRANCH = "bot-promote-rc"
LABEL = "promote-rc"
LABELS = frozenset({LABEL, "galoybot"})


def promote(application: Application, version: str = "") -> PullRequest:
    """Open the draft pull request for candidate ``version`` (default: the newest).

    An open one is replaced, unless it is this very one. Raises `NothingNewer` without a
    candidate after the last release or once its pull request is merged, `ReleaseError`,
    `RegistryError` where the candidate's images are missing.
    """
    tip = application.fetch()
    tag = _chosen(application, tip, version)
    final = str(tag.version.finalize_version())
    _require_unmerged(application, tag, final)
    _require_images(application, tag)
    commit = _commit(application, tag, final)
    opened = _pull_request(application, tag, final, commit)
    checked(application.forge, opened)
    return opened


def _chosen(application: Application, tip: str, version: str) -> VersionTag:
    tags = application.tags(tip)
    candidates = [tag for tag in tags if candidate_number(tag.version) is not None]
    if version:
        candidates = [tag for tag in candidates if str(tag.version) == version]
        if not candidates:
            raise ReleaseError(
                f"promote {version}: there is no such candidate",
                next_step="git ls-remote --tags lists them; promoter release candidate makes one",
            )
    released = [tag.version for tag in tags if not tag.version.prerelease]
    newer = [tag for tag in candidates if all(tag.version > one for one in released)]
    if not newer:
        raise NothingNewer(
            f"promote {version or 'a candidate'}: every candidate is released or overtaken",
            next_step="promoter release candidate makes the next one",
        )
    return newer[-1]


def _require_unmerged(application: Application, tag: VersionTag, final: str) -> None:
    merged = Query(state=PullRequestState.MERGED, labels=frozenset({LABEL}))
    for pull in application.forge.pull_requests(merged):
        if pull.title == _title(final) and candidate_in(application, pull) == tag:
            raise NothingNewer(
                f"promote {tag.version}: pull request {pull.number} is merged",
                next_step="release it: promoter release final",
            )


def _require_images(application: Application, tag: VersionTag) -> None:
    settings = read_settings(source_of_commit(application.git, tag.commit))
    for recipe in settings.images:
        if application.registry.digest(recipe.name, str(tag.version)) is None:
            raise RegistryError(
                f"promote {tag.version}: image {recipe.name} is not in the registry",
                next_step="complete the candidate: promoter release candidate",
            )


def _commit(application: Application, tag: VersionTag, final: str) -> str:
    """The commit with changelog and documentation, on top of the candidate's.

    What the branch on the remote has already is taken, if it is the same.
    """
    git = application.git
    with (
        tempfile.TemporaryDirectory() as folder,
        git.worktree(Path(folder) / "tree", tag.commit) as tree,
    ):
        files = _written(application, tree, tag, final)
    message = f"ci: release {final} [ci skip]\n\nCandidate: {tag.version}\n"
    made = git.commit_files(tag.commit, files, message, author=application.author)
    ref = f"refs/heads/{BRANCH}"
    there = git.follow(application.remote, BRANCH).get(BRANCH)
    if there:
        parent = git.commit(f"{there}^")
        if (parent, git.tree(there)) == (tag.commit, git.tree(made)):
            return there
    _close_others(application)
    git.push(application.remote, made, ref, expect=there)
    return made


def _written(
    application: Application, tree: Git, tag: VersionTag, final: str
) -> dict[str, bytes | None]:
    """The files that changelog and hooks change in the work tree ``tree``."""
    settings = read_settings(source_of_commit(application.git, tag.commit))
    date = application.git.text("show", "--no-patch", "--format=%cs", tag.commit)
    path = tree.dir / changelog.CHANGELOG
    said = path.read_bytes().decode() if path.is_file() else ""
    new = changelog.section(tree.dir, final, date)
    path.write_text(changelog.prepend(said, new, final), encoding="utf-8", newline="")
    for hook in settings.hooks:
        with application.progress.task(hook.name):
            _run(hook, tree.dir, final)
    changed = tree.changed()
    found = file_check(changed)
    if not found.passes:
        raise ReleaseError(
            f"promote {tag.version}: changelog and hooks changed files they may not, {found}",
            next_step="correct the hook in ci/release/release.yml that writes there",
        )
    return {name: _bytes(tree.dir / name) for name in changed}


def _run(hook: Hook, folder: Path, version: str) -> None:
    try:
        done = subprocess.run(
            hook.run,
            cwd=folder,
            env=environment({"VERSION": version}),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseError(f"run hook {hook.name} ({hook.run[0]}): {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise ReleaseError(f"run hook {hook.name}: exit {done.returncode}: {said[-1]}")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _close_others(application: Application) -> None:
    for pull in application.forge.pull_requests(Query(head=BRANCH)):
        application.forge.close_pull_request(pull.number)


def _pull_request(
    application: Application, tag: VersionTag, final: str, commit: str
) -> PullRequest:
    """The open pull request for ``commit``, opened or completed."""
    forge = application.forge
    for pull in forge.pull_requests(Query(head=BRANCH)):
        if pull.head_commit == commit and pull.title == _title(final):
            forge.add_labels(pull.number, LABELS)
            return forge.pull_request(pull.number)
        forge.close_pull_request(pull.number)
    return forge.open_pull_request(
        NewPullRequest(
            _title(final),
            _body(application, tag, final),
            BRANCH,
            application.branch,
            draft=True,
            labels=LABELS,
        )
    )


def _title(final: str) -> str:
    return f"ci: promote RC to {final}"


def _body(application: Application, tag: VersionTag, final: str) -> str:
    released = [one for one in application.tags(tag.commit) if not one.version.prerelease]
    older = [one for one in released if one.version < tag.version]
    compare = (
        application.forge.compare_url(older[-1].commit, tag.commit) if older else "first release"
    )
    return (
        f"# Promote {tag.version} to {final}\n\n"
        f"Merging this releases {final} from commit {tag.commit}.\n\n"
        f"What is in it: {compare}\n\n"
        f"It may touch {changelog.CHANGELOG} and {DOCS}** only.\n"
    )


def candidate_in(application: Application, pull: PullRequest) -> VersionTag:
    """The candidate that a promote-rc pull request was built on.

    Its own commits may be more than one (a reviewer's wording), so the first ancestor that
    is tagged as a candidate counts.
    """
    if application.git.commit(pull.head_commit) is None:
        # Its commits need not be in the fetched branch's history (a squash merge).
        application.git.fetch(application.remote, pull.head_commit)
    span = ("--first-parent", "--max-count=100", pull.head_commit)
    for commit in application.git.lines("rev-list", *span):
        found = candidate_of(application, commit)
        if found:
            return found
    raise ReleaseError(
        f"release pull request {pull.number}: none of its commits is a candidate",
        next_step="merge the pull request that promoter release promote opened",
    )
