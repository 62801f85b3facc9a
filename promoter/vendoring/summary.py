"""Summarize the changes of a bump for its commit message."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from promoter.common.text import HIDDEN, SECRET_NAME, inert_message, plain, redact
from promoter.forge.links import compare_link
from promoter.vendoring.folders import FolderFiles
from promoter.vendoring.pins import Pin, read_pins

_LONGEST = 40
_MOST_LINES = 200


@dataclass(frozen=True)
class ChartSnapshot:
    """The parts of a chart that a summary needs: its files, and values.yaml if it has one."""

    files: FolderFiles
    values: str = ""


def read_values(chart: Path) -> str:
    """Return the text of a chart's values.yaml; empty where it has none."""
    file = chart / "values.yaml"
    return file.read_bytes().decode(errors="replace") if file.is_file() else ""


@dataclass(frozen=True)
class PinChange:
    """The pin of one image before and after; None where it exists only on one side."""

    old: Pin | None
    new: Pin | None


def pin_changes(old: str, new: str) -> list[PinChange]:
    """Return the pins that differ between two values.yaml, in the new order, removed ones last."""
    before, after = ({pin.path: pin for pin in read_pins(values)} for values in (old, new))
    paths = (*after, *(path for path in before if path not in after))
    changes = (PinChange(before.get(path), after.get(path)) for path in paths)
    return [change for change in changes if change.old != change.new]


def message(
    name: str, url: str, shas: tuple[str, str], old: ChartSnapshot, new: ChartSnapshot
) -> str:
    """Return the whole commit message, ending in a newline."""
    before, after = shas
    origin = f" from {before[:12]}" if before else ""
    lines = [f"chore(charts): bump {name} to {after[:12]}{origin}", ""]
    lines += [f"Chart: {before or 'nothing'} -> {after}"]
    lines += filter(None, [compare_link(url, before, after)])
    sections = {
        "Pins:": [*chain.from_iterable(map(pin_lines, pin_changes(old.values, new.values)))],
        "Templates:": [*_files(old, new, templates=True)],
        "Values:": [*value_lines(old.values, new.values)],
        "Other files:": [*_files(old, new, templates=False)],
    }
    for title, content in sections.items():
        if content:
            lines += ["", title, *(plain(line) for line in content[:_MOST_LINES])]
        if len(content) > _MOST_LINES:
            lines.append(f"- and {len(content) - _MOST_LINES} more")
    return inert_message("\n".join(lines) + "\n")


def pin_lines(change: PinChange) -> Iterator[str]:
    """Yield one image's change as lines of a list, with the link that compares its source."""
    pin = change.new or change.old
    if pin is None:
        return
    yield f"- {pin.app or pin.path}: {_digest(change.old)} -> {_digest(change.new)}"
    old, new = (each.commit_ref if each else "" for each in (change.old, change.new))
    if link := compare_link(pin.source, old, new):
        yield f"  {link}"


def _digest(pin: Pin | None) -> str:
    return pin.digest.removeprefix("sha256:")[:12] if pin else "none"


def _files(old: ChartSnapshot, new: ChartSnapshot, *, templates: bool) -> Iterator[str]:
    for name in sorted(old.files.keys() | new.files.keys()):
        before, after = old.files.get(name), new.files.get(name)
        is_template = name.startswith(("templates/", "charts/"))
        if name != "values.yaml" and is_template == templates and before != after:
            letter = "A" if before is None else "D" if after is None else "M"
            yield f"- {letter} {name}"


def value_lines(old: str, new: str) -> Iterator[str]:
    """Yield each key of values.yaml that differs, but digests, as lines of a list."""
    before, after = _flat(old), _flat(new)
    for path in sorted(before.keys() | after.keys()):
        old_value, new_value = before.get(path), after.get(path)
        if old_value != new_value and not path.endswith(".digest"):
            yield f"- {path}: {_shown(path, old_value)} -> {_shown(path, new_value)}"


def _flat(values: str) -> dict[str, Any]:
    try:
        return dict(_leaves(yaml.safe_load(values), ())) if values else {}
    except (yaml.YAMLError, RecursionError):
        return {}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, str(key)))
    elif path:
        yield ".".join(path), value


def _shown(path: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if SECRET_NAME.search(path):
        return HIDDEN
    text = redact(" ".join(str(value).split()))
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
