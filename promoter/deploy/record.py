"""Record a deployment or evidence on the remote's branch, the last step of a deploy."""

from dataclasses import replace

from promoter.common.errors import RemoteMoved
from promoter.gate.decision import Decision
from promoter.gate.records import AlreadyRecorded, removal_message
from promoter.git.ledger import Entry, Ledger
from promoter.site.evidence import Evidence
from promoter.site.site import Site


def record(site: Site, decided: Decision, evidence: Evidence) -> str:
    """Commit the state file and its evidence, push, and return the commit.

    A deployment is recorded as it was decided, on top of whatever others pushed meanwhile.
    Only where the environment's own record moved are there two truths, and then
    `RecordMoved` names both.
    """

    def entry(tip: str | None) -> Entry:
        recorded = replace(site, tip=tip or site.tip).record(decided)
        files = {recorded.path: recorded.content, evidence.path: evidence.content()}
        return Entry(files, recorded.message)

    try:
        return _ledger(site).append(entry)
    except AlreadyRecorded:
        return site.fetched().tip


def remove(site: Site, evidence: Evidence) -> str:
    """Commit the removal of an environment's state file with its evidence, and push it.

    To cepler and to the gate it then is as before its first deployment.
    """

    def entry(tip: str | None) -> Entry:
        deployment = replace(site, tip=tip or site.tip).deployments[evidence.deployment]
        path, name = deployment.state_path(evidence.environment), evidence.environment
        removed = {path: None} if deployment.recorded(name) else {}
        files = {**removed, evidence.path: evidence.content()}
        return Entry(files, removal_message(deployment.name, name))

    return _ledger(site).append(entry)


def note(site: Site, evidence: Evidence) -> str | None:
    """Commit and push evidence alone; return None where the remote moved on every attempt."""
    message = (
        f"chore(evidence): {evidence.kind} of {evidence.environment} {evidence.outcome}\n\n"
        f"{evidence.summary}\n"
    )
    try:
        return _ledger(site).append(lambda _: Entry({evidence.path: evidence.content()}, message))
    except RemoteMoved:
        return None


def _ledger(site: Site) -> Ledger:
    return Ledger(site.git, site.remote, site.branch)
