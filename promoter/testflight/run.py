"""A testflight: namespace, install, smoketest, and everything destroyed whatever happens.

Seed 004, step 3. A runner that is killed leaves its namespace; the next run, or a sweep,
removes it: by our label, and by age or because its process is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from promoter.common.errors import ClusterError
from promoter.common.holder import Holder
from promoter.common.signals import terminable, undisturbed
from promoter.common.text import redacted
from promoter.site.evidence import actor, now
from promoter.smoketest.endpoints import Endpoint
from promoter.smoketest.errors import SmoketestFailed
from promoter.smoketest.report import Report
from promoter.smoketest.smoketest import SmoketestTarget, smoketest
from promoter.testflight.chart import ChartUnderTest
from promoter.testflight.errors import TestflightError
from promoter.testflight.install import INSTALL_SECONDS, RELEASE, ChartInstaller, cluster_scoped
from promoter.testflight.provisioner import Left, Provisioner, TestflightSpec
from promoter.testflight.readiness import Watch

AGE = timedelta(minutes=60)
"""How old a testflight's namespace is when nobody can still be using it."""

Outcome = Literal["passed", "failed"]


@dataclass(frozen=True)
class TestflightOptions:
    """How a testflight is made.

    ``keys_from`` is the namespace whose third-party keys are copied, ``without`` the parts of
    the chart that are left out, ``domain`` what the ref is a host below, ``seconds`` Helm's
    timeout, ``age`` that of abandoned namespaces.
    """

    keys_from: str = "lana-bank-staging"
    without: tuple[str, ...] = ()
    domain: str = "testflight.lana.localhost"
    seconds: int = INSTALL_SECONDS
    age: timedelta = AGE
    endpoints: Sequence[Endpoint] | None = None


@dataclass(frozen=True)
class TestflightResult:
    """What came of a testflight; ``reasons`` is what was not ready, at the last look."""

    ref: str
    content: str
    namespace: str
    outcome: Outcome
    at: str
    actor: str
    without: tuple[str, ...]
    summary: str = ""
    reasons: tuple[str, ...] = ()
    destroyed: bool = True
    report: Report | None = None

    def evidence(self) -> Mapping[str, Any]:
        """The whole of it as a JSON value, redacted."""
        told = {name: value for name, value in vars(self).items() if name != "report"}
        smoketest_ = self.report.evidence() if self.report else None
        return dict(redacted({**told, "smoketest": smoketest_}))


@dataclass
class _Seen:
    """What is known so far, for the evidence."""

    summary: str = ""
    reasons: tuple[str, ...] = ()
    report: Report | None = None
    destroyed: bool = True


