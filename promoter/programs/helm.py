"""Helm as a subprocess: render charts, read releases, recover a release left half done.

Testflights install through pyhelm3 (testflight/install.py), not here.
"""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.errors import PromoterError
from promoter.programs.command import cluster_environment, run_program
from promoter.programs.kubectl import Kubectl

_SECONDS = 60
_PENDING = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


class HelmError(PromoterError):
    """Helm failed; ``cause`` is its message on one line, without secrets."""

    def __init__(self, command: str, cause: str) -> None:
        super().__init__(
            f"helm {command}: {cause}",
            next_step="inspect the release's resources, then run the command by hand",
        )
        self.cause = cause


@dataclass(frozen=True)
class HelmRevision:
    """One revision of a release; ``status`` as Helm names it."""

    revision: int
    status: str

    @property
    def pending(self) -> bool:
        """Return True if an operation on it is under way, or was killed."""
        return self.status in _PENDING


@dataclass(frozen=True)
class Helm:
    """Helm on the cluster of ``kubeconfig``; None is the cluster that Helm uses by default.

    It runs in ``folder``, by which one that a killed deploy left behind is found. Every method
    raises `HelmError`.
    """

    program: Path
    kubeconfig: Path | None = None
    folder: Path | None = None

    def template(
        self, release: str, chart: Path, namespace: str, values: Sequence[str] = (), *options: str
    ) -> str:
        """Return the manifests of ``chart``, with ``values`` as YAML documents in merge order."""
        with TemporaryDirectory(prefix="promoter-values-") as folder:
            files = []
            for number, document in enumerate(values):
                files.append(Path(folder) / f"{number}.yaml")
                files[-1].write_text(document)
            arguments = (*(f"--values={file}" for file in files), *options)
            return self._run("template", release, str(chart), *arguments, namespace=namespace)

    def values(self, release: str, namespace: str) -> Mapping[str, Any]:
        """Return the values that a release was installed with, defaults included."""
        arguments = ("get", "values", release, "--all", "--output=json")
        return dict(json.loads(self._run(*arguments, namespace=namespace)))

    def revision_values(self, release: str, namespace: str, revision: int) -> Mapping[str, Any]:
        """Return the values that one revision was made with, without the chart's defaults."""
        arguments = ("get", "values", release, f"--revision={revision}", "--output=json")
        return dict(json.loads(self._run(*arguments, namespace=namespace)) or {})

    def history(self, release: str, namespace: str) -> tuple[HelmRevision, ...]:
        """Return every revision that Helm keeps, the newest last; none if it is not installed."""
        try:
            output = self._run("history", release, "--output=json", namespace=namespace)
        except HelmError as error:
            if "release: not found" in error.cause:
                return ()
            raise
        found = (HelmRevision(each["revision"], each["status"]) for each in json.loads(output))
        return tuple(sorted(found, key=lambda each: each.revision))

    def recover(
        self, release: str, namespace: str, revisions: Sequence[HelmRevision], kubectl: Kubectl
    ) -> str | None:
        """Undo the newest of ``revisions`` if it was left pending; return a sentence about it.

        While one is pending Helm refuses every further operation. It is rolled back, not
        removed: a patch that starts from its manifest is what takes back what it applied. A
        first installation has nothing to go back to and is uninstalled. Where a hook of the chart
        refuses the rollback, the next upgrade starts from what was applied. Only call this while
        holding the environment's lease: nobody else is at work then.
        """
        if not revisions or not revisions[-1].pending:
            return None
        good = [
            each.revision
            for status in ("superseded", "deployed")  # the deployed one is preferred
            for each in revisions
            if each.status == status
        ]
        left = f"revision {revisions[-1].revision} was left {revisions[-1].status}"
        if not good:
            self._run("uninstall", release, namespace=namespace, seconds=None)
            return f"{left}; uninstalled"
        try:
            self._run("rollback", release, str(good[-1]), namespace=namespace, seconds=None)
        except HelmError as error:
            found = self.history(release, namespace)
            # Helm leaves it pending where a hook has failed, before anything was changed.
            if not found or found[-1].status != "pending-rollback":
                raise
            _continue_from_applied(kubectl.within(namespace), release, found)
            return f"{left}; the chart does not go back ({error.cause}), so it is upgraded"
        return f"{left}; rolled back to revision {good[-1]}"

    def _run(self, *arguments: str, namespace: str, seconds: float | None = _SECONDS) -> str:
        done = run_program(
            [self.program, *arguments, "--namespace", namespace],
            environment=cluster_environment(self.kubeconfig),
            folder=self.folder,
            seconds=seconds,
        )
        if done.returncode != 0:
            cause = " ".join(done.stderr.split()).removeprefix("Error: ")
            raise HelmError(f"{' '.join(arguments[:2])} in {namespace}", cause)
        return done.stdout


def _continue_from_applied(
    kubectl: Kubectl, release: str, revisions: Sequence[HelmRevision]
) -> None:
    """Make the newest revision that was applied the one that the next upgrade starts from.

    Helm starts from the deployed revision, or from a newest one that failed if none is deployed.
    """
    for each in revisions:
        if each.status == "pending-rollback":
            kubectl.delete("secret", _stored_name(release, each.revision))
        elif each.status == "deployed":
            _write_status(kubectl, release, each.revision, "superseded")
        elif each.pending:
            _write_status(kubectl, release, each.revision, "failed")


def _write_status(kubectl: Kubectl, release: str, revision: int, status: str) -> None:
    """Write the status of a revision, which Helm has no command for.

    Format: Helm's storage driver for Secrets (base64 of gzipped JSON, and labels).
    """
    name = _stored_name(release, revision)
    if (stored := kubectl.object("secret", name)) is None:
        return
    packed = base64.b64decode(base64.b64decode(stored["data"]["release"]))
    content = json.loads(gzip.decompress(packed))
    content["info"]["status"] = status
    again = base64.b64encode(gzip.compress(json.dumps(content).encode(), mtime=0))
    data = {"release": base64.b64encode(again).decode()}
    patch = json.dumps({"metadata": {"labels": {"status": status}}, "data": data})
    kubectl.run("patch", "secret", name, "--type=merge", "--patch-file=/dev/stdin", stdin=patch)


def _stored_name(release: str, revision: int) -> str:
    return f"sh.helm.release.v1.{release}.v{revision}"
