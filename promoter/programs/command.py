"""Run an outside program to its end: argument lists, bounded time, redacted messages."""

import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from promoter.common.child import run_child
from promoter.common.environment import CLUSTER, child_environment
from promoter.common.errors import ProgramMissing
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

    ``environment`` replaces `child_environment`. A program that needs more than ``seconds`` is
    ended, and its outcome is `TIMED_OUT`.
    """
    try:
        done = run_child(
            arguments,
            cwd=folder,
            env=child_environment() if environment is None else environment,
            stdin=stdin,
            text=True,
            seconds=seconds,
        )
    except subprocess.TimeoutExpired as error:
        message = f"no answer within {error.timeout:.0f} s"
        return subprocess.CompletedProcess(error.cmd, TIMED_OUT, "", message)
    done.stderr = redact(done.stderr)
    return done


def installed_program(name: str, package: str = "") -> str:
    """Return the path of a program that PyPI has: installed with this Python, else on PATH.

    Raises `ProgramMissing`, which names ``package`` (default: ``name``).
    """
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise ProgramMissing(
            f"find {name}: it is not on PATH", next_step=f"pip install {package or name}"
        )
    return found


_KUBECONFIG = ("KUBECONFIG", "KUBE_CONFIG_PATH", "KUBE_CONFIG")


def kubeconfig_variables(kubeconfig: Path | None) -> dict[str, str]:
    """Variables by which kubectl, Helm and both generations of its provider find a cluster.

    Without ``kubeconfig`` the first one that the caller has set is used by all of them: what is
    applied by the provider is verified by kubectl in the same cluster.
    """
    caller = child_environment(CLUSTER)
    named = kubeconfig or next(filter(None, map(caller.get, _KUBECONFIG)), None)
    return dict.fromkeys(_KUBECONFIG, str(named)) if named else {}


def cluster_environment(kubeconfig: Path | None) -> dict[str, str]:
    """Variables for a program that uses a cluster, with `kubeconfig_variables`.

    A kuberc may have defaults for every option of kubectl, those that name a cluster included.
    """
    variables = {"KUBERC": "off", **kubeconfig_variables(kubeconfig)}
    return {**child_environment(CLUSTER), **variables}
