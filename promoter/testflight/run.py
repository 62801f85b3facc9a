"""Run a testflight: provision, install, smoketest, and destroy in any case (seed 004, step 3).

A process that is killed leaves its namespace. The next run or a sweep removes it: by our label,
and because of its age or because its process has ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.holder import Holder
from promoter.common.signals import INTERRUPTS
from promoter.smoketest.endpoints import Endpoint
from promoter.smoketest.report import SmoketestFailed
from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest
from promoter.testflight.attestation import attest, refuse_unsignable
from promoter.testflight.chart import ChartUnderTest, open_chart
from promoter.testflight.identity import namespace_identity
from promoter.testflight.install import INSTALL_SECONDS, RELEASE, ChartInstaller
from promoter.testflight.namespace import ProvisionedNamespace, TestflightSpec
from promoter.testflight.provisioner import Provisioner
from promoter.testflight.readiness import ReadinessMonitor
from promoter.testflight.result import TestflightError, TestflightResult

MAX_AGE = timedelta(minutes=60)
"""The age from which a testflight's namespace cannot be in use any more."""

_DOMAIN = "testflight.lana.localhost"


@dataclass(frozen=True)
class TestflightOptions:
    """Options of a testflight.

    keys_from    the namespace, or stack, whose third-party keys are copied; empty for none
    without      the parts of the chart to leave out
    only_pinned  leave out the parts without a digest too
    sign         sign and push an attestation once it has passed
    seconds      Helm's timeout
    endpoints    the endpoints to check, by default the packaged ones
    """

    keys_from: str = ""
    without: tuple[str, ...] = ()
    only_pinned: bool = False
    sign: bool = False
    seconds: int = INSTALL_SECONDS
    endpoints: Sequence[Endpoint] = ()


def run_testflight(
    source: str,
    root: Path,
    target: SmoketestTarget,
    provisioner: Provisioner,
    options: TestflightOptions,
    evidence: Path,
) -> TestflightResult:
    """Test the chart ``source`` (see `open_chart`) for the checkout ``root``.

    Writes the result to a folder below ``evidence``. Raises the error that ended the testflight.
    """
    note = target.progress.note
    target.build_programs(*provisioner.programs())
    with open_chart(source, root) as chart:
        if options.sign:
            refuse_unsignable(root, chart.ref)
        if options.only_pinned:
            options = replace(options, without=(*options.without, *chart.unpinned()))
        if options.without:
            note(f"left out of this testflight: {', '.join(options.without)}")
        result = Testflight(target, provisioner, chart, options).run()
    note(f"evidence: {result.write(evidence)}")
    if result.error:
        raise result.error
    if options.sign:
        note(f"attested {result.ref[:12]} in {attest(root, result)[:12]}")
    return result


