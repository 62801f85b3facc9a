"""Trace an environment back to the source commits that run there, checking every link."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.gate.state import EnvironmentState, path_of
from promoter.git import Git, is_full_id
from promoter.programs.workloads import container_images
from promoter.site.approved import approval_in_words
from promoter.site.evidence import bypass_reason
from promoter.site.platform_remote import REMOTE as PLATFORM
from promoter.site.site import Site
from promoter.site.status import chart_ref, namespace_of, recorded_pins, vendored_by
from promoter.testflight.attestation import ALLOWED_TESTERS, NotTested, find_attestation
from promoter.trace.chain import Link, Step, Trace
from promoter.trace.pins import RunningImages, image_link, pin_link, running_images, source_link
from promoter.trace.sources import Clones, TraceSources, clones_below
from promoter.vendoring.config import CONFIG_NAME, Contents, find_dependency, parse_config
from promoter.vendoring.git_source import SourceRepository
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.pins import Pin
from promoter.vendoring.selection import select

CHART = "lana-bank"
_TRAILERS = ("Testflight", "Untested")


def trace(site: Site, environment: str, sources: TraceSources) -> Trace:
    """Return the trace of one environment, broken or not; raises `UsageError` if it is unknown."""
    site.deployment_of(environment)
    with TemporaryDirectory(prefix="trace-") as folder:
        return EnvironmentTracer(site, environment, sources, clones_below(Path(folder))).trace()


@dataclass(frozen=True)
class EnvironmentTracer:
    """Follows the records of one environment, one link per method."""

    site: Site
    environment: str
    sources: TraceSources
    clones: Clones

    @cached_property
    def recorded(self) -> EnvironmentState | None:
        """The recorded state, None before the first deployment."""
        name = self.site.deployment_of(self.environment)
        return self.site.deployments[name].recorded(self.environment)

    def trace(self) -> Trace:
        """Return the whole trace."""
        recorded = self.recorded
        if recorded is None:
            broken = ("it has no state file: it was never deployed",)
            return Trace(self.environment, [Link("environment", self.environment, {}, broken)])
        running, problems = self._running(recorded)
        links = [self._environment(problems)]
        steps: dict[Step, Callable[[EnvironmentState], Link]]
        steps = {"state": self._state, "chart": self._chart}
        for step, find in steps.items():
            try:
                links.append(find(recorded))
            except PromoterError as error:
                links.append(Link(step, "", {}, (str(error),)))
        problem = "it pins nothing, or is not recorded"
        try:
            pins = recorded_pins(self.site, recorded)
        except PromoterError as error:
            pins, problem = (), str(error)
        if not pins:
            links.append(Link("pin", "values.yaml", {}, (problem,)))
        return Trace(self.environment, links, [self._pin(pin, running) for pin in pins])

    def _pin(self, pin: Pin, running: RunningImages | None) -> tuple[Link, Link, Link]:
        with self.sources.progress.task(f"trace {pin.app}"):
            image = image_link(pin, self.sources.images)
            return pin_link(pin, running), image, source_link(pin, self.clones)

    def _environment(self, problems: tuple[str, ...]) -> Link:
        deployment = self.site.deployment_of(self.environment)
        try:
            approval = approval_in_words(self.site, self.environment)
        except PromoterError as error:
            return Link("environment", self.environment, {}, (str(error), *problems))
        begun = self.site.deployments[deployment].with_marks().begun(self.environment)
        problems = (*problems, f"a deploy was {begun}") if begun else problems
        facts = {"approval": approval or "not gated"}
        bypass = bypass_reason(self.site, deployment, self.environment)
        if bypass is not None:
            facts["bypassed"] = bypass
        return Link("environment", self.environment, facts, problems)

    def _running(self, recorded: EnvironmentState) -> tuple[RunningImages | None, tuple[str, ...]]:
        """Return the images in the cluster, None without a cluster, and its problems."""
        if self.sources.cluster is None:
            return None, ()
        try:
            namespace = namespace_of(self.site, recorded, self.environment)
            kubectl = replace(self.sources.cluster, namespace=namespace)
            found = running_images(container_images(kubectl, CHART))
        except PromoterError as error:
            return None, (str(error),)
        nothing = f"nothing of {CHART} runs in namespace {namespace} of the cluster"
        return found, () if found else (nothing,)

    def _state(self, recorded: EnvironmentState) -> Link:
        git, site, head = self.site.git, self.site, recorded.current.head_commit
        path = site.deployment(self.environment).state_path(self.environment)
        output = git.text("log", "-1", "--format=%H%x00%aI%x00%an <%ae>", site.tip, "--", path)
        commit, time, author = output.split("\0")
        broken = list(self._file_problems(recorded))
        if not git.is_ancestor(head, site.tip):
            broken.append(f"its head {head[:12]} is not on {site.branch}")
        facts = {"file": path, "version": str(recorded.version), "recorded": time, "by": author}
        return Link("state", commit, facts, broken)

    def _file_problems(self, recorded: EnvironmentState) -> Iterator[str]:
        git = self.site.git
        for identity, file in recorded.current.files.items():
            path, commit = path_of(identity), file.from_commit
            if file.dirty:
                yield f"{path} was recorded with uncommitted changes"
            # A shorter id may mean another commit later, and an empty one means the index.
            known = is_full_id(commit) and git.tree(commit, path)
            if file.file_hash and known != file.file_hash:
                yield f"{path} is not what commit {commit[:12]} has"

    def vendored(self, recorded: EnvironmentState) -> tuple[str, Contents] | None:
        """Return the commit that vendored the chart, and the chart's entry in its vendir.yml."""
        commit = vendored_by(self.site.git, recorded)
        config = self.site.git.file(commit, CONFIG_NAME) if commit else None
        with suppress(InvalidFile, UsageError):
            if commit and config:
                return commit, find_dependency(parse_config(config), CHART).contents
        return None

    def _chart(self, recorded: EnvironmentState) -> Link:
        vendored, ref = self.vendored(recorded), chart_ref(self.site, recorded)
        if vendored is None or ref is None:
            problem = f"no {LOCK_NAME} says which ref it was vendored from"
            return Link("chart", "", {}, (problem,))
        commit, contents = vendored
        keys = "%x00".join(f"%(trailers:key={name},valueonly)" for name in _TRAILERS)
        values = self.site.git.text("log", "-1", f"--format={keys}", commit).split("\0")
        named = {name.lower(): value.strip() for name, value in zip(_TRAILERS, values, strict=True)}
        trailers = {name: value for name, value in named.items() if value}
        facts = {"repository": contents.git.url, "vendored": commit}
        facts |= trailers or {"testflight": "none is named"}
        broken = list(self._testflight_problems(commit, ref)) if "testflight" in trailers else []
        if is_full_id(contents.git.ref) and contents.git.ref != ref:
            broken.append(f"{LOCK_NAME} has it, but {CONFIG_NAME} has {contents.git.ref}")
        charts = self.clones(contents.git.url)
        if isinstance(charts, str):
            broken.append(charts)
        elif not is_full_id(ref) or charts.commit(ref) is None:
            broken.append("the charts repository does not have it")
        else:
            # A server may have, and send, a commit that no branch reaches any more.
            if not charts.lines("for-each-ref", "--count=1", f"--contains={ref}"):
                broken.append("no branch or tag of the charts repository reaches it")
            facts["title"] = charts.text("log", "-1", "--format=%s", ref)
            broken += _chart_problems(charts, contents, ref, recorded)
        return Link("chart", ref, facts, broken)

    def _testflight_problems(self, commit: str, ref: str) -> Iterator[str]:
        # The testers of that commit: a tester who left later did not test less. They attest on
        # origin, also for what is recorded on the platform's own remote.
        git, recorded = self.site.git, self.site.remote
        remote = "origin" if recorded == PLATFORM else recorded
        if git.file(commit, ALLOWED_TESTERS) is None:
            return
        try:
            if find_attestation(git, remote, ref, commit) is None:
                yield "the testflight that its commit names is not attested"
        except NotTested as error:
            yield str(error)


def _chart_problems(
    charts: Git, contents: Contents, ref: str, recorded: EnvironmentState
) -> Iterator[str]:
    """Find recorded files that are not what vendir.yml takes from the charts repository."""
    folder, root = f"charts/{CHART}/", f"{contents.root}/" if contents.root else ""
    files = {
        path_of(identity).removeprefix(folder): file.file_hash
        for identity, file in recorded.current.files.items()
        if path_of(identity).startswith(folder) and file.file_hash
    }
    source = SourceRepository(charts, contents.git, filtered=True)
    selected = select(source.entries(ref), contents)
    expected = {path.removeprefix(root): entry.blob for path, entry in selected.items()}
    for path in sorted(files.keys() | expected.keys()):
        # cepler's patterns skip dot files, unless they are named.
        if path not in files and any(part.startswith(".") for part in path.split("/")):
            continue
        if files.get(path) != expected.get(path):
            yield f"{path} is not what the charts repository has at that ref"
