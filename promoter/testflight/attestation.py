"""Attestations: signed commits that say that a chart ref passed its testflight.

They are files ``lana-bank/<ref>.json`` on the branch ``testflights`` of the deployments
repository, in commits signed with an SSH key that ``cepler/allowed_testers`` of main names.
Not ``allowed_signers``: whoever tests need not be able to approve.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promoter.common.errors import NothingNewer, UsageError
from promoter.git import Git, is_full_id, retry_when_moved
from promoter.testflight.errors import NotTested, TestflightError

if TYPE_CHECKING:
    from promoter.testflight.result import TestflightResult

BRANCH = "testflights"
ALLOWED_TESTERS = "cepler/allowed_testers"
_CHART = "lana-bank"


@dataclass(frozen=True)
class Attestation:
    """A chart ref that passed: the commit that says so, and its verified signer."""

    ref: str
    content: str
    commit: str
    tested_by: str
    without: tuple[str, ...]

    @property
    def trailer(self) -> str:
        """How a bump's commit names it."""
        left_out = f", without {', '.join(self.without)}" if self.without else ""
        return f"Testflight: {self.commit} by {self.tested_by}{left_out}"


def attest(root: Path, flown: TestflightResult, *, remote: str = "origin") -> str:
    """Sign that ``flown`` passed and push it; gives the commit.

    Raises `TestflightError` for one that did not pass, `UsageError` for a folder (nobody can
    look up what it held) or where no SSH key is configured.
    """
    if flown.outcome != "passed" or flown.report is None or flown.report.failed:
        raise TestflightError(f"attest {flown.ref[:12]}: it did not pass")
    refuse_unsignable(root, flown.ref)
    return _pushed(Git(root), remote, flown)


def refuse_unsignable(root: Path, ref: str) -> None:
    """Raise as `attest` will, before a testflight has taken its time: a folder, or no key."""
    if not is_full_id(ref):
        raise UsageError(
            "attest: what was tested is a folder, not a ref of the charts repository",
            next_step="commit and push the chart, then test its ref",
        )
    git = Git(root)
    if git.config("gpg.format") != "ssh" or git.config("user.signingkey") is None:
        raise UsageError(
            "attest: git has no SSH key to sign with",
            next_step="git config gpg.format ssh; git config user.signingkey <file>",
        )


def find_attestation(git: Git, remote: str, ref: str, main: str) -> Attestation | None:
    """The attestation of the chart ref, None where there is none.

    ``main`` is the commit whose list of testers counts. Raises `NotTested` for one that is
    not signed by any of them, or that is of something else.
    """
    tip = git.follow(remote, BRANCH).get(BRANCH)
    content = git.file(tip, _file(ref)) if tip else None
    if tip is None or content is None:
        return None
    commit = git.lines("log", "-1", "--format=%H", tip, "--", _file(ref))[0]
    signer = _signer(git, commit, main)
    if signer is None:
        raise NotTested(
            f"believe the attestation of {ref[:12]}: commit {commit[:12]} on {BRANCH} is not "
            f"signed by anyone in {ALLOWED_TESTERS}",
            next_step=f"see who wrote it: git log {remote}/{BRANCH}",
        )
    try:
        told = json.loads(content)
        passed = told["outcome"] == "passed"
        found = Attestation(told["ref"], told["content"], commit, signer, tuple(told["without"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotTested(f"read the attestation of {ref[:12]}: {error!r}") from error
    if found.ref != ref:
        raise NotTested(f"believe the attestation of {ref[:12]}: it is of {found.ref[:12]}")
    if not passed:
        raise NotTested(f"believe the attestation of {ref[:12]}: it says {told['outcome']!r}")
    return found


def proof(git: Git, remote: str, branch: str, ref: str, untested: str = "") -> tuple[str, ...]:
    """The trailers by which a bump to the chart ref says that it was tested, or why it was not.

    Asked of ``branch`` (empty: the checked-out one's name) of ``remote``. Where that names
    no testers there is nothing to check against, and no trailer. Raises `NotTested` where it
    does and ``ref`` has no attestation by one of them.
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
            "--untested '<reason>', which the commit will say",
        )
    return (found.trailer,)


def _main(git: Git, remote: str, branch: str) -> str:
    """The commit whose testers count: the remote's, so that a commit made here adds none."""
    name = branch or git.branch()
    if not name or remote not in git.lines("remote"):
        return "HEAD"
    return git.follow(remote, name).get(name, "HEAD")


def _pushed(git: Git, remote: str, flown: TestflightResult) -> str:
    document = json.dumps(flown.evidence(), indent=2, sort_keys=True) + "\n"
    message = f"test({_CHART}): {flown.ref[:12]} passed its testflight\n\n{flown.summary}\n"

    def pushed() -> str:
        tip = git.follow(remote, BRANCH).get(BRANCH)
        if tip and git.file(tip, _file(flown.ref)) == document.encode():
            raise NothingNewer(f"attest {flown.ref[:12]}: it is attested already")
        commit = git.commit_files(tip, {_file(flown.ref): document.encode()}, message, sign=True)
        git.push(remote, commit, f"refs/heads/{BRANCH}", expect=tip)
        return commit

    return retry_when_moved(pushed)


def _signer(git: Git, commit: str, main: str) -> str | None:
    """Who signed ``commit``, by the testers that ``main`` allows; None if none of them."""
    allowed = git.file(main, ALLOWED_TESTERS) or b""
    with tempfile.NamedTemporaryFile(suffix=".allowed_testers") as file:
        Path(file.name).write_bytes(allowed)
        signers = f"gpg.ssh.allowedSignersFile={file.name}"
        told = git.text("-c", signers, "log", "-1", "--format=%G?%x00%GS", commit)
    good, signer = told.split("\0")
    return signer if good == "G" else None


def _file(ref: str) -> str:
    return f"{_CHART}/{ref}.json"
