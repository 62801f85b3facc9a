"""Report deploys to the forge, where GitHub shows them as Deployments of each environment.

A forge that cannot be reached, or refuses, never makes a deploy fail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.forge.forge import DeploymentReport, DeploymentState, Forge
from promoter.gate.holds.gate import HeldByGate
from promoter.site.site import Site


@dataclass(frozen=True)
class Reporter:
    """Reports to the forge that ``forge`` opens; a failure to do so is a note."""

    forge: Callable[[], Forge]
    progress: Progress

    def report(self, report: DeploymentReport) -> None:
        """Report one state, without the secrets that its description may have."""
        try:
            public = replace(report, description=redact(report.description))
            self.forge().report_deployment(public)
        except PromoterError as error:
            self.progress.note(f"{report.environment}: not shown by the forge: {error}")

    @contextmanager
    def deploying(self, environment: str, commit: str) -> Iterator[None]:
        """Report the deploy of ``commit`` during the block, and its outcome."""

        def report(state: DeploymentState, description: str) -> None:
            self.report(DeploymentReport(environment, commit, state, description))

        report(DeploymentState.IN_PROGRESS, "promoter deploys")
        try:
            yield
        except BaseException as error:
            report(DeploymentState.FAILURE, str(error) or type(error).__name__)
            raise
        report(DeploymentState.SUCCESS, "deployed")

    def waiting(self, site: Site, environment: str) -> None:
        """Report each other environment that follows one and is held back by its gate."""
        try:
            site = site.fetched()
            names = [
                name
                for name, each in site.deployment(environment).config.environments.items()
                if name != environment and each.passed
            ]
            for name in names:
                decision = site.decide(name, origins=False)
                for hold in (each for each in decision.holds if isinstance(each, HeldByGate)):
                    text = f"waiting for votes: {hold}"
                    self.report(DeploymentReport(name, site.tip, DeploymentState.QUEUED, text))
        except PromoterError as error:
            self.progress.note(f"{environment}: what waits after it is not shown: {error}")
