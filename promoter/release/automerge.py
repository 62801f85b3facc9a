"""The pull requests of the bot that merge without a review."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from promoter.common.errors import NotCleared
from promoter.common.progress import Progress, Silent
from promoter.forge.forge import BOT_LOGIN, Conclusion, Forge, PullRequest, PullRequestState
from promoter.release import bot_commit
from promoter.release.application import HostedRepository
from promoter.release.terraform_modules import Validate, not_validated


@dataclass(frozen=True)
class AutoMerge:
    """The author, labels and paths (``x/`` is a folder) of pull requests that need no review.

    ``source`` is the repository whose releases they pin, ``check`` the one that merges, which does
    not wait for itself. Other checks may take ``wait`` seconds.
    """

    author: str = BOT_LOGIN
    labels: frozenset[str] = frozenset({"galoybot", "lana-bank"})
    paths: tuple[str, ...] = (
        "charts/lana-bank/values.yaml",
        "charts/lana-bank/Chart.yaml",
        "charts/lana-bank/is-release",
        "charts/lana-bank/migrations",
        "charts/lana-bank/tf/",
    )
    source: str = "https://github.com/GaloyMoney/lana-bank"
    check: str = "bot-automerge-lana"
    wait: float = 1200.0
    pause: float = 15.0

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


def automerge(
    charts: HostedRepository,
    number: int,
    rule: AutoMerge,
    progress: Progress | None = None,
    validate: Validate = not_validated,
) -> PullRequest:
    """Merge pull request ``number``, only at the commit checked here; return it if it is merged.

    Waits for the checks that the branch requires, and for others that have begun. Raises
    `NotCleared` with every objection: the rule's, a draft, a commit that is not the bot's own
    (`bot_commit`), what the release breaks (`Bump.review`), or else the checks that did not
    succeed.
    """
    forge = charts.forge
    pull = forge.pull_request(number)
    if pull.state is PullRequestState.MERGED:
        return pull
    reasons = rule.objections(pull, forge.changed_files(number))
    reasons += bot_commit.objections(charts, pull, rule.source, validate)
    if pull.state is not PullRequestState.OPEN:
        reasons.append(f"it is {pull.state}")
    if pull.draft:
        reasons.append("it is a draft")
    if reasons := reasons or unsuccessful_checks(forge, pull, rule, progress or Silent()):
        raise NotCleared(
            f"merge pull request {number}: {'; '.join(reasons)}",
            next_step=f"request a review: {pull.url}",
        )
    return forge.merge_pull_request(number, head_commit=pull.head_commit)


def unsuccessful_checks(
    forge: Forge, pull: PullRequest, rule: AutoMerge, progress: Progress
) -> list[str]:
    """Return the checks of the head that fail, or still run when the time is over."""
    required, deadline = forge.required_checks(pull.base), time.monotonic() + rule.wait
    with progress.task(f"wait for the checks of pull request {pull.number}") as report:
        while True:
            found = {c.name: c.conclusion for c in forge.checks(pull.head_commit)}
            missing = [
                f"required check {name} did not report" for name in required if name not in found
            ]
            found.pop(rule.check, None)
            running = [f"check {n} is {c}" for n, c in found.items() if c is Conclusion.PENDING]
            failed = [f"check {n} is {c}" for n, c in found.items() if c is Conclusion.FAILURE]
            if failed or not (running or missing) or time.monotonic() >= deadline:
                return [*failed, *running, *missing]
            report("; ".join([*running, *missing]))
            time.sleep(rule.pause)
