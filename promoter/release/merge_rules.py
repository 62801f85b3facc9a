"""The files that a promotion may change."""

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.forge.forge import Conclusion, Forge, PullRequest, StatusCheck
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
    return file_check(git.changed_between(revisions))


def report_file_check(forge: Forge, pull: PullRequest) -> FileCheck:
    """Check the files of a promote-rc pull request and set the check of its head commit."""
    result = file_check(forge.changed_files(pull.number))
    conclusion = Conclusion.SUCCESS if result.passes else Conclusion.FAILURE
    forge.set_check(pull.head_commit, StatusCheck(FILE_CHECK, conclusion, str(result)))
    return result
