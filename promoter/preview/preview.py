"""What a ref of a dependency would change in each environment, before it is vendored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.forge.links import compare_link
from promoter.preview.manifests import ObjectChange, changes, render
from promoter.synthesis.releases import StackRelease
from promoter.vendoring.config import CONFIG_NAME, find_dependency, read_config
from promoter.vendoring.errors import VendorError
from promoter.vendoring.git_source import fetched
from promoter.vendoring.lock import LOCK_NAME, read_lock
from promoter.vendoring.staging import Fetcher, GitFetcher, check_links, place
from promoter.vendoring.summary import ChartSnapshot, PinChange, pin_changes
from promoter.vendoring.swap import workshop

MOST_TITLES = 50


@dataclass(frozen=True)
class EnvironmentPreview:
    """What changes in one environment; ``problem`` says why that cannot be told."""

    environment: str
    changes: tuple[ObjectChange, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """A bump that has not happened: the commits (40 hex digits), and what lies between.

    ``titles`` are the commits' first lines, newest first, at most `MOST_TITLES` of ``commits``.
    """

    dependency: str
    old: str
    new: str
    link: str
    commits: int
    titles: tuple[str, ...]
    pins: tuple[PinChange, ...]
    environments: tuple[EnvironmentPreview, ...]


def preview(
    root: Path,
    dependency: str,
    ref: str,
    releases: Sequence[StackRelease],
    helm: Path,
    *,
    fetcher: Fetcher | None = None,
    progress: Progress | None = None,
) -> Preview:
    """What vendoring ``dependency`` at ``ref`` would change for each of ``releases``.

    Compared with the chart in the work tree. Nothing is changed there. Raises
    `RefNotFound`, `VendorError`, `UnsafeContent` as a bump does.
    """
    progress, root = progress or Silent(), root.resolve()
    found = find_dependency(read_config(root / CONFIG_NAME), dependency)
    lock = read_lock(root / LOCK_NAME)
    locked = lock.find(found.directory.path, found.contents.path) if lock else None
    old = locked.git.sha if locked else ""
    url = found.contents.git.url
    with workshop(root) as stage:
        with progress.task(f"fetch {found.path} at {ref}"):
            with fetched(found.contents.git, stage / "history") as source:
                new = source.resolve(ref)
                titles = source.titles(old, new)
            fresh, current = stage / "new", root / found.path
            place(fetcher or GitFetcher(), found.contents, new, current, fresh, stage / "work")
            check_links(fresh)
        environments = []
        for release in releases:
            with progress.task(f"render {release.environment}"):
                environments.append(_environment(helm, current, fresh, release))
        pins = pin_changes(_chart(current), _chart(fresh))
    return Preview(
        dependency=found.path,
        old=old,
        new=new,
        link=compare_link(url, old, new),
        commits=len(titles),
        titles=tuple(titles[:MOST_TITLES]),
        pins=tuple(pins),
        environments=tuple(environments),
    )


def _environment(helm: Path, old: Path, new: Path, release: StackRelease) -> EnvironmentPreview:
    before: dict[str, str] = {}
    already = ""
    try:
        before = render(helm, old, release) if old.is_dir() else {}
    except VendorError:
        already = " (the chart that is vendored now fails too)"
    try:
        after = render(helm, new, release)
    except VendorError as error:
        return EnvironmentPreview(release.environment, problem=f"{error}{already}")
    return EnvironmentPreview(release.environment, changes(before, after))


def _chart(folder: Path) -> ChartSnapshot:
    file = folder / "values.yaml"
    return ChartSnapshot({}, file.read_bytes().decode(errors="replace") if file.is_file() else "")
