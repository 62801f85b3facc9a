"""The promote-rc pull request: changelog and documentation of a candidate, to be merged.

Built on the candidate's own commit, it identifies it however far the branch has moved on.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import NothingNewer, RegistryError
from promoter.forge.forge import NewPullRequest, PullRequest, PullRequestState, Query
from promoter.git import Git, environment
from promoter.programs.command import run_program
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.bot_branch import propose
from promoter.release.candidate import candidate_of
from promoter.release.errors import ReleaseError
from promoter.release.merge_rules import DOCS, file_check, report_file_check
from promoter.release.settings import ChangelogSettings, Hook, ReleaseSettings, settings_at
from promoter.release.version import VersionTag

BRANCH = "bot-promote-rc"
LABEL = "promote-rc"
TITLE = "ci: promote RC to {}"
_HOOK_SECONDS = 600


def promote(application: Application, version: str = "") -> PullRequest:
    """Open the draft pull request for candidate ``version`` (default: the newest).

    An open one that differs is replaced, unless a person has reworded it. Raises `NothingNewer`
    without a candidate after the last release or once it is merged, `ReleaseError`,
    `RegistryError` where its images are missing.
    """
    tip = application.fetch()
    tag = _select_candidate(application, tip, version)
    final = str(tag.version.finalize_version())
    _require_unmerged(application, tag, final)
    settings = settings_at(application.git, tag.commit)
    application = application.at(settings)
    _require_images(application, tag, settings)
    _require_unedited(application)
    files = _changed_files(application, tag, final, settings)
    # Without [ci skip]: GitHub would not run the checks that the branch requires.
    message = f"ci: release {final}\n\nCandidate: {tag.version}\n"
    title, labels = TITLE.format(final), frozenset({LABEL, "galoybot", "ignore-pr-limit"})
    body = _body(application, tag, final)
    proposal = NewPullRequest(title, body, BRANCH, application.branch, draft=True, labels=labels)
    pull = propose(application, tag.commit, files, message, proposal, supersede=True)
    report_file_check(application.forge, pull)
    return pull


def candidate_in(application: Application, pull: PullRequest) -> VersionTag:
    """Return the candidate that ``pull`` was built on: its head's nearest tagged ancestor.

    It may have several commits (a reviewer's wording).
    """
    if application.git.commit(pull.head_commit) is None:
        # Its commits need not be in the fetched branch's history (a squash merge).
        application.git.fetch(application.remote, pull.head_commit)
    span = ("--first-parent", "--max-count=100", pull.head_commit)
    for commit in application.git.lines("rev-list", *span):
        if tag := candidate_of(application, commit):
            return tag
    raise ReleaseError(
        f"release pull request {pull.number}: none of its commits is a candidate",
        next_step="merge the pull request that promoter release promote opened",
    )


def _select_candidate(application: Application, tip: str, version: str) -> VersionTag:
    tags = application.tags(tip)
    candidates = [tag for tag in tags if tag.candidate_number is not None]
    if version:
        candidates = [tag for tag in candidates if str(tag.version) == version]
        if not candidates:
            raise ReleaseError(
                f"promote {version}: no such candidate",
                next_step="git ls-remote --tags lists them; promoter release candidate makes one",
            )
    releases = [tag.version for tag in tags if not tag.version.prerelease]
    newer = [tag for tag in candidates if all(tag.version > release for release in releases)]
    if not newer:
        raise NothingNewer(
            f"promote {version or 'a candidate'}: every candidate is released or superseded",
            next_step="promoter release candidate makes the next one",
        )
    return newer[-1]


def _require_unmerged(application: Application, tag: VersionTag, final: str) -> None:
    merged = Query(state=PullRequestState.MERGED, labels=frozenset({LABEL}))
    for pull in application.forge.pull_requests(merged):
        if pull.title == TITLE.format(final) and candidate_in(application, pull) == tag:
            raise NothingNewer(
                f"promote {tag.version}: pull request {pull.number} is merged",
                next_step="release it: promoter release final",
            )


def _require_images(application: Application, tag: VersionTag, settings: ReleaseSettings) -> None:
    for recipe in settings.images:
        if application.registry.digest(recipe.name, str(tag.version)) is None:
            raise RegistryError(
                f"promote {tag.version}: image {recipe.name} is not in the registry",
                next_step="complete the candidate: promoter release candidate",
            )


def _require_unedited(application: Application) -> None:
    """Raise `ReleaseError` if somebody has reworded what an open pull request would release.

    What else was pushed to the bot's branch is replaced.
    """
    git, bot = application.git, application.author
    for pull in application.forge.pull_requests(Query(head=BRANCH)):
        candidate = candidate_in(application, pull)
        commits = git.lines(
            "log", "--format=%h %an <%ae>", f"{candidate.commit}..{pull.head_commit}"
        )
        by_people = [each for each in commits if not each.endswith(f" {bot.name} <{bot.email}>")]
        changed = git.changed_between(candidate.commit, pull.head_commit)
        if by_people and file_check(changed).passes:
            raise ReleaseError(
                f"promote: pull request {pull.number} was edited by hand, and would be replaced:"
                f" commit {by_people[0]}",
                next_step="merge it, or close it and promote again",
            )


def _changed_files(
    application: Application, tag: VersionTag, final: str, settings: ReleaseSettings
) -> dict[str, bytes | None]:
    """Return the files that changelog and hooks change in a work tree of the candidate."""
    git = application.git
    with TemporaryDirectory() as folder, git.worktree(Path(folder) / "tree", tag.commit) as tree:
        _write_changelog(application, tree, tag, settings.changelog)
        for hook in settings.hooks:
            with application.progress.task(hook.name):
                _run(hook, tree.dir, final)
        changed = tree.changed()
        result = file_check(changed)
        if not result.passes:
            raise ReleaseError(
                f"promote {tag.version}: changelog and hooks changed files they may not, {result}",
                next_step="correct the hook in ci/release/release.yml that writes there",
            )
        files = {name: tree.dir / name for name in changed}
        return {name: f.read_bytes() if f.is_file() else None for name, f in files.items()}


def _write_changelog(
    application: Application, tree: Git, tag: VersionTag, settings: ChangelogSettings
) -> None:
    final, previous = str(tag.version.finalize_version()), application.release_before(tag)
    date = tree.text("show", "--no-patch", "--format=%cs", tag.commit)
    file = tree.dir / changelog.CHANGELOG
    text = file.read_bytes().decode() if file.is_file() else ""
    since = previous.name if previous else ""
    changelog.require_config(tree, tag.commit, settings)
    section = changelog.section(tree.dir, final, config=settings.config, previous=since, date=date)
    file.write_text(changelog.prepend(text, section, final), encoding="utf-8", newline="")


def _run(hook: Hook, folder: Path, version: str) -> None:
    variables = environment({"VERSION": version})
    try:
        done = run_program(hook.run, environment=variables, folder=folder, seconds=_HOOK_SECONDS)
    except OSError as error:
        raise ReleaseError(f"run hook {hook.name} ({hook.run[0]}): {error}") from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise ReleaseError(f"run hook {hook.name}: exit {done.returncode}: {lines[-1]}")


def _body(application: Application, tag: VersionTag, final: str) -> str:
    compare = "first release"
    if older := application.release_before(tag):
        compare = application.forge.compare_url(older.commit, tag.commit)
    return (
        f"# Promote {tag.version} to {final}\n\n"
        f"Merging this releases {final} from commit {tag.commit}.\n\n"
        f"Changes: {compare}\n\n"
        f"It may touch {changelog.CHANGELOG} and {DOCS}** only.\n"
    )
