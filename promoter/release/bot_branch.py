"""A pull request of the bot: one commit on a branch of its own, proposed and kept current."""

from collections.abc import Mapping

from promoter.forge.forge import NewPullRequest, PullRequest, Query
from promoter.git.signing import can_sign
from promoter.release.application import HostedRepository
from promoter.release.errors import ReleaseError


def propose(
    repository: HostedRepository,
    parent: str,
    files: Mapping[str, bytes | None],
    message: str,
    proposal: NewPullRequest,
    *,
    supersede: bool = False,
) -> PullRequest:
    """Commit ``files`` on ``parent``, push the bot's branch, open or update the pull request.

    With ``supersede`` an open one with another commit or title is closed and a new one opened.
    Running it again changes nothing. The branch moves by compare-and-swap: raises `RemoteMoved`,
    `ForgeError`, `ReleaseError` where another process pushed meanwhile.
    """
    forge = repository.forge
    git, author = repository.git, repository.author
    commit = git.commit_files(parent, files, message, author=author, sign=can_sign(git))
    commit = _push(repository, parent, commit, proposal.head, supersede=supersede)
    for pull in forge.pull_requests(Query(head=proposal.head)):
        if not supersede:
            forge.edit_pull_request(pull.number, title=proposal.title, body=proposal.body)
        elif (pull.head_commit, pull.title) != (commit, proposal.title):
            forge.close_pull_request(pull.number)
            continue
        forge.add_labels(pull.number, proposal.labels)
        return forge.pull_request(pull.number)
    opened = forge.open_pull_request(proposal)
    if opened.head_commit != commit:
        raise ReleaseError(
            f"open the pull request of {proposal.head}: somebody pushed to it meanwhile",
            next_step="run it again; the branch is the bot's alone",
        )
    return opened


def _push(
    repository: HostedRepository, parent: str, commit: str, head: str, *, supersede: bool
) -> str:
    """Return the branch's commit: the present one where it is the same, else ``commit``."""
    git = repository.git
    present = git.follow(repository.remote, head).get(head)
    if present and (git.commit(f"{present}^"), git.tree(present)) == (parent, git.tree(commit)):
        return present
    if supersede:
        # Before the push, which would change the content of an open pull request.
        for pull in repository.forge.pull_requests(Query(head=head)):
            repository.forge.close_pull_request(pull.number)
    git.push(repository.remote, commit, f"refs/heads/{head}", expect=present)
    return commit
