"""Signed records: the state of an environment as a listed deployer recorded it.

A state file counts if it is, byte for byte, that of the newest commit in the history that changed
it and that a deployer of ``cepler/allowed_deployers`` signed. After an unsigned record, an edit, or
a merge that takes an older side it is another file, and does not count.
"""

from typing import NamedTuple

from promoter.gate.records import ALLOWED_DEPLOYERS
from promoter.git import Git
from promoter.git.signing import listed_keys, read_signature


class StateChange(NamedTuple):
    """A commit that changed a state file, and its committer's time in seconds since the epoch."""

    commit: str
    time: int


def record_problem(git: Git, at: str, path: str, deployers: bytes | None) -> str:
    """Return why the state file ``path`` in the commit ``at`` does not count, "" if it does.

    ``deployers`` is the list of keys that count.
    """
    if not listed_keys(deployers):
        return f"{ALLOWED_DEPLOYERS} lists nobody, so no record of {path} counts"
    changes = state_changes(git, path, at)
    unsigned: list[StateChange] = []
    for change in changes:
        if is_signed(git, change.commit, deployers):
            return _problem_after(git, change, unsigned, changes, at, path, deployers)
        unsigned.append(change)
    return f"no record of {path} is signed by a deployer in {ALLOWED_DEPLOYERS}"


def own_record_problem(git: Git, at: str, path: str, deployers: bytes | None) -> str:
    """Return why an environment's own record does not count, as `record_problem`.

    "" where no listed deployer ever signed one: then it is to be deployed for the first time so.
    """
    changes = state_changes(git, path, at)
    if not any(is_signed(git, change.commit, deployers) for change in changes):
        return ""
    return record_problem(git, at, path, deployers)


def is_signed(git: Git, commit: str, deployers: bytes | None) -> bool:
    """Return whether a listed deployer signed ``commit`` with a key that was valid then."""
    return read_signature(git, commit, deployers or b"").signer is not None


def state_changes(git: Git, path: str, *revisions: str) -> list[StateChange]:
    """Return the commits of ``revisions`` that changed ``path``, each before its ancestors."""
    options = ("--full-history", "--topo-order", "--format=%H %ct")
    lines = (line.split() for line in git.lines("log", *options, *revisions, "--", path))
    return [StateChange(commit, int(time)) for commit, time in lines]


def _problem_after(
    git: Git,
    newest: StateChange,
    unsigned: list[StateChange],
    changes: list[StateChange],
    at: str,
    path: str,
    deployers: bytes | None,
) -> str:
    """Return what is wrong with the state at ``at``, whose newest signed record is ``newest``."""
    signed = newest.commit[:12]
    aside = state_changes(git, path, at, f"^{newest.commit}")
    for change in aside:
        if change not in unsigned and is_signed(git, change.commit, deployers):
            return f"two signed records of {path}: {signed} and {change.commit[:12]}"
    if git.tree(newest.commit, path) != git.tree(at, path):
        by = unsigned[-1].commit if unsigned else at
        return f"commit {by[:12]} changed {path} after its signed record {signed}, unsigned"
    for change in changes:
        if change.time > newest.time and is_signed(git, change.commit, deployers):
            return f"record {signed} of {path} is older than {change.commit[:12]} before it"
    return ""
