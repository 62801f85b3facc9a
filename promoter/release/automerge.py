"""What may be merged with no person looking: one author, two labels, a few paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from promoter.common.errors import NotCleared
from promoter.forge.forge import Conclusion, Forge, PullRequest, PullRequestState


@dataclass(frozen=True)
class AutoMerge:
    """The rule: who, with which labels, touching which files below ``folder``.

    ``paths`` ending in ``/`` are folders.
    """

    author: str = "galoybot"
    labels: frozenset[str] = frozenset({"galoybot", "lana-bank"})
    paths: tuple[str, ...] = (
        "charts/lana-bank/values.yaml",
        "charts/lana-bank/Chart.yaml",
        "charts/lana-bank/tf/",
    )

    def objections(self, pull: PullRequest, changed: Iterable[str]) -> list[str]:
        """Why ``pull`` needs a person; empty: it does not."""
        said = []
        if pull.author != self.author:
            said.append(f"its author is {pull.author}, not {self.author}")
        if missing := self.labels - pull.labels:
            said.append(f"it lacks the labels {', '.join(sorted(missing))}")
        said += [f"it changes {path}" for path in changed if not self._covers(path)]
        return said

    def _covers(self, path: str) -> bool:
        return any(path.startswith(one) if one.endswith("/") else path == one for one in self.paths)


def automerge(forge: Forge, number: int, rule: AutoMerge | None = None) -> PullRequest:
    """Merge pull request ``number`` if the rule allows it; a merged one is given back.

    Raises `NotCleared` with every objection: the rule's, a draft, a check that has not
    succeeded. What is merged is the commit that was looked at.
    """
    pull = forge.pull_request(number)
    if pull.state is PullRequestState.MERGED:
        return pull
    said = (rule or AutoMerge()).objections(pull, forge.changed_files(number))
    said += [f"it is {word}" for word in _not_ready(pull)]
    said += [
        f"check {check.name} says {check.conclusion}"
        for check in forge.checks(pull.head_commit)
        if check.conclusion is not Conclusion.SUCCESS
    ]
    if said:
        raise NotCleared(
            f"merge pull request {number}: {'; '.join(said)}",
            next_step=f"have a person look at it: {pull.url}",
        )
    return forge.merge_pull_request(number, head_commit=pull.head_commit)


def _not_ready(pull: PullRequest) -> list[str]:
    words = [] if pull.state is PullRequestState.OPEN else [str(pull.state)]
    return [*words, "a draft"] if pull.draft else words
