"""Record a deployment or evidence on the remote's branch, the last step of a deploy."""

from collections.abc import Callable
from dataclasses import replace

from promoter.common.errors import GitError, PromoterError, RemoteMoved
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


def begin(site: Site, evidence: Evidence) -> None:
    """Push evidence before anything is applied, on a remote that others have, too.

    Only a real push meets a forge's rules for its branches. Raises `PromoterError` where it is
    refused: then nothing could be recorded afterwards. The platform's own remote takes pushes.
    """
    if site.local:
        return
    try:
        _ledger(site).append(_noted(evidence))
    except RemoteMoved:
        raise
    except GitError as error:
        lines = error.stderr.splitlines()
        words = [line for line in lines if "[remote rejected]" in line] or [str(error)]
        raise PromoterError(
            f"{evidence.kind} {evidence.environment}: nothing was applied, because "
            f"{site.branch} of {site.remote} takes no record from here: {words[-1].strip()}",
            next_step=f"trigger the job {evidence.environment} of the deployments pipeline, "
            "whose deploy key may push",
        ) from error


def note(site: Site, evidence: Evidence) -> str | None:
    """Commit and push evidence alone; return None where the remote moved on every attempt."""
    try:
        return _ledger(site).append(_noted(evidence))
    except RemoteMoved:
        return None


def _noted(evidence: Evidence) -> Callable[[str | None], Entry]:
    message = (
        f"chore(evidence): {evidence.kind} of {evidence.environment} {evidence.outcome}\n\n"
        f"{evidence.summary}\n"
    )
    return lambda _: Entry({evidence.path: evidence.content()}, message)


def _ledger(site: Site) -> Ledger:
    return Ledger(site.git, site.remote, site.branch)
