"""What a promotion may touch: CHANGELOG.md and docs-site/**, nothing that is built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.forge.forge import Conclusion, Forge, PullRequest, StatusCheck
from promoter.git import Git
from promoter.release.changelog import CHANGELOG
from promoter.release.errors import ReleaseError

FILE_CHECK = "promote-rc-file-check"
DOCS = "docs-site/"


@dataclass(frozen=True)
class FileCheck:
    """Which of a pull request's files it may not touch; none: it passes."""

    refused: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether every file is allowed."""
        return not self.refused

    def __str__(self) -> str:
        if self.passes:
            return f"only {CHANGELOG} and {DOCS}**"
        return f"not allowed: {', '.join(self.refused)}"


def checked(forge: Forge, pull: PullRequest) -> FileCheck:
    """Check a promote-rc pull request's files and say so at its head commit."""
    found = file_check(forge.changed_files(pull.number))
    conclusion = Conclusion.SUCCESS if found.passes else Conclusion.FAILURE
    forge.set_check(pull.head_commit, StatusCheck(FILE_CHECK, conclusion, str(found)))
    return found


def file_check(paths: Iterable[str]) -> FileCheck:
    """Which of ``paths`` are neither CHANGELOG.md nor below docs-site/."""
    allowed = (CHANGELOG,)
    return FileCheck(
        tuple(path for path in paths if path not in allowed and not path.startswith(DOCS))
    )


def checked_range(git: Git, revisions: str) -> FileCheck:
    """The same for what ``revisions`` (``main...HEAD``) changes, without a forge."""
    if revisions.startswith("-") or ".." not in revisions:
        raise ReleaseError(
            f"check the files of {revisions}: not a range", next_step="write it as main...HEAD"
        )
    changed = git.text("diff", "--name-only", "--no-renames", "-z", revisions, "--")
    return file_check(name for name in changed.split("\0") if name)
