"""The files that a pull request of the bot may change, and which of them merge unattended."""

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.common.errors import NotCleared
from promoter.forge.forge import Conclusion, Forge, PullRequest, PullRequestState, StatusCheck
from promoter.git import Git
from promoter.release.changelog import CHANGELOG
from promoter.release.commits import require_range

FILE_CHECK = "promote-rc-file-check"
DOCS = "docs-site/"


@dataclass(frozen=True)
class FileCheck:
    """The files that a promotion must not change: all but CHANGELOG.md and docs-site/**."""

    rejected: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """True if every file is allowed."""
        return not self.rejected

    def __str__(self) -> str:
        if self.passes:
            return f"only {CHANGELOG} and {DOCS}**"
        return f"not allowed: {', '.join(self.rejected)}"


def file_check(paths: Iterable[str]) -> FileCheck:
    """Check ``paths``: each must be CHANGELOG.md or below docs-site/."""
    return FileCheck(tuple(p for p in paths if p != CHANGELOG and not p.startswith(DOCS)))


def range_file_check(git: Git, revisions: str) -> FileCheck:
    """Check the files that ``revisions`` (``main...HEAD``) changes, without a forge."""
    require_range("check the files of", revisions, "main...HEAD")
    changed = git.text("diff", "--name-only", "--no-renames", "-z", revisions, "--")
    return file_check(name for name in changed.split("\0") if name)


def report_file_check(forge: Forge, pull: PullRequest) -> FileCheck:
    """Check the files of a promote-rc pull request and set the check of its head commit."""
    result = file_check(forge.changed_files(pull.number))
    conclusion = Conclusion.SUCCESS if result.passes else Conclusion.FAILURE
    forge.set_check(pull.head_commit, StatusCheck(FILE_CHECK, conclusion, str(result)))
    return result


@dataclass(frozen=True)
class AutoMerge:
    """The author, labels and paths (``x/`` is a folder) of pull requests that need no review."""

    author: str = "galoybot"
    labels: frozenset[str] = frozenset({"galoybot", "lana-bank"})
    paths: tuple[str, ...] = (
        "charts/lana-bank/values.yaml",
        "charts/lana-bank/Chart.yaml",
        "charts/lana-bank/tf/",
    )

    def objections(self, pull: PullRequest, changed: Iterable[str]) -> list[str]:
        """Return the reasons why ``pull`` needs a review; empty: it needs none."""
        reasons = []
        if pull.author != self.author:
            reasons.append(f"its author is {pull.author}, not {self.author}")
        if missing := self.labels - pull.labels:
            reasons.append(f"it lacks the labels {', '.join(sorted(missing))}")
        folders = tuple(path for path in self.paths if path.endswith("/"))
        others = (p for p in changed if p not in self.paths and not p.startswith(folders))
        return reasons + [f"it changes {path}" for path in others]


def automerge(forge: Forge, number: int, rule: AutoMerge | None = None) -> PullRequest:
    """Merge pull request ``number``, only at the commit checked here; return it if it is merged.

    Raises `NotCleared` with every objection: the rule's, a draft, an unsuccessful check.
    """
    pull = forge.pull_request(number)
    if pull.state is PullRequestState.MERGED:
        return pull
    reasons = (rule or AutoMerge()).objections(pull, forge.changed_files(number))
    if pull.state is not PullRequestState.OPEN:
        reasons.append(f"it is {pull.state}")
    if pull.draft:
        reasons.append("it is a draft")
    checks = [c for c in forge.checks(pull.head_commit) if c.conclusion is not Conclusion.SUCCESS]
    reasons += [f"check {check.name} is {check.conclusion}" for check in checks]
    if reasons:
        raise NotCleared(
            f"merge pull request {number}: {'; '.join(reasons)}",
            next_step=f"request a review: {pull.url}",
        )
    return forge.merge_pull_request(number, head_commit=pull.head_commit)
