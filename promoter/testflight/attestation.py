"""Attestations: signed commits that a chart ref passed its testflight.

They are files ``lana-bank/<ref>.json`` on the branch ``testflights`` of the deployments
repository, in commits signed with an SSH key that ``cepler/allowed_testers`` of main lists.
The list is not ``allowed_signers``: a tester need not be able to approve.
"""

import json
from operator import itemgetter
from pathlib import Path

from promoter.common.errors import NothingNewer, PromoterError, UsageError
from promoter.git import Git, is_full_id
from promoter.git.ledger import Entry, Ledger
from promoter.git.signing import can_sign, read_signature
from promoter.testflight.result import TestflightError, TestflightResult

BRANCH = "testflights"
MAIN = "main"
ALLOWED_TESTERS = "cepler/allowed_testers"
_CHART = "lana-bank"


class NotTested(PromoterError):
    """A chart ref has no attestation of a passed testflight."""


def attest(root: Path, result: TestflightResult, *, remote: str = "origin") -> str:
    """Sign and push that ``result`` passed; return the commit.

    Raises `TestflightError` if it did not pass, and the errors of `refuse_unsignable`.
    """
    if result.outcome != "passed" or result.report is None or result.report.failed:
        raise TestflightError(f"attest {result.ref[:12]}: it did not pass")
    refuse_unsignable(root, result.ref)
    git, file = Git(root), _file(result.ref)
    document = (json.dumps(result.evidence(), indent=2, sort_keys=True) + "\n").encode()
    message = f"test({_CHART}): {result.ref[:12]} passed its testflight\n\n{result.summary}\n"

    def entry(tip: str | None) -> Entry:
        if tip and git.file(tip, file) == document:
            raise NothingNewer(f"attest {result.ref[:12]}: already attested")
        return Entry({file: document}, message, sign=True)

    return Ledger(git, remote, BRANCH).append(entry)


def refuse_unsignable(root: Path, ref: str) -> None:
    """Raise `UsageError` for a folder, which nobody can look up later, or without an SSH key."""
    if not is_full_id(ref):
        raise UsageError(
            "attest: a folder was tested, not a ref of the charts repository",
            next_step="commit and push the chart, then test its ref",
        )
    if not can_sign(Git(root)):
        raise UsageError(
            "attest: git has no SSH key to sign with",
            next_step="git config gpg.format ssh; git config user.signingkey <file>",
        )


def find_attestation(git: Git, remote: str, ref: str, main: str) -> str | None:
    """Return the trailer that cites the attestation of the chart ref, None without one.

    ``main`` is the commit whose list of testers counts. Raises `NotTested` for an attestation
    that none of them signed, or that names another ref or outcome.
    """
    tip = _tip(git, remote, BRANCH)
    content = git.file(tip, _file(ref)) if tip else None
    if tip is None or content is None:
        return None
    commit = git.lines("log", "-1", "--format=%H", tip, "--", _file(ref))[0]
    signer = read_signature(git, commit, git.file(main, ALLOWED_TESTERS) or b"").signer
    if signer is None:
        raise NotTested(
            f"verify attestation of {ref[:12]}: commit {commit[:12]} on {BRANCH} is not signed "
            f"by anyone in {ALLOWED_TESTERS}",
            next_step=f"see who wrote it: git log {remote}/{BRANCH}",
        )
    try:
        fields = itemgetter("ref", "content", "outcome", "without")(json.loads(content))
        attested, _, outcome, without = fields
        left_out = f", without {', '.join(without)}" if without else ""
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotTested(f"read attestation of {ref[:12]}: {error!r}") from error
    if attested != ref:
        raise NotTested(f"verify attestation of {ref[:12]}: it names {attested[:12]}")
    if outcome != "passed":
        raise NotTested(f"verify attestation of {ref[:12]}: outcome is {outcome!r}")
    return f"Testflight: {commit} by {signer}{left_out}"


def proof(git: Git, remote: str, ref: str, untested: str = "") -> tuple[str, ...]:
    """Return the trailers of a bump to the chart ref: its attestation, or the waiver's reason.

    Branch main of ``remote`` (a name or an address) lists the testers: nothing that is only in
    this clone adds or removes one. Without a list there no attestation is required. Raises
    `NotTested` if a listed tester must attest ``ref``.
    """
    if untested:
        return (f"Untested: {' '.join(untested.split())}",)
    main = _tip(git, remote, MAIN)
    if main is None:
        raise NotTested(
            f"vendor {ref[:12]}: {remote} has no branch {MAIN}, which lists the testers",
            next_step="--remote with the deployments repository; or --untested '<reason>'",
        )
    if git.file(main, ALLOWED_TESTERS) is None:
        return ()
    trailer = find_attestation(git, remote, ref, main)
    if trailer is None:
        raise NotTested(
            f"vendor {ref[:12]}: it has not passed a testflight",
            next_step=f"promoter testflight run --chart {ref} --sign; or, if it must be, "
            "--untested '<reason>', which is recorded in the commit",
        )
    return (trailer,)


def _tip(git: Git, remote: str, branch: str) -> str | None:
    """Return the commit of ``branch`` on ``remote`` now, fetched where it is not here yet."""
    ref = f"refs/heads/{branch}"
    tip = git.remote_ref(remote, ref)
    if tip and git.commit(tip) is None:
        git.fetch(remote, ref)
    return tip


def _file(ref: str) -> str:
    return f"{_CHART}/{ref}.json"
