"""Recording: the last step, on top of whatever the remote's branch has become meanwhile."""

from __future__ import annotations

from promoter.common.errors import RemoteMoved
from promoter.gate.decision import Decision
from promoter.gate.records import AlreadyRecorded
from promoter.git import retry_when_moved
from promoter.site.evidence import Evidence
from promoter.site.site import Site


def record(site: Site, decided: Decision, evidence: Evidence) -> str:
    """Commit the state file and its evidence, push, and give the commit.

    What was deployed is recorded as it was decided. Commits that others pushed meanwhile are
    kept below it; only where the environment's own record moved there are two truths, and
    then `RecordMoved` names both.
    """

    def recorded() -> str:
        present = site.fetched()
        try:
            made = present.record(decided)
        except AlreadyRecorded:
            return present.tip
        return _pushed(present, {made.path: made.content}, evidence, made.message)

    return retry_when_moved(recorded)


def note(site: Site, evidence: Evidence) -> str | None:
    """Commit and push evidence alone; None where the remote moved on every try."""
    message = (
        f"chore(evidence): {evidence.kind} of {evidence.environment} {evidence.outcome}\n\n"
        f"{evidence.summary}\n"
    )
    try:
        return retry_when_moved(lambda: _pushed(site.fetched(), {}, evidence, message))
    except RemoteMoved:
        return None


def _pushed(site: Site, files: dict[str, bytes], evidence: Evidence, message: str) -> str:
    """A commit of ``files`` and of the evidence on top of the site's tip, pushed."""
    content = {**files, evidence.path: evidence.content()}
    commit = site.git.commit_files(site.tip, content, message)
    site.push(commit)
    return commit
