"""Whether a commit is a record: what `promoter deploy` or cepler would have committed."""

from __future__ import annotations

from promoter.common.errors import InvalidFile, PromoterError
from promoter.gate.deployment import Deployment
from promoter.gate.gates import Gates
from promoter.gate.records import Recorded, record, record_message
from promoter.gate.sources import state_path
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.lint.finding import some
from promoter.lint.subject import Environment, read_subject
from promoter.site.evidence import folder


def not_a_record(git: Git, commit: str, parent: str | None, path: str) -> str:
    """Why ``commit``, which changed the state file ``path``, is no record; "" where it is.

    A record changes one state file and adds evidence of the same environment, says so in its
    message, and has exactly the state that the gate would have recorded on its parent. That
    somebody did deploy before it, no commit can prove.
    """
    content = git.file(commit, path)
    known = _environments(git, commit)
    if content is None:
        return f"{known[path].name} is still in {known[path].file}" if path in known else ""
    if path not in known or parent is None:
        return "no record could be made there"
    environment = known[path]
    return _wrong_commit(git, commit, parent, path, environment) or _wrong_content(
        git, parent, content, environment
    )


def _environments(git: Git, commit: str) -> dict[str, Environment]:
    """The environments at ``commit`` by the path of their state file."""
    return {
        state_path(each.file, each.deployment, each.name): each
        for each in read_subject(git, commit).environments()
    }


def _wrong_commit(git: Git, commit: str, parent: str, path: str, environment: Environment) -> str:
    evidence = f"{folder(environment.deployment, environment.name)}/"
    changed = git.text("diff-tree", "-r", "-z", "--name-only", "--no-renames", parent, commit)
    beside = [
        each
        for each in changed.split("\0")
        if each and each != path and not each.startswith(evidence)
    ]
    if beside:
        return f"changed {some(beside)} as well, which a record does not"
    message = record_message(environment.deployment, environment.name)
    if git.text("log", "-1", "--format=%s", commit) != message:
        return f"its message is not a record's: {message}"
    return ""


def _wrong_content(git: Git, parent: str, content: bytes, environment: Environment) -> str:
    try:
        trigger = read_state(content, environment.name).current.head_commit
    except InvalidFile as error:
        return str(error)
    if git.commit(trigger) != trigger or not git.is_ancestor(trigger, parent):
        return f"what it records, {trigger[:12]}, is not in the history before it"
    reasons = []
    for ignore_queue in (False, True):
        try:
            recorded = _record(git, parent, trigger, environment, ignore_queue=ignore_queue)
        except PromoterError as error:
            reasons.append(str(error))
            continue
        if recorded is not None and recorded.content == content:
            return ""
    cause = f": {reasons[0]}" if reasons else ""
    return f"has another state than the gate would have recorded at {trigger[:12]}{cause}"


def _record(
    git: Git, parent: str, trigger: str, environment: Environment, *, ignore_queue: bool
) -> Recorded | None:
    """The record that deploying ``trigger`` would have made on top of ``parent``."""
    gates = Gates(environment.file, {environment.name: trigger})
    deployment = Deployment.at_commit(git, parent, environment.file, gates)
    due = deployment.check(environment.name, ignore_queue=ignore_queue, origins=True)
    return record(deployment, due) if due is not None else None