@dataclass(frozen=True)
class Testflight:
    """Testflights on one cluster. ``noted`` is given what came of each, failed ones included."""

    __test__ = False

    place: SmoketestTarget
    ground: Provisioner
    terms: TestflightOptions = field(default_factory=TestflightOptions)
    noted: Callable[[TestflightResult], None] = lambda flown: None  # noqa: ARG005

    def fly(self, chart: ChartUnderTest) -> TestflightResult:
        """Test ``chart``; raises `PromoterError` where it fails, with its namespace gone."""
        seen = _Seen()
        flight = TestflightSpec(
            chart.ref, Holder.this_process(datetime.now(UTC)), datetime.now(UTC)
        )
        at, passed = now(), False
        try:
            with terminable():
                self._sweep()
                with self._namespace(flight, seen):
                    self._install(chart, flight, seen)
                    seen.report = smoketest(
                        RELEASE, flight.namespace, self.place, self.terms.endpoints
                    )
            passed = True
        except BaseException as error:
            seen.summary = str(error) or type(error).__name__
            if isinstance(error, SmoketestFailed):
                seen.report = error.report
            raise
        finally:
            flown = self._flown(chart, flight, seen, at, "passed" if passed else "failed")
            self.noted(flown)
        return flown

    def values(self, chart: ChartUnderTest, flight: TestflightSpec) -> Mapping[str, Any]:
        """The values that the chart is installed with: all parts but ``without``."""
        parts = chart.parts()
        unknown = sorted(set(self.terms.without) - set(parts))
        if unknown:
            raise TestflightError(
                f"leave {unknown[0]} out: the chart has no such part",
                next_step=f"one of: {', '.join(parts)}",
            )
        return {
            "chartHash": chart.content,
            "global": {
                "environment": f"testflight-{flight.short}",
                "lanaDomain": f"{flight.short}.{self.terms.domain}",
                # Made in the namespace, so that no credential of staging's databases is here.
                "secrets": {"mode": "generate"},
            },
            **{part: {"enabled": part not in self.terms.without} for part in parts},
        }

    @contextmanager
    def _namespace(self, flight: TestflightSpec, seen: _Seen) -> Iterator[None]:
        """The flight's own namespace, destroyed at the end, however the block ends."""
        progress = self.place.progress
        try:
            # Also what only came half into being is destroyed: the holder's token tells it.
            seen.destroyed = False
            keys = self.ground.make(flight, self.terms.keys_from)
            progress.note(f"{flight.namespace}: made, with {len(keys)} keys of third parties")
            yield
        except BaseException as error:
            try:
                self._destroy(flight, seen)
            except Exception as second:
                progress.note(f"{flight.namespace}: not destroyed: {second}")
            raise error
        self._destroy(flight, seen)

    def _destroy(self, flight: TestflightSpec, seen: _Seen) -> None:
        progress = self.place.progress
        with undisturbed(), progress.task(f"destroy {flight.namespace}"):
            for left in self.ground.left():
                if left.holder is not None and left.holder.token == flight.holder.token:
                    self.ground.destroy(left)
                    progress.note(f"{flight.namespace}: destroyed")
        seen.destroyed = True

    def _sweep(self) -> None:
        """Remove what others left; what cannot be removed is no reason not to fly."""
        try:
            sweep(self.ground, self.terms.age, self.place)
        except (ClusterError, TestflightError) as error:
            self.place.progress.note(str(error))

    def _install(self, chart: ChartUnderTest, flight: TestflightSpec, seen: _Seen) -> None:
        program = self.place.toolchain.program
        helm = ChartInstaller(program("helm"), self.place.kubeconfig)
        values = self.values(chart, flight)
        helm.check(chart.folder, values, flight.namespace, cluster_scoped(self.place.kubectl))
        watch = Watch(self.place.kubectl.within(flight.namespace), self.place.progress)
        task = f"install {chart.ref[:12]} in {flight.namespace}"
        with watch.running(), self.place.progress.task(task):
            try:
                helm.install(chart.folder, values, flight.namespace, self.terms.seconds, watch.lost)
            except TestflightError as error:
                seen.reasons = watch.last if watch.lost.is_set() else watch.look() or watch.last
                raise TestflightError(
                    f"{error}; {'; '.join(seen.reasons) or 'nothing is known to be unready'}",
                    next_step="when it is back: promoter testflight sweep"
                    if watch.lost.is_set()
                    else "docs/testflight.md says how to read it",
                ) from error

    def _flown(
        self,
        chart: ChartUnderTest,
        flight: TestflightSpec,
        seen: _Seen,
        at: str,
        outcome: Outcome,
    ) -> TestflightResult:
        return TestflightResult(
            ref=chart.ref,
            content=chart.content,
            namespace=flight.namespace,
            outcome=outcome,
            at=at,
            actor=actor(),
            without=self.terms.without,
            summary=seen.summary or (seen.report.summary() if seen.report else ""),
            reasons=seen.reasons,
            destroyed=seen.destroyed,
            report=seen.report,
        )


def sweep(ground: Provisioner, age: timedelta, place: SmoketestTarget) -> tuple[Left, ...]:
    """Destroy what testflights left that nobody uses any more; gives what was destroyed.

    Only namespaces with our label; of these, those older than ``age`` and those whose
    process ran on this host and is gone.
    """
    found = [each for each in ground.left() if each.stale(datetime.now(UTC), age)]
    for left in found:
        with undisturbed(), place.progress.task(f"destroy {left.namespace}"):
            ground.destroy(left)
        place.progress.note(f"{left.namespace}: left behind, destroyed")
    return tuple(found)
