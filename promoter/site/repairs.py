"""Records that repaired an earlier one, by signs in git."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from promoter.approvals.statement import content_digest
from promoter.site.timeline import RecordedDeployment

Sign = Literal["rollback", "revert", "hotfix", "override", "incident"]

_REVERT = re.compile(r'Revert "|revert(\([^)]*\))?!?:', re.IGNORECASE)
_REVERTED = re.compile(r"\bThis reverts commit ([0-9a-f]{7,40})\b")
_HOTFIX = re.compile(r"\bhotfix\b", re.IGNORECASE)


@dataclass(frozen=True)
class Repair:
    """A record that repaired an earlier one, the sign of it, and the seconds that it took.

    That of an ``incident`` (its address) may have no ``record``, and no ``seconds`` while it is
    open.
    """

    sign: Sign
    record: str
    failed: str
    seconds: float | None
    incident: str = ""


@dataclass(frozen=True)
class DeliveredCommit:
    """A commit's time in seconds since the epoch, and its message."""

    time: int
    message: str


def time_of(record: RecordedDeployment) -> datetime:
    """Return the time of a record."""
    return datetime.fromisoformat(record.at)


def git_repairs(
    pairs: Sequence[tuple[RecordedDeployment, list[str]]], commits: Mapping[str, DeliveredCommit]
) -> Iterator[Repair]:
    """Yield the repairs among records, the oldest first, each with the commits that it brought."""
    digests: list[str] = []
    arrived: dict[str, RecordedDeployment] = {}
    for number, (record, own) in enumerate(pairs):
        digest = content_digest(record.state.current) if record.state else ""
        messages = [commits[each].message for each in own if each in commits]
        before = pairs[number - 1][0] if number else None
        if before is not None:
            sign = _sign(record, digest, digests, messages)
            failed = _reverted(messages, arrived) or before
            if sign is not None:
                seconds = (time_of(record) - time_of(failed)).total_seconds()
                yield Repair(sign, record.commit, failed.commit, seconds)
        digests.append(digest)
        arrived |= dict.fromkeys(own, record)


def _sign(
    record: RecordedDeployment, digest: str, earlier: Sequence[str], messages: Sequence[str]
) -> Sign | None:
    """Return the sign by which ``record`` repairs an earlier one, None if it has none."""
    titles = [message.partition("\n")[0] for message in messages]
    if any(map(_REVERT.match, titles)):
        return "revert"
    if digest in earlier[:-1] and digest != earlier[-1]:
        return "rollback"
    if any(map(_HOTFIX.search, titles)):
        return "hotfix"
    return "override" if record.attempt and record.attempt.override else None


def _reverted(
    messages: Sequence[str], arrived: Mapping[str, RecordedDeployment]
) -> RecordedDeployment | None:
    """Return the record with which a commit came that ``messages`` revert, if they name one."""
    named = (found[1] for message in messages for found in _REVERTED.finditer(message))
    for commit in named:
        for known, record in arrived.items():
            if known.startswith(commit):
                return record
    return None
