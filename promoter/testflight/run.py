"""Run a testflight: provision, install, smoketest, and destroy in any case (seed 004, step 3).

A process that is killed leaves its namespace. The next run or a sweep removes it: by our label,
and because of its age or because its process has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError
from promoter.common.holder import Holder
from promoter.common.signals import terminable, undisturbed
from promoter.site.evidence import actor, now
from promoter.smoketest.endpoints import Endpoint
from promoter.smoketest.report import SmoketestFailed
from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest
from promoter.testflight.attestation import attest, refuse_unsignable
from promoter.testflight.chart import ChartUnderTest, open_chart
from promoter.testflight.install import INSTALL_SECONDS, RELEASE, ChartInstaller
from promoter.testflight.provisioner import ProvisionedNamespace, Provisioner, TestflightSpec
from promoter.testflight.readiness import ReadinessMonitor
from promoter.testflight.result import TestflightError, TestflightResult

MAX_AGE = timedelta(minutes=60)
"""The age from which a testflight's namespace cannot be in use any more."""

_DOMAIN = "testflight.lana.localhost"


@dataclass(frozen=True)
class TestflightOptions:
    """Options of a testflight.

    keys_from    the namespace, or stack, whose third-party keys are copied
    without      the parts of the chart to leave out
    only_pinned  leave out the parts without a digest too
    sign         sign and push an attestation once it has passed
    seconds      Helm's timeout
    endpoints    the endpoints to check (None: the default ones)
    """

    __test__ = False

    keys_from: str = "lana-bank-staging"
    without: tuple[str, ...] = ()
    only_pinned: bool = False
    sign: bool = False
    seconds: int = INSTALL_SECONDS
    endpoints: Sequence[Endpoint] | None = None


def run_testflight(
    source: str,
    root: Path,
    target: SmoketestTarget,
    provisioner: Provisioner,
    options: TestflightOptions,
    evidence: Path,
) -> TestflightResult:
    """Test the chart ``source`` (see `open_chart`) for the checkout ``root``.

    Writes what was observed to a folder below ``evidence``, and signs the attestation if the
    options say so. Raises the error of a testflight that did not pass.
    """
    note = target.progress.note
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

    __test__ = False

    target: SmoketestTarget
    provisioner: Provisioner
    chart: ChartUnderTest
    options: TestflightOptions

    def __post_init__(self) -> None:
        created = datetime.now(UTC)
        self.spec = TestflightSpec(self.chart.ref, Holder.this_process(created), created)
        self.result = TestflightResult(
            ref=self.chart.ref,
            content=self.chart.content,
            namespace=self.spec.namespace,
            outcome="failed",
            at=now(),
            actor=actor(),
            without=self.options.without,
        )

    def run(self) -> TestflightResult:
        """Run it and return the result, that of a failed or interrupted one included."""
        try:
            with terminable():
                self._sweep()
                with self._namespace():
                    self._install()
                    report = require_smoketest(
                        RELEASE, self.spec.namespace, self.target, self.options.endpoints
                    )
                    self._update(report=report, summary=report.summary())
            self._update(outcome="passed")
        except BaseException as error:
            if isinstance(error, SmoketestFailed):
                self._update(report=error.report)
            self._update(error=error, summary=str(error) or type(error).__name__)
        return self.result

    def _update(self, **fields: Any) -> None:
        self.result = replace(self.result, **fields)

    @contextmanager
    def _namespace(self) -> Iterator[None]:
        """Provision the namespace; destroy it at the end, however the block ends."""
        progress, namespace = self.target.progress, self.spec.namespace
        try:
            # A partly provisioned namespace is destroyed too: the token of its holder is ours.
            self._update(destroyed=False)
            keys = self.provisioner.provision(self.spec, self.options.keys_from)
            progress.note(f"{namespace}: created, with {len(keys)} third-party keys")
            yield
        except BaseException as error:
            try:
                self._destroy()
            except Exception as second:
                progress.note(f"{namespace}: not destroyed: {second}")
            raise error
        self._destroy()

    def _destroy(self) -> None:
        progress, namespace = self.target.progress, self.spec.namespace
        with undisturbed(), progress.task(f"destroy {namespace}"):
            for each in self.provisioner.namespaces():
                if each.holder is not None and each.holder.token == self.spec.holder.token:
                    self.provisioner.destroy(each)
                    progress.note(f"{namespace}: destroyed")
        self._update(destroyed=True)

    def _sweep(self) -> None:
        """Remove what killed testflights left; a failure to do so does not stop this one."""
        try:
            sweep(self.provisioner, MAX_AGE, self.target)
        except (ClusterError, TestflightError) as error:
            self.target.progress.note(str(error))

    def _install(self) -> None:
        target, namespace = self.target, self.spec.namespace
        kubectl, helm = target.kubectl.within(namespace), target.toolchain.program("helm")
        installer = ChartInstaller(helm, kubectl, self.chart.folder, self._values())
        installer.require_namespaced()
        monitor = ReadinessMonitor(kubectl, target.progress)
        task = f"install {self.chart.ref[:12]} in {namespace}"
        with monitor.running(), target.progress.task(task):
            try:
                installer.install(self.options.seconds, monitor.unreachable)
            except TestflightError as error:
                next_step = "once the cluster is back: promoter testflight sweep"
                if not monitor.unreachable.is_set():
                    monitor.poll()
                    next_step = "docs/testflight.md explains such messages"
                self._update(reasons=monitor.reasons)
                reasons = "; ".join(monitor.reasons) or "no pod is known to be unready"
                raise TestflightError(f"{error}; {reasons}", next_step=next_step) from error

    def _values(self) -> Mapping[str, Any]:
        """Return the values to install the chart with: all parts but the ones to leave out."""
        parts, without = self.chart.parts(), self.options.without
        unknown = sorted(set(without) - set(parts))
        if unknown:
            raise TestflightError(
                f"leave {unknown[0]} out: the chart has no such part",
                next_step=f"known: {', '.join(parts)}",
            )
        return {
            "chartHash": self.chart.content,
            "global": {
                "environment": f"testflight-{self.spec.short}",
                "lanaDomain": f"{self.spec.short}.{_DOMAIN}",
                # Generated in the namespace: no credentials of staging's databases get here.
                "secrets": {"mode": "generate"},
            },
            **{part: {"enabled": part not in without} for part in parts},
        }


def sweep(
    provisioner: Provisioner, age: timedelta, target: SmoketestTarget
) -> tuple[ProvisionedNamespace, ...]:
    """Destroy and return the namespaces of testflights that are not in use any more.

    Those are the ones with our label that are older than ``age``, or whose process ran on this
    host and has ended.
    """
    current = datetime.now(UTC)
    stale = tuple(each for each in provisioner.namespaces() if each.is_stale(current, age))
    for each in stale:
        with undisturbed(), target.progress.task(f"destroy {each.name}"):
            provisioner.destroy(each)
        target.progress.note(f"{each.name}: left by another testflight, destroyed")
    return stale
