"""Source commits: where each one that a chart pins is on its way, from git alone."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from promoter.common.errors import InvalidFile, YamlEditError
from promoter.common.yaml_file import read_yaml
from promoter.gate.state import DeployState, path_of
from promoter.git import Git
from promoter.site.site import Site
from promoter.site.status import VALUES, chart_in_lock
from promoter.site.timeline import Timeline
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.pins import Pin, read_pins

SOURCE_COMMIT = re.compile(r"[0-9a-f]{7,40}")
"""The form of a commit that a pin may name."""

_CHART = "charts/lana-bank/Chart.yaml"
_TRAILERS = ("Testflight", "Untested")
_FORMAT = "%x00".join(
    ("commit %H", "%cI", *(f"%(trailers:key={key},valueonly)" for key in _TRAILERS))
)


@dataclass(frozen=True)
class Vendoring:
    """A commit that vendored a chart; ``chart_ref`` is the charts repository's commit.

    ``version`` is the candidate or release that the chart names, "" without one.
    ``testflight`` is what its commit names as the attestation, ``untested`` why there is none.
    """

    commit: str
    at: str
    chart_ref: str | None
    version: str
    testflight: str
    untested: str
    pins: tuple[Pin, ...]


@dataclass(frozen=True)
class Stay:
    """The time for which an environment ran a commit: ``until`` is "" while it does."""

    environment: str
    record: str
    version: int
    since: str
    until: str = ""


@dataclass(frozen=True)
class SourceCommit:
    """A commit of the application that a vendored chart pins, and where it went from there.

    ``repository`` is the source's address, ``apps`` are the images that are built from it.
    """

    commit: str
    repository: str
    apps: tuple[str, ...]
    vendored: tuple[Vendoring, ...]
    stays: tuple[Stay, ...]


def source_commits(site: Site, timelines: Iterable[Timeline]) -> tuple[SourceCommit, ...]:
    """Return every commit that a vendored chart of the history pins, the newest chart first."""
    vendorings = tuple(_vendorings(site))
    pins = [pin for each in vendorings for pin in each.pins]
    stays: dict[str, list[Stay]] = {}
    for timeline in timelines:
        for commit, stay in _stays(site.git, timeline):
            stays.setdefault(commit, []).append(stay)
    return tuple(
        SourceCommit(
            commit,
            next(pin.source for pin in pins if pin.commit_ref == commit),
            tuple(dict.fromkeys(pin.app for pin in pins if pin.commit_ref == commit)),
            tuple(each for each in vendorings if commit in _commits(each.pins)),
            tuple(sorted(stays.get(commit, ()), key=lambda stay: stay.since, reverse=True)),
        )
        for commit in _commits(pins)
    )


def _commits(pins: Iterable[Pin]) -> dict[str, None]:
    return dict.fromkeys(pin.commit_ref for pin in pins if SOURCE_COMMIT.fullmatch(pin.commit_ref))


def _vendorings(site: Site) -> Iterator[Vendoring]:
    """Yield the commits that changed the pins or the values of the chart, the newest first."""
    with site.reading() as history:
        output = site.git.text("log", "-z", f"--format={_FORMAT}", site.tip, "--", VALUES)
        for entry in filter(None, output.split("\0commit ")):
            commit, at, testflight, untested = entry.removeprefix("commit ").split("\0")[:4]
            values, lock, chart = (
                history.file(commit, path) for path in (VALUES, LOCK_NAME, _CHART)
            )
            yield Vendoring(
                commit,
                at,
                _chart_ref(lock.content) if lock else None,
                _version(chart.content) if chart else "",
                " ".join(testflight.split()),
                " ".join(untested.split()),
                _pins(values.content) if values else (),
            )


def _stays(git: Git, timeline: Timeline) -> Iterator[tuple[str, Stay]]:
    """Yield each source commit that the environment ran, with each time without a break."""
    blobs = {_values_blob(each.state.current) for each in timeline.records if each.state}
    pinned = {blob: _pins(text) for blob, text in git.blobs(filter(None, blobs)).items()}
    running: dict[str, Stay] = {}
    for record in reversed(timeline.records):
        blob = _values_blob(record.state.current) if record.state else None
        commits = _commits(pinned.get(blob or "", ()))
        for commit in [each for each in running if each not in commits]:
            stay = running.pop(commit)
            yield commit, Stay(stay.environment, stay.record, stay.version, stay.since, record.at)
        for commit in commits:
            version = record.version or 0
            new = Stay(timeline.environment, record.commit, version, record.at)
            running.setdefault(commit, new)
    yield from running.items()


def _values_blob(state: DeployState) -> str | None:
    return next(
        (each.file_hash for key, each in state.files.items() if path_of(key) == VALUES), None
    )


def _pins(values: bytes) -> tuple[Pin, ...]:
    with suppress(YamlEditError):
        return read_pins(values.decode(errors="replace"))
    return ()


def _version(chart: bytes) -> str:
    with suppress(InvalidFile):
        read = read_yaml(chart, _CHART)
        return str(read.get("appVersion") or "") if isinstance(read, dict) else ""
    return ""


def _chart_ref(lock: bytes) -> str | None:
    with suppress(InvalidFile):
        return chart_in_lock(lock)
    return None
