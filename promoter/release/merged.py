"""The merged promote-rc pull request that a release is cut from."""

from promoter.common.errors import NotCleared, NothingNewer
from promoter.forge.forge import PullRequest, PullRequestState, Query
from promoter.release.application import Application
from promoter.release.errors import ReleaseError
from promoter.release.merge_rules import file_check, report_file_check
from promoter.release.promotion import LABEL


def merged_pull_request(application: Application, number: int) -> PullRequest:
    """Return the promote-rc pull request ``number`` (0: the newest merged one).

    Raises `NothingNewer` without one, `NotCleared` while it is not merged, `ReleaseError` where it
    changed other files than a promotion may.
    """
    if number:
        pulls = [application.forge.pull_request(number)]
    else:
        found = application.forge.pull_requests(Query(state=None, labels=frozenset({LABEL})))
        pulls = [pull for pull in found if pull.state is not PullRequestState.CLOSED]
    if not pulls:
        raise NothingNewer(
            "release: no promote-rc pull request is open or merged",
            next_step="promoter release promote opens one",
        )
    merged = [pull for pull in pulls if pull.state is PullRequestState.MERGED]
    if not merged:
        raise NotCleared(
            f"release pull request {pulls[0].number}: it is {pulls[0].state}, not merged",
            next_step=f"review and merge it: {pulls[0].url}",
        )
    _require_promote_rc(application, merged[0])
    return merged[0]


def _require_promote_rc(application: Application, pull: PullRequest) -> None:
    if LABEL not in pull.labels:
        raise ReleaseError(f"release pull request {pull.number}: it has no label {LABEL}")
    result = file_check(application.forge.changed_files(pull.number))
    if not result.passes:
        report_file_check(application.forge, pull)
        raise ReleaseError(
            f"release pull request {pull.number}: {result}",
            next_step="revert its other changes, then promote the candidate again",
        )
