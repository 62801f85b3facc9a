"""A recorded deployment of plain git repositories: every link of it can be damaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Silent
from promoter.gate.state import EnvironmentState, FileState
from promoter.gate.state_file import read_state, write_state
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import ImageLookup
from promoter.site.site import Site
from promoter.trace.chain import Trace
from promoter.trace.environment import trace
from promoter.trace.sources import TraceSources
from promoter.vendoring import sync
from tests.vendoring.sources import CHART, CONFIG, Source, Target, git

ENVIRONMENT = "local-staging"
DIGEST = f"sha256:{'ab' * 32}"
STATE = f"cepler/.cepler/local/{ENVIRONMENT}.state"
CEPLER = f"deployment: local\nenvironments:\n  {ENVIRONMENT}:\n    latest: [charts/**]\n"
VALUES = "charts/lana-bank/values.yaml"
IMAGE = "gcr.io/galoyorg/lana-bank"


def pinned(source: Source, metadata: str = "") -> str:
    text = metadata or f"repository={source.url};commit_ref={source.head};app=lana-bank;"
    return f'image:\n  repository: {IMAGE}\n  digest: "{DIGEST}" # METADATA:: {text}\n'


def unreachable_registry(cluster: Kubectl | None = None) -> TraceSources:
    return TraceSources(ImageLookup(Path("/nowhere/crane")), cluster, Silent())


@dataclass(frozen=True)
class Records:
    """The deployments repository (a clone and its remote), its charts, their source."""

    target: Target
    charts: Source
    source: Source

    @classmethod
    def new(cls, folder: Path, metadata: str = "") -> Records:
        """A chart with one pin, vendored and recorded for `ENVIRONMENT`."""
        source = Source.new(folder / "lana-bank")
        chart = {**CHART, VALUES: pinned(source, metadata)}
        charts = Source.new(folder / "charts", chart)
        config = CONFIG.format(url=charts.url, ref=charts.head)
        target = Target.new(folder / "deployments", config)
        git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
        git(target.folder, "remote", "add", "origin", str(folder / "remote.git"))
        records = cls(target, charts, source)
        sync(target.folder)
        records.push({"cepler/local.yml": CEPLER})
        git(target.folder, "branch", "-q", "side")
        records._open_gates()
        records._record()
        return records

    def push(self, files: Mapping[str, str | bytes], message: str = "chore: change") -> str:
        """Commit ``files`` and all other changes to the remote's main."""
        for path, content in files.items():
            file = self.target.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        head = self.target.commit_all(message)
        git(self.target.folder, "push", "-q", "origin", "HEAD:main")
        return head

    def site(self) -> Site:
        return Site.of(self.target.folder, remote="origin")

    def trace(self, cluster: Kubectl | None = None) -> Trace:
        """Return the trace without a registry: every image link is broken."""
        return trace(self.site(), ENVIRONMENT, unreachable_registry(cluster))

    def broken(self) -> list[str]:
        """Return the broken links except that of the image."""
        return [each for each in self.trace().broken if not each.startswith("image ")]

    def state(self) -> EnvironmentState:
        return read_state((self.target.folder / STATE).read_bytes(), STATE)

    def rewrite(self, **changed: object) -> None:
        """Push the state file with fields of its current deployment replaced."""
        state = self.state()
        current = state.current._replace(**changed)  # type: ignore[arg-type]
        self.push({STATE: write_state(state._replace(current=current))})

    def rewrite_files(self, **changed: object) -> None:
        """The same with fields of every recorded file replaced."""
        files: dict[str, FileState] = {
            name: file._replace(**changed)  # type: ignore[arg-type]
            for name, file in self.state().current.files.items()
        }
        self.rewrite(files=files)

    def _open_gates(self) -> None:
        folder = self.target.folder
        blob = git(folder, "hash-object", "-w", "--stdin", stdin=f"{ENVIRONMENT}: HEAD\n".encode())
        tree = git(folder, "mktree", stdin=f"100644 blob {blob}\tlocal.yml\n".encode())
        commit = git(folder, "commit-tree", tree, "-m", "gates")
        git(folder, "push", "-q", "origin", f"{commit}:refs/heads/cepler-gates")

    def _record(self) -> None:
        site = self.site()
        due = site.decide(ENVIRONMENT)
        assert due.is_due, due
        recorded = site.record(due)
        self.push({recorded.path: recorded.content}, recorded.message)
