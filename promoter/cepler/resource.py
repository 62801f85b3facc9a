"""The steps of the Concourse resource: ``check``, ``in`` and ``out``.

Requests and answers are the JSON of cepler's resource. Unlike cepler's, it does not write the
whole request, private key included, into a file for debugging.
"""

import shutil
from pathlib import Path

from promoter.approvals.control import GitControl
from promoter.cepler.record import record_here
from promoter.cepler.request import (
    Answer,
    ResourceRequest,
    ResourceSource,
    ResourceVersion,
    invalid,
)
from promoter.common.errors import PromoterError
from promoter.common.files import write_atomically
from promoter.common.progress import Progress
from promoter.forge.links import compare_link
from promoter.gate import gates
from promoter.gate.decision import Decision
from promoter.gate.decision import check as find_due
from promoter.gate.deployment import Deployment
from promoter.gate.rules import FileChange
from promoter.gate.workspace import Workspace, gating_files, prepare_here, reproduce_here
from promoter.git import Git

_MOST_COMMITS = 20

Entry = dict[str, str]


def check(request: ResourceRequest, cache: Path, progress: Progress) -> list[Answer]:
    """Return the versions from the requested one on; the repository is kept in ``cache``."""
    source, last = request.source, request.version
    if cache.exists() and any(cache.iterdir()):
        progress.note("Pulling latest state")
        git = Git(cache)
        source.remote.pull(git, source.gates_branch)
    else:
        progress.note("Cloning repo")
        git = source.remote.clone(cache)
    deployment = Deployment.at_commit(git, "HEAD", source.config)
    if source.environment is None:
        progress.note("No environment specified - ignoring")
        return []
    deployment.environment(source.environment)
    progress.note("Checking equivalence with last deployed state...")
    deployment = _gated(deployment, source)
    due = find_due(deployment, source.environment, ignore_queue=source.ignore_queue)
    versions = [last._asdict()] if last is not None else []
    if due is not None and due.holds:
        progress.note(f"Not cleared: {due.holds[0]}")
        return versions
    if due is not None and (last is None or last.trigger != due.trigger):
        progress.note("Found new state to deploy")
        return [*versions, _version(due.trigger, due.version)]
    progress.note("Nothing new to deploy" if due is None else "Last trigger is still up to date")
    return versions


def fetch_into(request: ResourceRequest, destination: Path, progress: Progress) -> Answer:
    """Do ``in``: fill ``destination`` with the requested version, or leave it empty.

    Raises `PromoterError` where another version is due by now.
    """
    source, requested = request.source, request.version
    if requested is None:
        raise invalid("version is missing")
    if source.environment is None:
        progress.note("No environment specified... providing an empty dir")
        return _emptied(destination, requested)
    progress.note(f"Cloning repo to '{destination}'")
    git = source.remote.clone(destination)
    deployment = Deployment.at_commit(git, "HEAD", source.config)
    Workspace(git, source.config, deployment.name).write(gating_files(deployment))
    deployment.environment(source.environment)
    deployment = _gated(deployment, source)
    progress.note(f"Checking if we can prepare deployment at trigger '{requested.trigger}'")
    prepares = request.params is None or request.params.prepare
    due = _prepared(deployment, source, requested, progress) if prepares else None
    if due is None:
        progress.note("Reproducing last state")
        recorded = reproduce_here(deployment, source.environment, clean=True)
        if recorded.current.head_commit != requested.trigger:
            progress.note("Reproduced state is out of sync - providing empty dir")
            return _emptied(destination, requested)
    write_atomically(destination / ".git/cepler_environment", source.environment.encode())
    write_atomically(destination / ".git/cepler_trigger", requested.trigger.encode())
    before = due.recorded.current.head_commit if due and due.recorded else None
    changes = metadata(due.changes if due else (), gone="File was removed")
    ours = own_metadata(git, source.uri, source.environment, before, requested.trigger)
    return {"version": requested._asdict(), "metadata": [*changes, *ours]}


