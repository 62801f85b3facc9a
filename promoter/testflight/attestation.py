"""Attestations: signed commits that a chart ref passed its testflight.

They are files ``lana-bank/<ref>.json`` on the branch ``testflights`` of the deployments
repository, in commits signed with an SSH key that ``cepler/allowed_testers`` of main lists.
The list is not ``allowed_signers``: a tester need not be able to approve.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.common.errors import NothingNewer, UsageError
from promoter.git import Entry, Git, Ledger, is_full_id
from promoter.git.signing import can_sign, read_signature
from promoter.testflight.errors import NotTested, TestflightError

if TYPE_CHECKING:
    from promoter.testflight.result import TestflightResult

BRANCH = "testflights"
ALLOWED_TESTERS = "cepler/allowed_testers"
_CHART = "lana-bank"


@dataclass(frozen=True)
class Attestation:
    """A chart ref that passed: the attesting commit, and its verified signer."""

    ref: str
    content: str
    commit: str
    tested_by: str
    without: tuple[str, ...]

    @property
    def trailer(self) -> str:
        """The trailer that names it in a bump's commit."""
        left_out = f", without {', '.join(self.without)}" if self.without else ""
        return f"Testflight: {self.commit} by {self.tested_by}{left_out}"


def attest(root: Path, result: TestflightResult, *, remote: str = "origin") -> str:
    """Sign and push that ``result`` passed; return the commit.

    Raises `TestflightError` for one that did not pass, `UsageError` for a folder (its content
    cannot be looked up later) or where no SSH key is configured.
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
    """Raise what `attest` would, before a testflight spends its time: a folder, or no key."""
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


def find_attestation(git: Git, remote: str, ref: str, main: str) -> Attestation | None:
    """Return the attestation of the chart ref, None where there is none.

    ``main`` is the commit whose list of testers counts. Raises `NotTested` for one that none
    of them signed, or that names another ref.
    """
    tip = Ledger(git, remote, BRANCH).tip()
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
    return _parsed(content, ref, commit, signer)


def _parsed(content: bytes, ref: str, commit: str, signer: str) -> Attestation:
    try:
        document = json.loads(content)
        outcome, without = document["outcome"], tuple(document["without"])
        found = Attestation(document["ref"], document["content"], commit, signer, without)
    except (ValueError, KeyError, TypeError) as error:
        raise NotTested(f"read attestation of {ref[:12]}: {error!r}") from error
    if found.ref != ref:
        raise NotTested(f"verify attestation of {ref[:12]}: it names {found.ref[:12]}")
    if outcome != "passed":
        raise NotTested(f"verify attestation of {ref[:12]}: outcome is {outcome!r}")
    return found


def proof(git: Git, remote: str, branch: str, ref: str, untested: str = "") -> tuple[str, ...]:
    """Return the trailers of a bump to the chart ref: its attestation, or the waiver's reason.

    ``branch`` (empty: the checked-out one's name) of ``remote`` lists the testers. Without a
    list there is nothing to check against, and no trailer. Raises `NotTested` where there is
    one and ``ref`` has no attestation by a listed tester.
    """
    if untested:
        return (f"Untested: {' '.join(untested.split())}",)
    main = _main(git, remote, branch)
    if git.file(main, ALLOWED_TESTERS) is None:
        return ()
    found = find_attestation(git, remote, ref, main)
    if found is None:
        raise NotTested(
            f"vendor {ref[:12]}: it has not passed a testflight",
            next_step=f"promoter testflight run --chart {ref} --sign; or, if it must be, "
            "--untested '<reason>', which is recorded in the commit",
        )
    return (found.trailer,)


def _main(git: Git, remote: str, branch: str) -> str:
    """Return the commit whose testers count: the remote's, so that a local commit adds none."""
    name = branch or git.branch()
    if not name or remote not in git.lines("remote"):
        return "HEAD"
    return git.follow(remote, name).get(name, "HEAD")


def _file(ref: str) -> str:
    return f"{_CHART}/{ref}.json"
