"""The rule for state files: only a record changes them.

A state file says what an environment runs, and the next environment takes what it says: an
edited one lets through what was never deployed.
"""

from collections.abc import Iterator, Mapping
from itertools import product

from promoter.approvals.rules_in_force import proposed
from promoter.approvals.signed_records import is_signed, record_problem, state_changes
from promoter.common.errors import InvalidFile, PromoterError
from promoter.common.finding import Finding, summarize
from promoter.gate.decision import check
from promoter.gate.deployment import Deployment
from promoter.gate.gates import Gates
from promoter.gate.history import History
from promoter.gate.records import ALLOWED_DEPLOYERS, record, record_message, removal_message
from promoter.gate.sources import state_path
from promoter.gate.state_file import read_state
from promoter.git import Git
from promoter.lint.rules.changes import GateChange
from promoter.lint.snapshot import STATES, Environment, is_state, read_snapshot
from promoter.site.evidence import folder


def check_edited_states(change: GateChange) -> Iterator[Finding]:
    """Find every change of a state file, commit by commit, that is not a record."""
    start, end, git = change.before.commit, change.after.commit, change.git
    with History(git) as history:
        for line in reversed(git.lines("rev-list", "--topo-order", "--parents", f"{start}..{end}")):
            commit, *parents = line.split()
            trees = [history.read(f"{each}:{STATES}") for each in (commit, *parents)]
            if parents and len({tree and tree.id for tree in trees}) == 1:
                continue
            for path, reason in record_problems(git, history, commit, parents):
                remedy = f"undo the change of the state file: git checkout {start[:12]} -- {path}"
                yield Finding(path, f"commit {commit[:12]} changed it: {reason}", remedy)


def check_unsigned_records(change: GateChange) -> Iterator[Finding]:
    """Find records that no deployer signed, of environments whose records have to be signed."""
    git, end = change.git, change.after.commit
    for file in change.after.configs:
        deployment = Deployment.at_commit(git, end, file)
        files = proposed(deployment)
        asking = (name for name, each in files.rules.environments.items() if each.signed_records)
        passed = dict.fromkeys(deployment.environment(name).passed for name in asking)
        for path in (deployment.state_path(name) for name in passed if name):
            span = f"{change.before.commit}..{end}"
            commits = [each.commit for each in state_changes(git, path, "--no-merges", span)]
            problems = [
                f"commit {commit[:12]} changed it, and no deployer of {ALLOWED_DEPLOYERS} signed it"
                for commit in reversed(commits)
                if not is_signed(git, commit, files.deployers)
            ]
            state = filter(None, (record_problem(git, end, path, files.deployers),))
            for problem in problems or state:
                yield Finding(path, problem, "deploy that environment again with a listed key")


def record_problems(
    git: Git, history: History, commit: str, parents: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield each state file that ``commit`` must not change like that, and the reason.

    A merge must have each state file as the only side that changed it.
    """
    after, sides = _states(history, commit), [_states(history, parent) for parent in parents]
    fork = "".join(parents)
    if len(parents) > 1:
        fork = git.attempt("merge-base", "--octopus", *parents).stdout.decode().strip()
    before = _states(history, fork) if fork else {}
    for path in sorted({*before, *after}.union(*sides)):
        old, new = before.get(path), after.get(path)
        changed = {side.get(path) for side in sides} - {old}
        if len(changed) > 1:
            yield path, "both sides of the merge have a record of it"
        elif len(parents) > 1 and new != next(iter(changed), old):
            yield path, "neither side of the merge recorded it like that"
        elif len(parents) < 2 and new != old:
            reason = _record_problem(git, commit, fork or None, path)
            if reason:
                yield path, reason


def _states(history: History, commit: str) -> Mapping[str, str]:
    """Return the blob of each state file, by path."""
    listing = history.listing(commit, [STATES])
    return {path: entry.blob for path, entry in listing.items() if is_state(path)}


def _record_problem(git: Git, commit: str, parent: str | None, path: str) -> str:
    """Return the reason why ``commit`` is not a record of the state file ``path``, or "".

    A record changes one state file and adds evidence of the same environment, has the message
    of a record, and exactly the content that the gate would have recorded on its parent; one
    of a destroy removes the file instead, with a message of its own.
    That the deploy took place, no commit can prove.
    """
    content = git.file(commit, path)
    environments = {
        state_path(each.file, each.deployment, each.name): each
        for each in read_snapshot(git, commit).environments()
    }
    environment = environments.get(path)
    if content is None and (environment is None or parent is None):
        return ""
    if environment is None or parent is None:
        return "no record is possible there"
    evidence = f"{folder(environment.deployment, environment.name)}/"
    changed = git.changed_between(parent, commit)
    others = [each for each in changed if each != path and not each.startswith(evidence)]
    words = record_message if content is not None else removal_message
    message, problem = words(environment.deployment, environment.name), ""
    if others:
        problem = f"a record does not change {summarize(others)}"
    elif git.text("log", "-1", "--format=%s", commit) != message:
        problem = f"the message of a record is: {message}"
    if content is None:
        return problem and f"{environment.name} is still in {environment.file}"
    return problem or _content_problem(git, parent, content, environment)


def _content_problem(git: Git, parent: str, content: bytes, environment: Environment) -> str:
    try:
        trigger = read_state(content, environment.name).current.head_commit
    except InvalidFile as error:
        return str(error)
    if git.commit(trigger) != trigger or not git.is_ancestor(trigger, parent):
        return f"it records {trigger[:12]}, which is not in the history before it"
    reasons = []
    # After merges the walk back from the trigger may go further than the one that ended there.
    for at, ignore_queue in product(dict.fromkeys((trigger, parent)), (False, True)):
        gates = Gates(environment.file, {environment.name: at})
        try:
            deployment = Deployment.at_commit(git, parent, environment.file, gates).with_marks()
            due = check(deployment, environment.name, ignore_queue=ignore_queue, origins=True)
            if due is not None and record(deployment, due).content == content:
                return ""
        except PromoterError as error:
            reasons.append(str(error))
    cause = f": {reasons[0]}" if reasons else ""
    return f"it is not the state that the gate records at {trigger[:12]}{cause}"
