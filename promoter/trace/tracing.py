"""Walks from an environment to the source commits that run there, checking every link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.deploy.site import Site
from promoter.deploy.status import LOCK, chart_ref
from promoter.errors import InvalidFile, PromoterError, UsageError
from promoter.gate.state import EnvironmentState, path_of
from promoter.git import Git
from promoter.release.pins import Pin, read_pins
from promoter.trace.chain import Link, Trace
from promoter.trace.pins import Looked, PinWalk
from promoter.trace.repositories import Repositories
from promoter.vendoring.config import CONFIG_NAME, Contents, find_dependency, parse_config

_CHART = "lana-bank"
_TRAILERS = ("Testflight", "Untested")


def trace(site: Site, environment: str, looked: Looked) -> Trace:
    """The trace of one environment; broken links are in it, not raised.

    Raises `UsageError` for an environment that no cepler file names.
    """
    site.deployment_of(environment)
    with TemporaryDirectory(prefix="trace-") as folder:
        return _Walk(site, environment, looked, Repositories(Path(folder))).whole()


def running(site: Site, commit: str, looked: Looked) -> tuple[tuple[str, str], ...]:
    """Where ``commit`` (of any of the three repositories) runs: environment and by what.

    What an environment runs contains every ancestor of its commits. Raises `UsageError` for
    a commit that none of the repositories has.
    """
    found: list[tuple[str, str]] = []
    known = site.git.commit(commit) is not None
    with TemporaryDirectory(prefix="trace-") as folder:
        repositories = Repositories(Path(folder))
        names = [name for each in site.deployments.values() for name in each.environments]
        for name in names:
            walk = _Walk(site, name, looked, repositories)
            for what, git, tip in walk.commits():
                full = git.commit(commit)
                known = known or full is not None
                if full is not None and git.is_ancestor(full, tip):
                    found.append((name, f"{what} {tip[:12]}"))
    if not known:
        raise UsageError(
            f"find commit {commit}: none of the repositories of the chain has it",
            next_step="git fetch, or name it with all 40 digits",
        )
    return tuple(found)


@dataclass(frozen=True)
class _Walk:
    site: Site
    environment: str
    looked: Looked
    repositories: Repositories

    @property
    def recorded(self) -> EnvironmentState | None:
        name = self.site.deployment_of(self.environment)
        return self.site.deployments[name].recorded(self.environment)

    def whole(self) -> Trace:
        recorded = self.recorded
        if recorded is None:
            broken = ("it has no state file: it was never deployed",)
            return Trace(self.environment, (Link("environment", self.environment, broken=broken),))
        links = [Link("environment", self.environment, self._deployment()), self._state(recorded)]
        ref = chart_ref(self.site, recorded)
        links.append(self._chart(recorded, ref))
        pins, problem = self._pins(recorded)
        if problem:
            links.append(Link("pin", "values.yaml", broken=(problem,)))
        running = self._running()
        walk = PinWalk(self.looked, self.repositories)
        traced = tuple(walk.traced(pin, running) for pin in pins)
        return Trace(self.environment, tuple(links), traced)

    def commits(self) -> Iterator[tuple[str, Git, str]]:
        """Every commit that runs: in words, its repository, the commit."""
        recorded = self.recorded
        if recorded is None:
            return
        yield "deployments", self.site.git, recorded.current.head_commit
        ref, contents = chart_ref(self.site, recorded), self._contents(recorded)
        charts = self.repositories.get(contents.git.url) if contents else ""
        if ref and isinstance(charts, Git) and charts.commit(ref):
            yield "chart", charts, ref
        for pin in self._pins(recorded)[0]:
            source = self.repositories.get(pin.source)
            if isinstance(source, Git) and source.commit(pin.commit_ref):
                yield pin.app, source, pin.commit_ref

    # --- environment and state -------------------------------------------------------

    def _deployment(self) -> Mapping[str, str]:
        approval = self.site.approvals.gate(
            self.site.deployment_of(self.environment), self.environment
        )
        if approval is None:
            return {"approval": "not gated"}
        reason = f", {approval.reason}" if approval.reason else ""
        return {"approval": f"{approval.by} in {approval.commit[:12]} at {approval.at}{reason}"}

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
            if file.file_hash and git.tree(file.from_commit, path) != file.file_hash:
                yield f"{path} is not what commit {file.from_commit[:12]} has"

    # --- chart ----------------------------------------------------------------------

    def _chart(self, recorded: EnvironmentState, ref: str | None) -> Link:
        contents = self._contents(recorded)
        if ref is None or contents is None:
            return Link("chart", "", broken=(f"no {LOCK} says which ref it was vendored from",))
        facts = {"repository": contents.git.url, **self._trailers(recorded)}
        charts = self.repositories.get(contents.git.url)
        if isinstance(charts, str):
            return Link("chart", ref, facts, (charts,))
        if charts.commit(ref) is None:
            return Link("chart", ref, facts, ("the charts repository does not have it",))
        facts["title"] = charts.text("log", "-1", "--format=%s", ref)
        return Link("chart", ref, facts, tuple(self._unlike_the_charts(recorded, charts, ref)))

    def _unlike_the_charts(
        self, recorded: EnvironmentState, charts: Git, ref: str
    ) -> Iterator[str]:
        """How the recorded chart files differ from the charts repository's tree at ``ref``."""
        here = {
            path_of(identity).removeprefix(f"charts/{_CHART}/"): file.file_hash
            for identity, file in recorded.current.files.items()
            if path_of(identity).startswith(f"charts/{_CHART}/") and file.file_hash
        }
        contents = self._contents(recorded)
        root = contents.new_root_path if contents else ""
        tree = f"{ref}:{root}" if root else ref
        listed = (line.split("\t") for line in charts.lines("ls-tree", "-r", tree))
        there = {path: facts.split()[2] for facts, path in listed}
        for path in sorted(here.keys() | there.keys()):
            # cepler's patterns skip dot files, unless they are named.
            if path not in here and any(part.startswith(".") for part in path.split("/")):
                continue
            if here.get(path) != there.get(path):
                yield f"{path} is not what the charts repository has at that ref"

    def _contents(self, recorded: EnvironmentState) -> Contents | None:
        """The chart's entry in vendir.yml, as of the commit that vendored it."""
        vendored = self._vendored_by(recorded)
        config = self.site.git.file(vendored, CONFIG_NAME) if vendored else None
        try:
            return find_dependency(parse_config(config), _CHART).contents if config else None
        except (InvalidFile, UsageError):
            return None

    def _vendored_by(self, recorded: EnvironmentState) -> str | None:
        """The newest commit that changed one of the recorded chart files."""
        commits = {
            file.from_commit
            for identity, file in recorded.current.files.items()
            if path_of(identity).startswith("charts/") and file.file_hash
        }
        git = self.site.git
        if not commits:
            return None
        return git.lines("rev-list", "--no-walk", "--topo-order", *sorted(commits), "--")[0]

    def _trailers(self, recorded: EnvironmentState) -> Mapping[str, str]:
        """What the commit that vendored the chart says of its testflight."""
        commit = self._vendored_by(recorded)
        if commit is None:
            return {}
        found = {
            name.lower(): self.site.git.text(
                "log", "-1", f"--format=%(trailers:key={name},valueonly)", commit
            ).strip()
            for name in _TRAILERS
        }
        told = {name: value for name, value in found.items() if value}
        return {"vendored": commit, **(told or {"testflight": "none is named"})}

    # --- pins -----------------------------------------------------------------------

    def _pins(self, recorded: EnvironmentState) -> tuple[tuple[Pin, ...], str]:
        """The pins of the recorded values.yaml, and why there are none."""
        path = f"charts/{_CHART}/values.yaml"
        for identity, file in recorded.current.files.items():
            if path_of(identity) == path and file.file_hash:
                text = self.site.git.output("cat-file", "blob", file.file_hash).decode()
                try:
                    pins = read_pins(text)
                except PromoterError as error:
                    return (), str(error)
                return pins, "" if pins else "it pins nothing"
        return (), f"{path} is not recorded"

    def _running(self) -> Mapping[str, str] | None:
        """Digest by image name of what the cluster runs; None where none is asked."""
        if self.looked.cluster is None or self.recorded is None:
            return None
        from promoter.deploy.status import namespace_of

        namespace = namespace_of(self.site, self.recorded, self.environment)
        return self.looked.cluster.images(_CHART, namespace)
