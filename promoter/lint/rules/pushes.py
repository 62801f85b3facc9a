"""The rule for what is pushed to main past a pull request: records, and what a sync vendors.

Only the deploy key of the pipelines pushes to main. A pull request is merged by GitHub, which
commits as itself and signs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.common.finding import Finding, summarize
from promoter.git import Git

_GITHUB = "noreply@github.com"
_OF_PIPELINES = (
    "cepler/.cepler/",
    "cepler/evidence/",
    "charts/",
    "vendir.yml",
    "vendir.lock.yml",
)
"""The files and folders that a pipeline pushes: `promoter deploy`, cepler-out and the bump."""


@dataclass(frozen=True)
class Pushes:
    """The commits of main that follow ``before``, up to ``after``."""

    git: Git
    before: str
    after: str

    def commits(self) -> Iterator[str]:
        """Yield those that no merge of a pull request made, the oldest first."""
        span = f"{self.before}..{self.after}"
        for commit in self.git.lines("rev-list", "--first-parent", "--reverse", span):
            header = self.git.text("cat-file", "commit", commit).partition("\n\n")[0]
            committer = next(line for line in header.splitlines() if line.startswith("committer "))
            if f"<{_GITHUB}>" not in committer or "\ngpgsig " not in header:
                yield commit

    def paths(self, commit: str) -> list[str]:
        """Return the paths that ``commit`` changed on main."""
        words = ("--name-only", "--no-renames", "-z", f"{commit}^1", commit)
        return [path for path in self.git.text("diff", *words).split("\0") if path]


def check_pushed_commits(pushes: Pushes) -> Iterator[Finding]:
    """Find pushed commits that change what a pipeline has no reason to change."""
    for commit in pushes.commits():
        other = [path for path in pushes.paths(commit) if not _is_of_pipelines(path)]
        if other:
            reason = f"commit {commit[:12]} was pushed without a pull request: {summarize(other)}"
            yield Finding(other[0], reason, "revert it and propose it in a pull request")


def _is_of_pipelines(path: str) -> bool:
    return any(
        path.startswith(each) if each.endswith("/") else path == each for each in _OF_PIPELINES
    )