def _prepared(
    deployment: Deployment, source: ResourceSource, requested: ResourceVersion, progress: Progress
) -> Decision | None:
    """Prepare what is due and return it; None if nothing is new."""
    name = source.environment or ""
    due = find_due(deployment, name, ignore_queue=source.ignore_queue, origins=True)
    refused = due is not None and due.holds and due.trigger != requested.trigger
    if due is None or refused:
        progress.note("Nothing new to deploy... reproducing last state")
        return None
    if due.holds:
        due.require_due()
    if due.trigger != requested.trigger:
        raise PromoterError(
            f"prepare {name} at {requested.trigger[:12]}: Trigger is out of sync, "
            f"{due.trigger[:12]} is due by now",
            next_step="let the pipeline check again",
        )
    progress.note("Preparing the workspace")
    prepare_here(deployment, name, clean=True, ignore_queue=source.ignore_queue)
    return due


def _emptied(folder: Path, version: ResourceVersion) -> Answer:
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return {"version": version._asdict(), "metadata": []}


def record_from(request: ResourceRequest, origin: Path, progress: Progress) -> Answer:
    """Do ``out``: record the files of the repository below ``origin``, commit and push."""
    params = request.params
    if params is None:
        raise invalid("params is missing")
    if params.repository is None:
        raise invalid("repository is missing")
    source = request.source
    git = Git(origin / params.repository)
    deployment = Deployment.in_worktree(git, source.config)
    name = params.environment or source.environment
    if name is None:
        raise invalid("Environment not specified in source")
    deployment.environment(name)
    deployment = _gated(deployment, source)
    last = deployment.recorded(name)
    recorded = record_here(
        deployment,
        name,
        progress,
        ignore_queue=source.ignore_queue,
        reset=True,
        remote=source.remote,
    )
    trigger = recorded.state.current.head_commit
    before = last.current.head_commit if last else None
    ours = own_metadata(git, source.uri, name, before, trigger)
    return {
        "version": _version(trigger, recorded.state.version),
        "metadata": [*metadata(recorded.changes, gone=""), *ours],
    }


def _gated(deployment: Deployment, source: ResourceSource) -> Deployment:
    """Return ``deployment`` with its marks, under the gates that ``source`` names, if any."""
    file, branch = source.gates_file, source.gates_branch
    tip = deployment.git.commit(f"refs/remotes/origin/{branch}") if branch is not None else None
    deployment = deployment.with_marks()
    deployment = deployment.controlled_by(GitControl(deployment, tip))
    if file is None:
        if branch is not None:
            raise invalid("Missing gates_file in source")
        return deployment
    if branch is not None:
        return deployment.under(gates.from_branch(deployment.git, branch, file))
    return deployment.under(gates.from_commit(deployment.git, deployment.tip, file))


def _version(trigger: str, version: int) -> Answer:
    return ResourceVersion(trigger, str(version))._asdict()


def metadata(changes: tuple[FileChange, ...], *, gone: str) -> list[Entry]:
    """Return cepler's entries: each file with the commit that last changed it."""
    return [
        {"name": change.identity, "value": change.current.summary() if change.current else gone}
        for change in changes
    ]


def own_metadata(git: Git, uri: str, name: str, before: str | None, trigger: str) -> list[Entry]:
    """Return environment, commits from ``before`` (None: nothing ran) to ``trigger``, link."""
    known = before is not None and before != trigger and git.commit(before) is not None
    span = [f"{before}..{trigger}"] if known else ["-1", trigger]
    lines = git.lines("log", "--format=[%h] - %s", *span)
    if (more := len(lines) - _MOST_COMMITS) > 0:
        lines[_MOST_COMMITS:] = [f"and {more} more"]
    entries = {"environment": name, "commits": "\n".join(lines)}
    if known and (link := compare_link(uri, before or "", trigger)):
        entries["compare"] = link
    return [{"name": key, "value": value} for key, value in entries.items()]