@dataclass
class Testflight:
    """One testflight of ``chart``, to be run once; ``result`` is what is known so far."""

    target: SmoketestTarget
    provisioner: Provisioner
    chart: ChartUnderTest
    options: TestflightOptions

    def __post_init__(self) -> None:
        created, chart, without = datetime.now(UTC), self.chart, self.options.without
        self.spec = spec = TestflightSpec(chart.ref, Holder.this_process(created), created)
        self.result = TestflightResult(chart.ref, chart.content, spec.namespace, without=without)

    def run(self) -> TestflightResult:
        """Run it and return the result, that of a failed or interrupted one included."""
        try:
            try:
                sweep(self.provisioner, MAX_AGE, self.target)
            except (ClusterError, TestflightError) as error:
                # A namespace that a killed testflight left does not stop this one.
                self.target.progress.note(str(error))
            self.spec = self.spec.apart_from(self.provisioner.namespaces())
            self._update(namespace=self.spec.namespace)
            with self._namespace() as name:
                self._install()
                endpoints = self.options.endpoints
                report = require_smoketest(RELEASE, name, self.target, endpoints)
                self._update(report=report, summary=report.summary())
            self._update(outcome="passed")
        except BaseException as error:
            if isinstance(error, SmoketestFailed):
                self._update(report=error.report)
            self._update(error=error, summary=_summary(error))
        return self.result

    def _update(self, **fields: Any) -> None:
        self.result = replace(self.result, **fields)

    @contextmanager
    def _namespace(self) -> Iterator[str]:
        """Provision the namespace and yield its name; destroy it however the block ends."""
        progress, namespace = self.target.progress, self.spec.namespace
        try:
            # A partly provisioned namespace is destroyed too: the token of its holder is ours.
            self._update(destroyed=False)
            keys = self.provisioner.provision(self.spec, self.options.keys_from)
            progress.note(f"{namespace}: created, with {len(keys)} third-party keys")
            yield namespace
        except BaseException:
            try:
                self._destroy()
            except BaseException as error:  # The first error is the one that is raised.
                if not self.result.destroyed:
                    progress.note(f"{namespace}: not destroyed: {_summary(error)}")
            raise
        self._destroy()

    def _destroy(self) -> None:
        progress, namespace = self.target.progress, self.spec.namespace
        with INTERRUPTS.held_back(cleanup=True), progress.task(f"destroy {namespace}"):
            for each in self.provisioner.namespaces():
                if each.holder is not None and each.holder.token == self.spec.holder.token:
                    self.provisioner.destroy(each)
                    progress.note(f"{namespace}: destroyed")
            self._update(destroyed=True)

    def _install(self) -> None:
        target, namespace, seconds = self.target, self.spec.namespace, self.options.seconds
        kubectl, helm = target.kubectl.within(namespace), target.toolchain.program("helm")
        task = f"install {self.chart.ref[:12]} in {namespace}"
        with namespace_identity(kubectl, seconds) as restricted:
            installer = ChartInstaller(helm, restricted, self.chart.folder, self.values())
            installer.require_namespaced()
            with target.progress.task(task) as update:
                self._run_installer(installer, ReadinessMonitor(kubectl, update))

    def _run_installer(self, installer: ChartInstaller, monitor: ReadinessMonitor) -> None:
        try:
            with monitor.running():
                installer.install(self.options.seconds, monitor.unreachable)
        except TestflightError as error:
            next_step = "once the cluster is back: promoter testflight sweep"
            if not monitor.unreachable.is_set():
                monitor.poll()
                next_step = "docs/testflight.md explains such messages"
            self._update(reasons=monitor.reasons)
            reasons = "; ".join(monitor.reasons) or "no pod is known to be unready"
            raise TestflightError(f"{error}; {reasons}", next_step=next_step) from error

    def values(self) -> Mapping[str, Any]:
        """Return the values to install the chart with: all parts but the ones to leave out."""
        parts, without, short = self.chart.parts(), self.options.without, self.spec.short_ref
        unknown = sorted(set(without) - set(parts))
        if unknown:
            raise TestflightError(
                f"leave {unknown[0]} out: the chart has no such part",
                next_step=f"known: {', '.join(parts)}",
            )
        return {
            "chartHash": self.chart.content,
            "global": {
                "environment": f"testflight-{short}",
                "lanaDomain": f"{short}.{_DOMAIN}",
                # Generated in the namespace: no credentials of staging's databases get here.
                "secrets": {"mode": "generate"},
            },
            **{part: {"enabled": part not in without} for part in parts},
        }


def _summary(error: BaseException) -> str:
    return (str(error) if isinstance(error, Exception) else "interrupted") or type(error).__name__


def sweep(
    provisioner: Provisioner, age: timedelta, target: SmoketestTarget, ref: str = ""
) -> tuple[ProvisionedNamespace, ...]:
    """Destroy and return the namespaces of testflights that are stale or, if given, test ``ref``.

    See `ProvisionedNamespace.is_stale`.
    """
    current = datetime.now(UTC)
    stale = tuple(
        each
        for each in provisioner.namespaces()
        if each.is_stale(current, age) or (ref and each.ref == ref)
    )
    for each in stale:
        task = target.progress.task(f"destroy {each.name}")
        with INTERRUPTS.held_back(cleanup=True), task:
            provisioner.destroy(each)
        target.progress.note(f"{each.name}: left by another testflight, destroyed")
    return stale
