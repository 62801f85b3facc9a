"""A cluster of one's own: only whether it answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

from promoter.common.errors import PlatformError, UsageError

_SECONDS = 20


def check(kubeconfig: Path, kubectl: Path) -> None:
    """Raises `UsageError` without such a file, `PlatformError` if its cluster does not answer.

    Asked through kubectl, since a kubeconfig may need any of the plugins that it runs.
    """
    if not kubeconfig.is_file():
        raise UsageError(
            f"use kubeconfig {kubeconfig}: there is no such file",
            next_step="name a kubeconfig, as `kubectl config view` would read it",
        )
    command = [
        str(kubectl), f"--kubeconfig={kubeconfig}", f"--request-timeout={_SECONDS}s",
        "get", "--raw", "/readyz",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS * 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _silent(kubeconfig, f"no answer in {_SECONDS * 2} s") from error
    if done.returncode != 0:
        raise _silent(kubeconfig, done.stderr.strip()[-300:])


def _silent(kubeconfig: Path, cause: str) -> PlatformError:
    return PlatformError(
        f"reach the cluster of {kubeconfig}: {cause}",
        next_step=f"try kubectl --kubeconfig {kubeconfig} get nodes",
    )
