"""Approvals: commits on the branch ``cepler-gates``, and who they are by.

A gate is an entry of ``<deployment>.yml`` there (cepler's own format). What cepler has no
field for, the approval of one plan or of a destroy, is a file beside it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from promoter.common.errors import NothingNewer, PromoterError
from promoter.gate.gates import BRANCH, Gates, read_gates, with_gate
from promoter.git import Git, retry_when_moved

ALLOWED_SIGNERS = "cepler/allowed_signers"

Special = Literal["plan", "destroy"]


@dataclass(frozen=True)
class Approval:
    """One approval as its commit tells it.

    ``approved_by`` is the verified signer's name; None where the commit has no signature of
    an allowed signer, and then ``claimed_by`` is all there is. ``at`` is ISO 8601.
    """

    commit: str
    what: str
    approved_by: str | None
    claimed_by: str
    at: str
    reason: str

    @property
    def by(self) -> str:
        """How to show who approved: a verified name, or the claim marked as such."""
        return self.approved_by or f"unverified: {self.claimed_by}"


@dataclass(frozen=True)
class Approvals:
    """The commit ``tip`` of one remote's gates branch, None where it has no such branch.

    ``main`` is the commit whose allowed signers count.
    """

    git: Git
    remote: str
    main: str
    tip: str | None

    def fetched(self) -> Approvals:
        """The same, as the remote has them now."""
        return replace(self, tip=self.git.follow(self.remote, BRANCH).get(BRANCH))

    def gates(self, deployment: str) -> Gates:
        """A deployment's gates; raises when branch or file are missing or do not parse."""
        return read_gates(self._text(deployment).encode(), gates_file(deployment))

    def _text(self, deployment: str) -> str:
        found = self.git.file(self.tip, gates_file(deployment)) if self.tip else None
        if found is None:
            raise PromoterError(
                f"read {gates_file(deployment)} on branch {BRANCH} of {self.remote}: not there",
                next_step=f"commit {gates_file(deployment)} there, an entry for every "
                "environment: HEAD where it is ungated, else the commit it is held at",
            )
        return found.decode()

    def gate(self, deployment: str, environment: str) -> Approval | None:
        """Who set the environment's present gate; None where it is HEAD."""
        value = self.gates(deployment).commit(environment)
        if value is None:
            return None
        return self._approval(self._since(deployment, environment, value), value)

    def special(self, environment: str, kind: Special, id_: str) -> Approval | None:
        """The approval of one plan, or of destroying one recorded version, if there is one."""
        if self.tip is None or self.git.file(self.tip, _special(environment, kind, id_)) is None:
            return None
        name = _special(environment, kind, id_)
        added = self.git.lines("log", "--format=%H", "--diff-filter=A", self.tip, "--", name)
        return self._approval(added[0], id_)

    def set_gate(self, deployment: str, environment: str, commit: str, reason: str) -> Approval:
        """Set the environment's gate to ``commit``, in a commit of its own, and push it."""

        def change(now: Approvals) -> dict[str, bytes | None]:
            if now.gates(deployment).entries.get(environment) == commit:
                raise NothingNewer(f"approve {environment}: its gate is at {commit[:12]} already")
            changed = with_gate(now._text(deployment), environment, commit)
            return {gates_file(deployment): changed.encode()}

        made = self._push(change, _message(environment, f"up to {commit}", reason))
        return self._approval(made, commit)

    def set_special(self, environment: str, kind: Special, id_: str, reason: str) -> Approval:
        """Approve one plan by its digest, or destroying one recorded version."""

        def change(now: Approvals) -> dict[str, bytes | None]:
            if now.special(environment, kind, id_):
                raise NothingNewer(f"approve {kind} of {environment}: it is approved already")
            content = {"environment": environment, kind: id_, "reason": reason}
            return {_special(environment, kind, id_): json.dumps(content, indent=2).encode()}

        made = self._push(change, _message(environment, f"{kind} {id_}", reason))
        return self._approval(made, id_)

    def _push(self, change: Callable[[Approvals], dict[str, bytes | None]], message: str) -> str:
        def pushed() -> str:
            now = self.fetched()
            made = self.git.commit_files(now.tip, change(now), message, sign=self._signs())
            self.git.push(self.remote, made, f"refs/heads/{BRANCH}", expect=now.tip)
            return made

        return retry_when_moved(pushed)

    def _signs(self) -> bool:
        ssh = self.git.config("gpg.format") == "ssh"
        return ssh and self.git.config("user.signingkey") is not None

    def _since(self, deployment: str, environment: str, value: str) -> str:
        """The oldest commit of the newest run in which the gate has its present value."""
        name = gates_file(deployment)
        found = tip = self.tip or "HEAD"
        for commit in self.git.lines("log", "--format=%H", tip, "--", name):
            content = self.git.file(commit, name)
            if content is None or read_gates(content, name).entries.get(environment) != value:
                break
            found = commit
        return found

    def _approval(self, commit: str, what: str) -> Approval:
        signers = self.git.file(self.main, ALLOWED_SIGNERS) or b""
        with tempfile.NamedTemporaryFile(suffix=".allowed_signers") as file:
            Path(file.name).write_bytes(signers)
            told = self.git.text(
                "-c",
                f"gpg.ssh.allowedSignersFile={file.name}",
                "log",
                "-1",
                "--format=%G?%x00%GS%x00%an <%ae>%x00%aI%x00%(trailers:key=Reason,valueonly)",
                commit,
            )
        good, signer, author, at, reason = told.split("\0")
        return Approval(
            commit=commit,
            what=what,
            approved_by=signer if good == "G" else None,
            claimed_by=author,
            at=at,
            reason=" ".join(reason.split()),
        )


def gates_file(deployment: str) -> str:
    """The path of a deployment's gates file on the gates branch."""
    return f"{deployment}.yml"


def one_line(reason: str) -> str:
    """A reason as a trailer holds it: on one line; raises when there is none."""
    told = " ".join(reason.split())
    if not told:
        raise PromoterError("approve: the reason is empty", next_step="say why with --reason")
    return told


def _special(environment: str, kind: Special, id_: str) -> str:
    return f"approvals/{environment}/{kind}-{id_}.json"


def _message(environment: str, what: str, reason: str) -> str:
    return f"approve({environment}): {what}\n\nReason: {one_line(reason)}\n"
