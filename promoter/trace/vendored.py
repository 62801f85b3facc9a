"""How an environment's chart came to be vendored, held against the charts repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from promoter.git import Git, is_full_id
from promoter.site.site import Site
from promoter.testflight.attestation import ALLOWED_TESTERS, find_attestation
from promoter.testflight.errors import NotTested
from promoter.trace.chain import Link
from promoter.vendoring.config import CONFIG_NAME, Contents
from promoter.vendoring.git_source import SourceRepository
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.selection import select

_TRAILERS = ("Testflight", "Untested")


@dataclass(frozen=True)
class Vendored:
    """The commit of ``site`` that vendored a chart, and the chart's entry in its vendir.yml."""

    site: Site
    commit: str
    contents: Contents

    def link(self, charts: Git | str, ref: str, files: Mapping[str, str]) -> Link:
        """The link to ``ref`` of the charts repository, which a text says is not to be read.

        ``files`` are the blobs of the recorded chart by path.
        """
        trailers = self._trailers()
        facts = {"repository": self.contents.git.url, "vendored": self.commit, **trailers}
        if "testflight" not in trailers and "untested" not in trailers:
            facts["testflight"] = "none is named"
        broken = [*self._unlike_vendir_yml(ref), *self._unproven(ref, trailers)]
        if isinstance(charts, str):
            return Link("chart", ref, facts, (*broken, charts))
        if not is_full_id(ref) or charts.commit(ref) is None:
            problem = "the charts repository does not have it"
            return Link("chart", ref, facts, (*broken, problem))
        # A clone may hold, or fetch when asked, what no branch reaches any more.
        if not charts.lines("for-each-ref", "--count=1", f"--contains={ref}"):
            broken.append("no branch or tag of the charts repository reaches it")
        facts["title"] = charts.text("log", "-1", "--format=%s", ref)
        return Link("chart", ref, facts, (*broken, *self._unlike_the_charts(charts, ref, files)))

    def _trailers(self) -> Mapping[str, str]:
        """What the commit says of the chart's testflight."""
        found = {
            name.lower(): self.site.git.text(
                "log", "-1", f"--format=%(trailers:key={name},valueonly)", self.commit
            ).strip()
            for name in _TRAILERS
        }
        return {name: value for name, value in found.items() if value}

    def _unlike_vendir_yml(self, ref: str) -> Iterator[str]:
        said = self.contents.git.ref
        if is_full_id(said) and said != ref:
            yield f"{LOCK_NAME} has it, {CONFIG_NAME} beside it says {said}"

    def _unproven(self, ref: str, trailers: Mapping[str, str]) -> Iterator[str]:
        """Why the testflight that the commit names is none."""
        # By the testers of then: who has left since did not test less.
        git = self.site.git
        if "testflight" not in trailers or git.file(self.commit, ALLOWED_TESTERS) is None:
            return
        try:
            found = find_attestation(git, self.site.remote, ref, self.commit)
        except NotTested as error:
            yield str(error)
            return
        if found is None:
            yield "the testflight that its commit names is not attested"

    def _unlike_the_charts(self, charts: Git, ref: str, files: Mapping[str, str]) -> Iterator[str]:
        """How the recorded files differ from what vendir.yml takes of the charts repository."""
        source = SourceRepository(charts, self.contents.git, filtered=True)
        below = f"{self.contents.root}/" if self.contents.root else ""
        taken = select(source.entries(ref), self.contents)
        there = {path.removeprefix(below): entry.blob for path, entry in taken.items()}
        for path in sorted(files.keys() | there.keys()):
            # cepler's patterns skip dot files, unless they are named.
            if path not in files and any(part.startswith(".") for part in path.split("/")):
                continue
            if files.get(path) != there.get(path):
                yield f"{path} is not what the charts repository has at that ref"
