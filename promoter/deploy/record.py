"""Record a deployment or evidence on the remote's branch, the last step of a deploy."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from promoter.common.errors import GitError, PromoterError, RemoteMoved
from promoter.common.text import inert_message
from promoter.gate.begun import Begun, mark_path
from promoter.gate.decision import Decision
from promoter.gate.records import AlreadyRecorded, removal_message
from promoter.git.ledger import Entry, Ledger
from promoter.git.signing import can_sign
from promoter.site.evidence import Evidence, actor, now
from promoter.site.site import Site


def record(
    site: Site, decided: Decision, evidence: Evidence, proof: Mapping[str, bytes] | None = None
) -> str:
    """Commit the state file, its evidence and ``proof`` (by path), push, and return the commit.

    A deployment is recorded as it was decided, on top of whatever others pushed meanwhile.
    Only where the environment's own record moved are there two truths, and then
    `RecordMoved` names both.
    """

    def entry(tip: str | None) -> Entry:
        recorded = replace(site, tip=tip or site.tip).record(decided)
        files = {
            recorded.path: recorded.content,
            evidence.path: evidence.content(),
            **(proof or {}),
        }
        return Entry(files, recorded.message)

    try:
        return _append(site, entry)
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
        mark = mark_path(deployment.name, name)
        files = {**removed, mark: None, evidence.path: evidence.content()}
        return Entry(files, removal_message(deployment.name, name))

    return _append(site, entry)


def mark_begun(site: Site, name: str, trigger: str) -> None:
    """Mark the environment before it is changed; its next record ends that.

    The mark is pushed to the branch of the record, so what cannot be recorded is not applied.
    """
    path = mark_path(site.deployment_of(name), name)
    mark = _mark_of(site, name, trigger, actor())
    try:
        _mark(site, path, mark.content(), f"chore(evidence): a change of {name} begun")
    except RemoteMoved:
        raise
    except GitError as error:
        lines = error.stderr.splitlines()
        words = [line for line in lines if "[remote rejected]" in line] or [str(error)]
        raise PromoterError(
            f"change {name}: nothing was applied, because {site.branch} of {site.remote} takes no "
            f"record from here: {words[-1].strip()}",
            next_step=f"trigger the job {name} of the deployments pipeline: its key may push",
        ) from error


def mark_drift(site: Site, name: str, trigger: str) -> None:
    """Mark the environment as changed by somebody after ``trigger`` was recorded."""
    mark = _mark_of(site, name, trigger, f"somebody (found by {actor()})")
    path = mark_path(site.deployment_of(name), name)
    _mark(site, path, mark.content(), f"chore(evidence): {name} is not what was recorded")


def _mark_of(site: Site, name: str, trigger: str, by: str) -> Begun:
    recorded = site.deployments[site.deployment_of(name)].recorded(name)
    return Begun(recorded.version + 1 if recorded else 1, trigger, by, now())


def _mark(site: Site, path: str, content: bytes, message: str) -> None:
    _append(site, lambda _: Entry({path: content}, message))


def note(site: Site, evidence: Evidence) -> str:
    """Commit and push evidence alone; return the commit."""
    message = (
        f"chore(evidence): {evidence.kind} of {evidence.environment} {evidence.outcome}\n\n"
        f"{inert_message(evidence.summary)}\n"
    )
    return _append(site, lambda _: Entry({evidence.path: evidence.content()}, message))


def keep(site: Site, what: str, files: Mapping[str, bytes]) -> str:
    """Commit and push ``files``, which belong to a deploy that another program records."""
    return _append(site, lambda _: Entry(files, f"chore(evidence): {what}"))


def _append(site: Site, entry: Callable[[str | None], Entry]) -> str:
    """Commit and push what ``entry`` returns for the tip, signed where git has an SSH key.

    The mark of a begun deploy is signed too: a key that cannot sign shows before the apply.
    """
    sign = can_sign(site.git)
    ledger = Ledger(site.git, site.remote, site.branch)
    return ledger.append(lambda tip: entry(tip)._replace(sign=sign))
