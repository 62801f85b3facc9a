"""The pull requests of the bot that merge without a review."""

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.common.errors import NotCleared
from promoter.forge.forge import Conclusion, PullRequest, PullRequestState
from promoter.release import bot_commit
from promoter.release.application import HostedRepository


@dataclass(frozen=True)
class AutoMerge:
    """The author, labels and paths (``x/`` is a folder) of pull requests that need no review.

    ``source`` is the repository whose releases they pin.
    """

    author: str = "galoybot"
    labels: frozenset[str] = frozenset({"galoybot", "lana-bank"})
    paths: tuple[str, ...] = (
        "charts/lana-bank/values.yaml",
        "charts/lana-bank/Chart.yaml",
        "charts/lana-bank/tf/",
    )
    source: str = "https://github.com/GaloyMoney/lana-bank"

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


def automerge(charts: HostedRepository, number: int, rule: AutoMerge) -> PullRequest:
    """Merge pull request ``number``, only at the commit checked here; return it if it is merged.

    Raises `NotCleared` with every objection: the rule's, a draft, an unsuccessful check, a commit
    that is not the bot's own (`bot_commit`).
    """
    forge = charts.forge
    pull = forge.pull_request(number)
    if pull.state is PullRequestState.MERGED:
        return pull
    reasons = rule.objections(pull, forge.changed_files(number))
    reasons += bot_commit.objections(charts, pull, rule.source)
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
