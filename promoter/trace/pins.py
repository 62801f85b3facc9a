"""The chain of one pin: the image in its registry and in the cluster, its source commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import Registry, configured_mirrors
from promoter.release.images import REVISION, SOURCE, TITLE, VERSION
from promoter.trace.chain import Link, PinTrace
from promoter.trace.origin import origin_of
from promoter.trace.repositories import Repositories
from promoter.vendoring.pins import Pin

Running = Mapping[str, frozenset[str]]
"""By an image's name: the digests that run, or what stands there without a digest."""


def running_of(references: Iterable[str]) -> Running:
    """What runs, from the images of containers as their pods name them."""
    found: dict[str, frozenset[str]] = {}
    for reference in references:
        image, _, digest = reference.partition("@")
        name = image.rpartition("/")[2].partition(":")[0]
        found[name] = found.get(name, frozenset()) | {digest or f"{image}, without a digest"}
    return found


@dataclass(frozen=True)
class Looked:
    """Where a trace looks beside the repository: the registry, the cluster, other remotes.

    ``mirrors`` says by registry which other address (host:port) has its images; ``cluster``
    is None where there is none to ask.
    """

    crane: Path
    mirrors: Mapping[str, str]
    cluster: Kubectl | None
    progress: Progress


def mirrors_of(platform_registry: str) -> Mapping[str, str]:
    """Where images are looked up: as PROMOTER_REGISTRY_MIRROR says, else on the platform."""
    said = configured_mirrors()
    if said or not platform_registry:
        return said
    return dict.fromkeys(("gcr.io", "us.gcr.io"), platform_registry)


@dataclass(frozen=True)
class PinWalk:
    """Walks from pins to source commits."""

    looked: Looked
    repositories: Repositories

    def traced(self, pin: Pin, running: Running | None) -> PinTrace:
        """The chain of one pin; ``running`` is what the cluster runs, None if not asked."""
        with self.looked.progress.task(f"trace {pin.app}"):
            return PinTrace((self._pinned(pin, running), self._image(pin), self._source(pin)))

    def _pinned(self, pin: Pin, running: Running | None) -> Link:
        facts = {"app": pin.app, "digest": pin.digest}
        if running is None:
            return Link("pin", pin.path, {**facts, "cluster": "not asked"})
        runs = running.get(pin.image.rpartition("/")[2], frozenset())
        if not runs:
            return Link("pin", pin.path, {**facts, "cluster": "not installed there"})
        other = sorted(runs - {pin.digest})
        told = "runs it" if pin.digest in runs else "does not run it"
        broken = tuple(f"the cluster runs {each}" for each in other)
        return Link("pin", pin.path, {**facts, "cluster": told}, broken)

    def _image(self, pin: Pin) -> Link:
        """The image in its registry, and whether its labels agree with the METADATA."""
        host, _, path = pin.image.partition("/")
        folder, _, name = path.rpartition("/")
        address = f"{self.looked.mirrors.get(host, host)}/{folder}".rstrip("/")
        registry = Registry(address, self.looked.crane)
        reference = f"{pin.image}@{pin.digest}"
        try:
            if registry.digest(name, pin.digest) is None:
                return Link("image", reference, broken=("the registry does not have it",))
            labels = registry.config(name, pin.digest).get("config", {}).get("Labels") or {}
        except PromoterError as error:
            return Link("image", reference, broken=(str(error),))
        expected = {REVISION: pin.commit_ref, SOURCE: pin.source, TITLE: pin.app}
        broken = tuple(
            f"its label {label} is {labels.get(label)!r}, the METADATA says {value!r}"
            for label, value in expected.items()
            if labels.get(label) != value
        )
        return Link("image", reference, {"version": str(labels.get(VERSION, "unknown"))}, broken)

    def _source(self, pin: Pin) -> Link:
        """The source commit, and what the forge says of its release and pull request."""
        facts = {"repository": pin.source}
        git = self.repositories.get(pin.source)
        if isinstance(git, str):
            return Link("source", pin.commit_ref, facts, (git,))
        commit = git.commit(pin.commit_ref)
        if commit is None:
            return Link("source", pin.commit_ref, facts, ("the repository does not have it",))
        if not git.lines("branch", "--list", "--contains", commit):
            return Link("source", commit, facts, ("it is on no branch of the repository",))
        title, author, when = git.text(
            "log", "-1", "--format=%s%x00%an <%ae>%x00%aI", commit
        ).split("\0")
        facts |= {"title": title, "by": author, "at": when}
        told = origin_of(git, commit, title)
        return Link("source", commit, {**facts, **told.facts}, told.broken)
