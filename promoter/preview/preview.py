"""Preview the changes that a ref of a dependency makes in each environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.forge.links import compare_link
from promoter.preview.manifests import ObjectChange, changes, render
from promoter.programs.helm import Helm
from promoter.synthesis.app import StackRelease
from promoter.vendoring.config import CONFIG_NAME, find_dependency, read_config
from promoter.vendoring.errors import VendorError
from promoter.vendoring.fetch import fetch
from promoter.vendoring.git_source import source_repository
from promoter.vendoring.lock import LOCK_NAME, read_lock
from promoter.vendoring.refusals import refuse_links_out
from promoter.vendoring.summary import PinChange, pin_changes, read_values
from promoter.vendoring.workspace import workspace

MOST_TITLES = 50


@dataclass(frozen=True)
class EnvironmentPreview:
    """The changes in one environment, or the ``problem`` that prevents rendering it."""

    environment: str
    changes: tuple[ObjectChange, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """The changes of a bump from the commit ``old`` to ``new`` (40 hex digits).

    ``titles`` has the first lines of ``commits``, newest first, `MOST_TITLES` at most.
    """

    dependency: str
    old: str
    new: str
    link: str
    commits: int
    titles: tuple[str, ...]
    pins: tuple[PinChange, ...]
    environments: tuple[EnvironmentPreview, ...]

    @property
    def failed(self) -> bool:
        """True if an environment cannot be rendered."""
        return any(each.problem for each in self.environments)


def preview(
    root: Path,
    dependency: str,
    ref: str,
    releases: Sequence[StackRelease],
    helm: Helm,
    *,
    progress: Progress | None = None,
) -> Preview:
    """Compare ``releases`` of ``dependency`` in the work tree and at ``ref``; raise as a bump."""
    progress, root = progress or Silent(), root.resolve()
    found = find_dependency(read_config(root / CONFIG_NAME), dependency)
    lock = read_lock(root / LOCK_NAME)
    old = lock.commit(found) if lock else ""
    current = root / found.path
    with workspace(root) as stage:
        chart = stage / "new"
        with progress.task(f"fetch {found.path} at {ref}"):
            with source_repository(found.contents.git, stage / "history") as source:
                new = source.resolve(ref)
                titles = source.titles(old, new)
            fetch(found.contents, new, current, chart, stage / "work")
            refuse_links_out(chart)
        environments = []
        for release in releases:
            with progress.task(f"render {release.environment}", environment=release.environment):
                environments.append(_environment(helm, current, chart, release))
        pins = pin_changes(read_values(current), read_values(chart))
    return Preview(
        dependency=found.path,
        old=old,
        new=new,
        link=compare_link(found.contents.git.url, old, new),
        commits=len(titles),
        titles=tuple(titles[:MOST_TITLES]),
        pins=tuple(pins),
        environments=tuple(environments),
    )


def _environment(helm: Helm, old: Path, new: Path, release: StackRelease) -> EnvironmentPreview:
    before: dict[str, str] = {}
    also = ""
    try:
        before = render(helm, old, release) if old.is_dir() else {}
    except VendorError:
        also = " (the currently vendored chart fails too)"
    try:
        return EnvironmentPreview(release.environment, changes(before, render(helm, new, release)))
    except VendorError as error:
        return EnvironmentPreview(release.environment, problem=f"{error}{also}")
