"""The error hierarchy, and the exit code of each kind of outcome.

Exit codes (README, "Exit codes"): 0 done, 1 failed, 2 nothing newer to do, 3 newer but not
cleared by the gate, 64 wrong usage (EX_USAGE of sysexits.h).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from pydantic import ValidationError


class PromoterError(Exception):
    """A failure with its remedy.

    ``str(error)`` is the line "verb object: cause"; ``next_step`` is the command or change
    that fixes it. Raise it ``from`` the cause.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, next_step: str = "") -> None:
        super().__init__(what)
        self.next_step = next_step

    def evidence(self) -> Mapping[str, Any]:
        """Return what the evidence of a failed attempt keeps besides the message."""
        return {}


class NothingNewer(PromoterError):
    """There is nothing to do: the requested state is already reached."""

    exit_code = 2


class NotCleared(PromoterError):
    """There is something newer, but the gate does not clear it."""

    exit_code = 3


class Declined(PromoterError):
    """The person who was asked declined: nothing was changed."""


class UsageError(PromoterError):
    """The command line is wrong: an unknown name, a contradiction, a missing argument."""

    exit_code = 64


class InvalidFile(PromoterError):
    """A file that people edit is invalid; the message names file, place and reason."""

    def __init__(self, file: str, place: str, reason: str, *, next_step: str = "") -> None:
        where = f"{file}: {place}" if place else file
        super().__init__(f"read {where}: {reason}", next_step=next_step)

    @classmethod
    def from_model(cls, file: str, error: ValidationError, *, next_step: str = "") -> Self:
        """Return the error for the first problem that a pydantic model found in ``file``."""
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return cls(file, place, first["msg"], next_step=next_step)


class GitError(PromoterError):
    """A git command failed; ``stderr`` has its standard error."""

    def __init__(self, what: str, stderr: str = "", *, next_step: str = "") -> None:
        super().__init__(what, next_step=next_step)
        self.stderr = stderr


class RemoteMoved(GitError):
    """A push was rejected because the remote's branch is no longer at the commit read before."""


class ProgramMissing(PromoterError):
    """An outside program is not on PATH and cannot be built here."""


class PlatformError(PromoterError):
    """A part of the embedded platform did not start, died, or cannot be stopped."""


class ClusterError(PromoterError):
    """A Kubernetes cluster refused, or did not respond.

    ``reason`` is the API server's (NotFound, AlreadyExists, Conflict, Forbidden ...),
    Unreachable where it did not respond, empty otherwise.
    """

    def __init__(self, what: str, reason: str = "", *, next_step: str = "") -> None:
        super().__init__(what, next_step=next_step)
        self.reason = reason


class RegistryError(PromoterError):
    """An image registry refused, lacks what was requested, or could not be reached."""


class YamlEditError(PromoterError):
    """A value in a YAML file was not found, or cannot be changed on its own."""
