"""Approvals: commits on the branch ``cepler-gates``, and who signed them.

A gate is an entry of ``<deployment>.yml`` there (cepler's own format). An approval that
cepler has no field for, of one plan or of a destroy, is a file of its own below approvals/.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from promoter.common.errors import NothingNewer, PromoterError
from promoter.gate.gates import BRANCH, Gates, read_gates, with_gate
from promoter.git import Git
from promoter.git.ledger import Entry, Ledger
from promoter.git.signing import can_sign, read_signature

ALLOWED_SIGNERS = "cepler/allowed_signers"

Special = Literal["plan", "destroy"]


@dataclass(frozen=True)
class Approval:
    """One approval, as its commit states it.

    ``subject`` is the approved commit, plan digest or commit of the record to destroy.
    ``approved_by`` is the verified signer's name; None where no allowed signer signed the
    commit, and then ``claimed_by`` (the author) is all that is known. ``at`` is ISO 8601.
    """

    commit: str
    subject: str
    approved_by: str | None
    claimed_by: str
    at: str
    reason: str

    def __str__(self) -> str:
        """Return the approval in words."""
        return f"approved {self.subject} by {self.by}"

    @property
    def by(self) -> str:
        """The verified signer, or the author marked as unverified."""
        return self.approved_by or f"unverified: {self.claimed_by}"


@dataclass(frozen=True)
class Approvals:
    """The gates branch of one remote at the commit ``tip``; None where it has no such branch.

    ``main`` is the commit whose allowed signers count.
    """

    git: Git
    remote: str
    main: str
    tip: str | None

    def gates(self, deployment: str) -> Gates:
        """Return a deployment's gates; raise where branch or file are missing or invalid."""
        return read_gates(self.gates_text(deployment).encode(), gates_file(deployment))

    def gates_text(self, deployment: str) -> str:
        """Return the text of a deployment's gates file; raise where it is missing."""
        name = gates_file(deployment)
        content = self.git.file(self.tip, name) if self.tip else None
        if content is None:
            raise PromoterError(
                f"read {name} on branch {BRANCH} of {self.remote}: no such file",
                next_step=f"commit {name} there with an entry for every "
                "environment: HEAD where it is ungated, else the commit it is held at",
            )
        return content.decode()

    def gate(self, deployment: str, environment: str) -> Approval | None:
        """Return the approval of the environment's present gate, None where it is HEAD."""
        value = self.gates(deployment).commit(environment)
        if value is None:
            return None
        name = gates_file(deployment)

        def is_present(content: bytes) -> bool:
            return read_gates(content, name).entries.get(environment) == value

        return self._approval(self._since(name, is_present), value)

    def special(self, environment: str, kind: Special, id_: str) -> Approval | None:
        """Return the approval of one plan or of destroying what one commit recorded, if any."""
        name = _special_file(environment, kind, id_)
        present = self.git.file(self.tip, name) if self.tip else None
        if present is None:
            return None
        return self._approval(self._since(name, present.__eq__), id_)

    def set_gate(self, deployment: str, environment: str, commit: str, reason: str) -> Approval:
        """Set the environment's gate to ``commit`` in a commit of its own, and push it."""

        def change(now: Approvals) -> dict[str, bytes]:
            if now.gates(deployment).entries.get(environment) == commit:
                raise NothingNewer(f"approve {environment}: its gate is already at {commit[:12]}")
            changed = with_gate(now.gates_text(deployment), environment, commit)
            return {gates_file(deployment): changed.encode()}

        return self._append(change, environment, commit, f"up to {commit}", reason)

    def set_special(self, environment: str, kind: Special, id_: str, reason: str) -> Approval:
        """Approve one plan by its digest, or destroying what one commit recorded."""

        def change(now: Approvals) -> dict[str, bytes]:
            if now.special(environment, kind, id_):
                raise NothingNewer(f"approve {kind} of {environment}: already approved")
            content = {"environment": environment, kind: id_, "reason": reason}
            document = json.dumps(content, indent=2).encode()
            return {_special_file(environment, kind, id_): document}

        return self._append(change, environment, id_, f"{kind} {id_}", reason)

    def _append(
        self,
        change: Callable[[Approvals], Mapping[str, bytes]],
        environment: str,
        subject: str,
        title: str,
        reason: str,
    ) -> Approval:
        message = f"approve({environment}): {title}\n\nReason: {one_line(reason)}\n"
        sign = can_sign(self.git)
        commit = Ledger(self.git, self.remote, BRANCH).append(
            lambda tip: Entry(change(replace(self, tip=tip)), message, sign=sign)
        )
        return self._approval(commit, subject)

    def _since(self, file: str, is_present: Callable[[bytes], bool]) -> str:
        """Return the oldest commit of the newest run in which ``file`` has its present content.

        A merge begins a run: it can take its tree from any parent, so it is a decision of its own
        (`git log` would skip it, and name the approver of what it went back to).
        """
        tip = self.tip or "HEAD"
        merges = self.git.lines("rev-list", "--topo-order", "--merges", "--max-count=1", tip)
        since = [f"^{merge}" for merge in merges]
        oldest = tip
        for commit in (*self.git.lines("log", "--format=%H", tip, *since, "--", file), *merges):
            content = self.git.file(commit, file)
            if content is None or not is_present(content):
                break
            oldest = commit
        return oldest

    def _approval(self, commit: str, subject: str) -> Approval:
        allowed = self.git.file(self.main, ALLOWED_SIGNERS) or b""
        found = read_signature(self.git, commit, allowed)
        return Approval(commit, subject, found.signer, found.author, found.at, found.reason)


def gates_file(deployment: str) -> str:
    """Return the path of a deployment's gates file on the gates branch."""
    return f"{deployment}.yml"


def one_line(reason: str) -> str:
    """Return a reason as a commit trailer holds it; raise `PromoterError` where it is empty."""
    line = " ".join(reason.split())
    if not line:
        raise PromoterError("approve: the reason is empty", next_step="give it with --reason")
    return line


def _special_file(environment: str, kind: Special, id_: str) -> str:
    return f"approvals/{environment}/{kind}-{id_}.json"
