"""Records: the next content of a state file, and the refusals to write it."""

from typing import NamedTuple

from promoter.common.errors import NothingNewer, PromoterError
from promoter.gate.decision import Decision
from promoter.gate.deployment import Deployment
from promoter.gate.evaluator import Evaluator
from promoter.gate.rules import FileChange, after_record, changes_between
from promoter.gate.state import DeployState, EnvironmentState, path_of
from promoter.gate.state_file import write_state
from promoter.gate.workspace import disk_hashes

ALLOWED_DEPLOYERS = "cepler/allowed_deployers"
"""The list of keys whose records count where the rules ask for signed ones (`ssh-keygen`)."""


class RecordMoved(PromoterError):
    """The environment was recorded by someone else since the decision was made."""


class AlreadyRecorded(NothingNewer):
    """The state to record is recorded already."""


class Recorded(NamedTuple):
    """A record to commit: the state file's path and bytes, and cepler's commit message."""

    environment: str
    path: str
    content: bytes
    message: str
    state: EnvironmentState
    changes: tuple[FileChange, ...]


def record(deployment: Deployment, due: Decision) -> Recorded:
    """Return the record of a decision on top of ``deployment``, for example at the new tip.

    Raises `AlreadyRecorded` where exactly this is recorded there already, and `RecordMoved`
    where the environment was recorded otherwise since the decision.
    """
    now = deployment.recorded(due.environment)
    if now == due.recorded:
        return record_state(deployment, due.environment, due.state)
    path, state = deployment.state_path(due.environment), due.state
    if (
        now is not None
        and now.version >= due.version
        and ((now.current.head_commit, now.current.files) == (state.head_commit, state.files))
    ):
        raise AlreadyRecorded(
            f"record {due.environment}: {path} has version {now.version} of it already"
        )
    raise RecordMoved(
        f"record {due.environment} at {due.trigger[:12]}: {path} moved from "
        f"{_version(due.recorded)} to {_version(now)} meanwhile",
        next_step=f"look at git log -p -- {path}, then deploy again",
    )


def record_state(deployment: Deployment, name: str, state: DeployState) -> Recorded:
    """Return the record that ``name`` now runs ``state``."""
    recorded = deployment.recorded(name)
    after = after_record(name, deployment.environment(name).passed, state, deployment.states)
    return Recorded(
        environment=name,
        path=deployment.state_path(name),
        content=write_state(after),
        message=record_message(deployment.name, name),
        state=after,
        changes=changes_between(state, recorded.current if recorded else None),
    )


def observed(deployment: Deployment, name: str, *, ignore_queue: bool = False) -> DeployState:
    """Return the state of the files that ``name`` takes as the work tree has them.

    A file that differs from what was decided is dirty, one that is missing has no hash.
    Only for a deployment read `in_worktree`.
    """
    disk = disk_hashes(deployment.git.dir)
    with deployment.reading() as history:
        evaluator = Evaluator(deployment, history, ignore_queue=ignore_queue)
        state = evaluator.state_on_disk(name, disk)
    files = {
        key: file._replace(file_hash=(found := disk(path_of(key))), dirty=found != file.file_hash)
        for key, file in state.files.items()
    }
    return state._replace(files=files)


def record_message(deployment: str, environment: str) -> str:
    """Return the message of the commit that records ``environment``, as cepler words it."""
    if deployment == "default":
        return f"ci(cepler): Updated '{environment}' state"
    return f"ci(cepler): Updated '{deployment}' state in '{environment}'"


def removal_message(deployment: str, environment: str) -> str:
    """Return the message of the commit that removes the record of a destroyed environment."""
    return record_message(deployment, environment).replace("Updated", "Removed", 1)


def _version(state: EnvironmentState | None) -> str:
    return f"version {state.version} ({state.current.head_commit[:12]})" if state else "nothing"
