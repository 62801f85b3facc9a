"""Recording: the last step, on top of whatever the remote's branch has become meanwhile."""

from __future__ import annotations

from promoter.deploy.evidence import Evidence
from promoter.deploy.site import Site
from promoter.errors import RemoteMoved
from promoter.gate.decision import Due
from promoter.gate.records import AlreadyRecorded

_TRIES = 5


def record(site: Site, decided: Due, evidence: Evidence) -> str:
    """Commit the state file and its evidence, push, and give the commit.

    What was deployed is recorded as it was decided. Commits that others pushed meanwhile are
    kept below it; only where the environment's own record moved there are two truths, and
    then `RecordMoved` names both.
    """
    for _ in range(_TRIES):
        present = site.fetched()
        try:
            recorded = present.record(decided)
        except AlreadyRecorded:
            return present.tip
        commit = present.git.commit_files(
            present.tip,
            {recorded.path: recorded.content, evidence.path: evidence.content()},
            recorded.message,
        )
        try:
            present.push(commit)
        except RemoteMoved as error:
            moved = error
            continue
        return commit
    raise moved


def note(site: Site, evidence: Evidence) -> str | None:
    """Commit and push evidence alone; None where the remote moved on every try."""
    for _ in range(_TRIES):
        present = site.fetched()
        message = (
            f"chore(evidence): {evidence.kind} of {evidence.environment} {evidence.outcome}\n\n"
            f"{evidence.summary}\n"
        )
        commit = present.git.commit_files(present.tip, {evidence.path: evidence.content()}, message)
        try:
            present.push(commit)
        except RemoteMoved:
            continue
        return commit
    return None
