"""Keys of an allowed-signers file: when each ends, and why one is not that of a person."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from promoter.approvals.approvals import ALLOWED_SIGNERS
from promoter.approvals.rules_file import TEAMS, TeamsFile
from promoter.approvals.statement import SignedStatement
from promoter.common.errors import UsageError
from promoter.git.signing import NAMESPACE, listed_keys, signers

_NAME = re.compile(r"\S+")
_LIMIT = re.compile(r'(?i)\bvalid-(after|before)="(\d{8})(\d{4})?(\d{2})?Z?"')
_OPTIONS = re.compile(r'(?i)(?:,?\b(?:valid-after|valid-before|namespaces)="[^"]*")+')


def key_ends(allowed: bytes) -> Iterator[tuple[str, datetime]]:
    """Yield each name of an allowed-signers file whose key has an end, and the end."""
    for line in listed_keys(allowed):
        for kind, moment in _limits(line):
            if kind == "before":
                yield _name(line), moment


def unknown_key(
    signed: SignedStatement, what: str, allowed: bytes, teams: TeamsFile | None, deployment: str
) -> UsageError:
    """Return the error for a statement that no key of a person made: whose key it is, if known.

    ``allowed`` and ``teams`` are those that count for ``deployment``.
    """
    at, steps = signed.statement.given, f"promoter approve {deployment} --rules --reason '...'"
    line = next((line for line in listed_keys(allowed) if _made(signed, line, at)), None)
    if line is None:
        return UsageError(
            f"{what}: the key that git signs with is not that of a person",
            next_step=f"have it added to {ALLOWED_SIGNERS} (with the namespace {NAMESPACE}), and "
            f"its name there to your `keys` in {TEAMS}",
        )
    name, limits = _name(line), dict(_limits(line))
    if (end := limits.get("before")) and end <= at:
        return UsageError(
            f"{what}: the key of {name} ended at {end.isoformat()}",
            next_step=f"have a line with a new key of {name} added to {ALLOWED_SIGNERS}; {steps}",
        )
    if (begin := limits.get("after")) and at < begin:
        return UsageError(
            f"{what}: the key of {name} counts from {begin.isoformat()} on",
            next_step="wait until then, or sign with another key",
        )
    if signers(signed.content, signed.signature, allowed, at) and teams:
        return UsageError(
            f"{what}: the key of {name} is in no entry of {TEAMS}",
            next_step=f"have {name} added to your `keys` there; {steps}",
        )
    return UsageError(
        f"{what}: the key of {name} may not sign in the namespace {NAMESPACE}",
        next_step=f'write namespaces="git,{NAMESPACE}" in its line of {ALLOWED_SIGNERS}; {steps}',
    )


def _made(signed: SignedStatement, line: str, at: datetime) -> bool:
    """Return whether the key of ``line`` made the signature, whatever the line's options."""
    bare = _OPTIONS.sub("", line)
    return bool(signers(signed.content, signed.signature, f"{bare}\n".encode(), at))


def _name(line: str) -> str:
    found = _NAME.match(line.strip())
    return found[0] if found else ""


def _limits(line: str) -> Iterator[tuple[str, datetime]]:
    """Yield ``after`` or ``before`` and the time of each that a line has and that is a time."""
    for kind, day, minute, second in _LIMIT.findall(line):
        text = f"{day}{minute or '0000'}{second or '00'}"
        try:
            yield kind.lower(), datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:  # ssh-keygen takes no key of such a line.
            continue
