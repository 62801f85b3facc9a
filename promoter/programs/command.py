"""Run an outside program to its end: argument lists, bounded time, redacted messages."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from promoter.common.text import redact

TIMED_OUT = 124
"""Exit code of a program that was ended because its time was up, as timeout(1) has it."""


def run_program(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: str = "",
    seconds: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``arguments`` and return its outcome, with everything secret cut from its messages.

    ``environment`` replaces the inherited one. A program that needs more than ``seconds`` is
    ended, and its outcome is `TIMED_OUT`.
    """
    try:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        message = f"no answer within {error.timeout:.0f} s"
        return subprocess.CompletedProcess(error.cmd, TIMED_OUT, "", message)
    done.stderr = redact(done.stderr)
    return done


_STEERING = (
    "CDKTF",
    "CDKTN",
    "HELM_KUBE",
    "KUBE_CTX",
    "LANA_STACKS",
    "NODE_OPTIONS",
    "PYTHON",
    "TF_CLI_ARGS",
    "TF_DATA_DIR",
    "TF_REATTACH_PROVIDERS",
    "TF_WORKSPACE",
)


def inherited_environment() -> dict[str, str]:
    """Return the caller's variables without those that would change what is applied.

    The CDK Terrain CLI reads its options from ``CDKTF_APP``, ``CDKTFAPP`` and ``CDKTF_a``, too.
    """
    return {
        name: value for name, value in os.environ.items() if not name.upper().startswith(_STEERING)
    }


def kubeconfig_variables(kubeconfig: Path | None) -> dict[str, str]:
    """Variables by which kubectl, Helm and both generations of its provider find a cluster."""
    names = ("KUBECONFIG", "KUBE_CONFIG", "KUBE_CONFIG_PATH")
    return dict.fromkeys(names, str(kubeconfig)) if kubeconfig else {}


def cluster_environment(kubeconfig: Path | None) -> dict[str, str]:
    """The inherited environment with `kubeconfig_variables`."""
    return {**inherited_environment(), **kubeconfig_variables(kubeconfig)}
