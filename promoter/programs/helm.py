"""Helm as a subprocess: render charts, read releases, recover a release left half done.

Testflights install through pyhelm3 (testflight/install.py), not here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.common.errors import PromoterError
from promoter.programs.command import cluster_environment, run_program

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
        self, release: str, namespace: str, revisions: Sequence[HelmRevision]
    ) -> str | None:
        """Undo the newest of ``revisions`` if it was left pending; return a sentence about it.

        While one is pending Helm refuses every further operation. It is rolled back, not
        removed: a patch that starts from its manifest is what takes back what it applied. A
        first installation has nothing to go back to and is uninstalled. Only call this while
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
        arguments = ("rollback", release, str(good[-1])) if good else ("uninstall", release)
        self._run(*arguments, namespace=namespace, seconds=None)
        repair = f"rolled back to revision {good[-1]}" if good else "uninstalled"
        return f"revision {revisions[-1].revision} was left {revisions[-1].status}; {repair}"

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
