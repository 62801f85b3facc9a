"""Walks from an environment to the source commits that run there, checking every link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.gate.state import EnvironmentState, path_of
from promoter.git import is_full_id
from promoter.programs.workloads import container_images
from promoter.site.site import Site
from promoter.site.status import chart_ref, namespace_of, vendored_by
from promoter.trace.chain import Link, Step, Trace
from promoter.trace.pins import Looked, PinWalk, Running, running_of
from promoter.trace.repositories import Repositories
from promoter.trace.vendored import Vendored
from promoter.vendoring.config import CONFIG_NAME, Contents, find_dependency, parse_config
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.pins import Pin, read_pins

CHART = "lana-bank"


def trace(site: Site, environment: str, looked: Looked) -> Trace:
    """The trace of one environment; broken links are in it, not raised.

    Raises `UsageError` for an environment that no cepler file names.
    """
    site.deployment_of(environment)
    with TemporaryDirectory(prefix="trace-") as folder:
        return Walk(site, environment, looked, Repositories(Path(folder))).whole()


@dataclass(frozen=True)
class Walk:
    """The way through one environment's records; each method is a link of it."""

    site: Site
    environment: str
    looked: Looked
    repositories: Repositories

    @property
    def recorded(self) -> EnvironmentState | None:
        """What is recorded for the environment, None before its first deployment."""
        name = self.site.deployment_of(self.environment)
        return self.site.deployments[name].recorded(self.environment)

    def whole(self) -> Trace:
        """The whole trace."""
        recorded = self.recorded
        if recorded is None:
            broken = ("it has no state file: it was never deployed",)
            return Trace(self.environment, (Link("environment", self.environment, broken=broken),))
        running, unlike = self._running(recorded)
        environment = _link("environment", self.environment, self._deployment)
        links = [
            replace(environment, broken=(*environment.broken, *unlike)),
            _link("state", "", lambda: self._state(recorded)),
            _link("chart", "", lambda: self._chart(recorded)),
        ]
        pins, problem = self._pinned(recorded)
        if problem:
            links.append(Link("pin", "values.yaml", broken=(problem,)))
        walk = PinWalk(self.looked, self.repositories)
        traced = tuple(walk.traced(pin, running) for pin in pins)
        return Trace(self.environment, tuple(links), traced)

    # --- environment and state -------------------------------------------------------

    def _deployment(self) -> Link:
        approval = self.site.approvals.gate(
            self.site.deployment_of(self.environment), self.environment
        )
        told = "not gated"
        if approval is not None:
            reason = f", {approval.reason}" if approval.reason else ""
            told = f"{approval.by} in {approval.commit[:12]} at {approval.at}{reason}"
        return Link("environment", self.environment, {"approval": told})

    def _state(self, recorded: EnvironmentState) -> Link:
        git, site = self.site.git, self.site
        path = site.deployment(self.environment).state_path(self.environment)
        fields = "%H%x00%aI%x00%an <%ae>"
        told = git.text("log", "-1", f"--format={fields}", site.tip, "--", path).split("\0")
        commit, when, who = told
        broken = [
            f"{path_of(identity)} was recorded with changes that no commit has"
            for identity, file in recorded.current.files.items()
            if file.dirty
        ]
        if not git.is_ancestor(recorded.current.head_commit, site.tip):
            broken.append(f"its head {recorded.current.head_commit[:12]} is not on {site.branch}")
        broken += self._unlike_their_commits(recorded)
        facts = {"file": path, "version": str(recorded.version), "recorded": when, "by": who}
        return Link("state", commit, facts, tuple(broken))

    def _unlike_their_commits(self, recorded: EnvironmentState) -> Iterator[str]:
        """Recorded files that the commit they are said to be of does not have like that."""
        git = self.site.git
        for identity, file in recorded.current.files.items():
            path = path_of(identity)
            # Less than a full id means something else at another time, and none the index.
            known = is_full_id(file.from_commit) and git.tree(file.from_commit, path)
            if file.file_hash and known != file.file_hash:
                yield f"{path} is not what commit {file.from_commit[:12]} has"

    # --- chart ----------------------------------------------------------------------

    def _chart(self, recorded: EnvironmentState) -> Link:
        vendored, ref = self.vendored(recorded), chart_ref(self.site, recorded)
        if vendored is None or ref is None:
            return Link(
                "chart", "", broken=(f"no {LOCK_NAME} says which ref it was vendored from",)
            )
        charts = self.repositories.get(vendored.contents.git.url)
        return vendored.link(charts, ref, _chart_files(recorded))

    def vendored(self, recorded: EnvironmentState) -> Vendored | None:
        """How the recorded chart came here; None where no vendir.yml says it."""
        commit = vendored_by(self.site.git, recorded)
        contents = self._contents(commit) if commit else None
        return Vendored(self.site, commit, contents) if commit and contents else None

    def _contents(self, commit: str) -> Contents | None:
        """The chart's entry in vendir.yml, as of ``commit``."""
        config = self.site.git.file(commit, CONFIG_NAME)
        try:
            return find_dependency(parse_config(config), CHART).contents if config else None
        except (InvalidFile, UsageError):
            return None

    # --- pins -----------------------------------------------------------------------

    def pins(self, recorded: EnvironmentState) -> tuple[Pin, ...]:
        """The pins of the recorded values.yaml; raises `PromoterError` where it is no YAML."""
        blob = _chart_files(recorded).get("values.yaml")
        content = self.site.git.output("cat-file", "blob", blob) if blob else b""
        return read_pins(content.decode(errors="replace"))

    def _pinned(self, recorded: EnvironmentState) -> tuple[tuple[Pin, ...], str]:
        try:
            pins = self.pins(recorded)
        except PromoterError as error:
            return (), str(error)
        return pins, "" if pins else "it pins nothing, or is not recorded"

    def _running(self, recorded: EnvironmentState) -> tuple[Running | None, tuple[str, ...]]:
        """What the cluster runs, None where none is asked; and why that is not as recorded."""
        if self.looked.cluster is None:
            return None, ()
        try:
            namespace = namespace_of(self.site, recorded, self.environment)
            found = running_of(container_images(self.looked.cluster.within(namespace), CHART))
        except PromoterError as error:
            return None, (str(error),)
        nothing = f"nothing of {CHART} runs in namespace {namespace} of the cluster"
        return found, () if found else (nothing,)


def _link(step: Step, value: str, made: Callable[[], Link]) -> Link:
    """``made()``, or a broken link that says why there is none."""
    try:
        return made()
    except PromoterError as error:
        return Link(step, value, broken=(str(error),))


def _chart_files(recorded: EnvironmentState) -> Mapping[str, str]:
    """The blobs of the recorded chart, by their path in it."""
    folder = f"charts/{CHART}/"
    return {
        path_of(identity).removeprefix(folder): file.file_hash
        for identity, file in recorded.current.files.items()
        if path_of(identity).startswith(folder) and file.file_hash
    }
