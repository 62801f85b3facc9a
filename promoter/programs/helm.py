"""Helm on a release that a killed deploy left half done."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import PromoterError
from promoter.common.text import redact
from promoter.programs.cluster import Cluster, HelmRelease
from promoter.programs.kubectl import kubeconfig_variables


@dataclass(frozen=True)
class Helm:
    """The Helm program ``binary`` on ``cluster``."""

    binary: Path
    cluster: Cluster

    def recover(self, name: str, namespace: str) -> str | None:
        """Undo a revision that was left pending; says what was done, None where none was.

        While one is there Helm refuses every further operation. Rolling back, not removing
        the revision: what it already applied is only taken back by a patch that starts from
        its manifest. A first installation has nothing to go back to and is uninstalled. Only
        call this while holding the environment's lease: nobody else is at work then.
        """
        revisions = self.cluster.revisions(name, namespace)
        if not revisions or not revisions[-1].pending:
            return None
        left, good = revisions[-1], _good(revisions)
        arguments = ["rollback", name, str(good.revision)] if good else ["uninstall", name]
        self._run(*arguments, "--namespace", namespace)
        done = f"rolled back to revision {good.revision}" if good else "uninstalled"
        return f"revision {left.revision} was left {left.status}; {done}"

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binary), *arguments],
            env={**os.environ, **kubeconfig_variables(self.cluster.kubeconfig)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            command = " ".join(["helm", *arguments])
            raise PromoterError(
                f"{command}: {redact(done.stderr).strip()}",
                next_step="see what the release's resources look like, and run it by hand",
            )


def _good(revisions: tuple[HelmRelease, ...]) -> HelmRelease | None:
    """The revision to go back to: the deployed one, else the newest that once was."""
    for status in ("deployed", "superseded"):
        found = [each for each in revisions if each.status == status]
        if found:
            return found[-1]
    return None
