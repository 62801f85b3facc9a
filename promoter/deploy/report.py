"""Report deploys to the forge, where GitHub shows them as Deployments of each environment.

A forge that cannot be reached, or refuses, never makes a deploy fail.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.common.text import redact
from promoter.forge.forge import DeploymentReport, DeploymentState, Forge
from promoter.forge.links import repository_of
from promoter.forge.remote import forge_of
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

    def deploying(
        self, environment: str, commit: str, outcome: str = "deployed"
    ) -> AbstractContextManager[None]:
        """Report the deploy of ``commit`` during the block, and a failure or its ``outcome``."""
        done = DeploymentReport(environment, commit, DeploymentState.SUCCESS, outcome)
        return self._during("promoter deploys", done)

    def destroying(self, environment: str, commit: str) -> AbstractContextManager[None]:
        """Report that what ``commit`` deployed is destroyed during the block, or the failure."""
        done = DeploymentReport(environment, commit, DeploymentState.INACTIVE, "destroyed")
        return self._during("promoter destroys", done)

    @contextmanager
    def _during(self, what: str, done: DeploymentReport) -> Iterator[None]:
        self.report(replace(done, state=DeploymentState.IN_PROGRESS, description=what))
        try:
            yield
        except BaseException as error:
            cause = str(error) or type(error).__name__
            self.report(replace(done, state=DeploymentState.FAILURE, description=cause))
            raise
        self.report(done)

    def waiting(self, site: Site, environment: str) -> None:
        """Report each environment that takes what passed ``environment`` and waits for its gate.

        The report is of the commit that was deployed, so it is one deployment at the forge until
        another commit waits.
        """
        try:
            site = site.fetched()
            deployment = site.deployment(environment)
            recorded = deployment.recorded(environment)
            commit = recorded.current.head_commit if recorded else ""
            following = [
                n for n, each in deployment.environments.items() if each.passed == environment
            ]
            for name in following if commit else ():
                decision = site.decide(name, origins=False)
                for hold in (each for each in decision.holds if isinstance(each, HeldByGate)):
                    text = f"waiting for votes: {hold}"
                    self.report(DeploymentReport(name, commit, DeploymentState.QUEUED, text))
        except PromoterError as error:
            self.progress.note(f"{environment}: what waits after it is not shown: {error}")


def reporter_of(site: Site, progress: Progress, *, required: bool | None = None) -> Reporter | None:
    """Return the reporter to the forge of the site's remote, None where there is no report.

    By default there is one for a repository on GitHub: a folder has no page to show it on.
    """
    if required is None:
        address = site.git.text("ls-remote", "--get-url", "--", site.remote)
        required = bool(repository_of(address))
    return Reporter(partial(forge_of, site.git, site.remote), progress) if required else None
