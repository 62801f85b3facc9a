"""Rules for a change of the gate: environments that became easier to change than before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from promoter.common.finding import Finding, summarize
from promoter.git import Git
from promoter.lint.rules.environments import upstream_names
from promoter.lint.snapshot import Environment, GateSnapshot

_INTENDED = "restore it; if it is intended, the owners of cepler/ merge it despite this check"


@dataclass(frozen=True)
class GateChange:
    """The gate before and after a change; ``git`` has all commits in between."""

    git: Git
    before: GateSnapshot
    after: GateSnapshot

    @cached_property
    def environments_after(self) -> Mapping[tuple[str, str], Environment]:
        """The environments after the change, by deployment and name."""
        return {(each.deployment, each.name): each for each in self.after.environments()}

    def pairs(self) -> Iterator[tuple[Environment, Environment]]:
        """Yield every environment that is still there, before and after the change."""
        for before in self.before.environments():
            after = self.environments_after.get((before.deployment, before.name))
            if after is not None:
                yield before, after


def check_dropped_environments(change: GateChange) -> Iterator[Finding]:
    """Find environments that are in no cepler file of their deployment any more."""
    unreadable = {finding.place for finding in change.after.invalid}
    for before in change.before.environments():
        key = (before.deployment, before.name)
        if key not in change.environments_after and before.file not in unreadable:
            reason = f"environment {before.name} of {before.deployment} is removed"
            yield Finding(before.file, reason, _INTENDED)


def check_removed_passed(change: GateChange) -> Iterator[Finding]:
    """Find environments that wait no longer, directly or not, for the one in ``passed``.

    One more in between (staging, canary, production) weakens nothing.
    """
    for before, after in change.pairs():
        passed = before.config.passed
        if passed is not None and passed not in upstream_names(change.after, after):
            now = f"'{after.config.passed}'" if after.config.passed else "nothing"
            reason = f"{after.name} waited for '{passed}' and now waits for {now}"
            yield Finding(after.file, reason, _INTENDED)


def check_ignored_queues(change: GateChange) -> Iterator[Finding]:
    """Find environments that may now skip deployments of the one before."""
    for before, after in change.pairs():
        if after.config.ignore_queue and not before.config.ignore_queue:
            reason = f"{after.name} now has 'ignore_queue' and skips queued deployments"
            yield Finding(after.file, reason, _INTENDED)


def check_unpropagated_files(change: GateChange) -> Iterator[Finding]:
    """Find ``propagated`` patterns whose files are now in ``latest``, or in no pattern.

    Files are compared: a pattern may be split, but not lose to one in ``latest``. Without a
    ``passed``, `check_removed_passed` reports instead.
    """
    for before, after in change.pairs():
        if None in (after.config.passed, before.config.passed) or after.config == before.config:
            continue
        for text in dict.fromkeys(before.config.propagated):
            propagated = filter(before.propagates, change.after.matching(text))
            paths = [path for path in propagated if not after.propagates(path)]
            moved = text in after.config.latest and text not in after.config.propagated
            if paths or moved:
                files = f" ({summarize(paths)})" if paths else ""
                taken = not paths or after.latest.matches(paths[0])
                now = "is now taken from 'latest'" if taken else "is in no pattern any more"
                had = f"{after.name} took '{text}'{files} as '{after.config.passed}' had it"
                yield Finding(after.file, f"{had}; it {now}", _INTENDED)
