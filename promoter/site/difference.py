"""The difference between two deployments: files, settings, chart values and images."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from promoter.common.errors import YamlEditError
from promoter.forge.links import compare_link
from promoter.gate.rules import changes_between
from promoter.gate.state import DeployState, ident, path_of
from promoter.git import Git
from promoter.site.chart_changes import text_of
from promoter.site.plan import ChangedFile
from promoter.vendoring.summary import PinChange, pin_changes, value_lines

_SETTINGS = "stacks/"


@dataclass(frozen=True)
class ImageChange:
    """An image before and after ("" where there is none); ``compare`` is the page of its source."""

    app: str
    old_digest: str
    new_digest: str
    old_commit: str
    new_commit: str
    compare: str


@dataclass(frozen=True)
class StateDifference:
    """The changes from one deployment to another.

    ``settings`` and ``values`` have a line for each key that differs, without secrets.
    """

    files: tuple[ChangedFile, ...] = ()
    settings: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    images: tuple[ImageChange, ...] = ()


def difference(git: Git, old: DeployState | None, new: DeployState) -> StateDifference:
    """Return the changes from ``old`` (None: nothing) to ``new``, of any two environments.

    Files are compared by path, wherever each environment took them from.
    """
    before, after = _by_path(old) if old else None, _by_path(new)
    changes = changes_between(after, before)
    settings: list[str] = []
    values: list[str] = []
    images: list[ImageChange] = []
    for change in changes:
        recorded = before.files.get(change.identity) if before else None
        texts = (text_of(git, recorded), text_of(git, change.current))
        if change.path.startswith("charts/") and change.path.endswith("/values.yaml"):
            values += value_lines(*texts)
            with suppress(YamlEditError):  # then the files alone are shown
                images += _images(*texts)
        elif change.path.startswith(_SETTINGS) and change.path.endswith(".yml"):
            settings += (f"{change.path}: {line[2:]}" for line in value_lines(*texts))
    files = tuple(map(ChangedFile.of, changes))
    return StateDifference(
        files, tuple(settings), tuple(line[2:] for line in values), tuple(images)
    )


def _images(old: str, new: str) -> Iterator[ImageChange]:
    for change in pin_changes(old, new):
        pin = change.new or change.old
        if pin is None:
            continue
        old_commit, new_commit = _fields(change, "commit_ref")
        old_digest, new_digest = _fields(change, "digest")
        yield ImageChange(
            pin.app or pin.path,
            old_digest,
            new_digest,
            old_commit,
            new_commit,
            compare_link(pin.source, old_commit, new_commit),
        )


def _fields(change: PinChange, name: str) -> tuple[str, str]:
    """Return a field of the pin before and after, "" where there is none."""
    old, new = (getattr(pin, name) if pin else "" for pin in (change.old, change.new))
    return old, new


def _by_path(state: DeployState) -> DeployState:
    """Return ``state`` with identities that have no source; of equal paths the first counts."""
    files = {ident("", path_of(key)): state.files[key] for key in sorted(state.files, reverse=True)}
    return state._replace(files=files)
