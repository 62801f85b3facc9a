"""What a bump changes in a chart, for the commit message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import yaml

from promoter.common.text import plain, redact
from promoter.forge.links import compare_link
from promoter.vendoring.pins import Pin, read_pins
from promoter.vendoring.snapshot import Blobs

SECRET = re.compile(r"pass(word|phrase)?|secret|token|credential|private|api-?_?key", re.IGNORECASE)
_LONGEST = 40
# Aliases can stand for more values than there is memory.
_MOST_VALUES = 20_000
_MOST_LINES = 200


@dataclass(frozen=True)
class ChartSnapshot:
    """A chart as far as a summary needs it: its files' ids, and values.yaml where it has one."""

    blobs: Blobs
    values: str = ""


@dataclass(frozen=True)
class PinChange:
    """One image's pin before and after; None where it is only on one side."""

    old: Pin | None
    new: Pin | None


def subject(name: str, old: str, new: str) -> str:
    """The commit message's first line."""
    return f"chore(charts): bump {name} to {new[:12]}" + (f" from {old[:12]}" if old else "")


def pin_changes(old: ChartSnapshot, new: ChartSnapshot) -> list[PinChange]:
    """The pins that differ, in the new chart's order, those that are gone last."""
    before = {pin.path: pin for pin in read_pins(old.values)} if old.values else {}
    after = {pin.path: pin for pin in read_pins(new.values)} if new.values else {}
    changed = [
        PinChange(before.get(path), pin)
        for path, pin in after.items()
        if path not in before or before[path] != pin
    ]
    return changed + [PinChange(pin, None) for path, pin in before.items() if path not in after]


def message(
    name: str, url: str, refs: tuple[str, str], old: ChartSnapshot, new: ChartSnapshot
) -> str:
    """The whole commit message, ending in a newline."""
    was, now = refs
    lines = [subject(name, was, now), "", f"Chart: {was or 'nothing'} -> {now}"]
    link = compare_link(url, was, now)
    lines += [link] if link else []
    pins = [line for change in pin_changes(old, new) for line in pin_lines(change)]
    sections = {
        "Pins:": pins,
        "Templates:": _files(old, new, templates=True),
        "Values:": list(_values(old, new)),
        "Other files:": _files(old, new, templates=False),
    }
    for title, content in sections.items():
        if content:
            lines += ["", title, *(plain(line) for line in content[:_MOST_LINES])]
        if len(content) > _MOST_LINES:
            lines.append(f"- and {len(content) - _MOST_LINES} more")
    return "\n".join(lines) + "\n"


def pin_lines(change: PinChange) -> Iterator[str]:
    """One image's change of pin as lines of a list, with the link that compares the source."""
    pin = change.new or change.old
    if pin is None:
        return
    was = _digest(change.old)
    now = _digest(change.new)
    yield f"- {pin.app or pin.path}: {was} -> {now}"
    if change.old and change.new:
        link = compare_link(pin.source, change.old.commit_ref, change.new.commit_ref)
        if link:
            yield f"  {link}"


def _digest(pin: Pin | None) -> str:
    return pin.digest.removeprefix("sha256:")[:12] if pin else "none"


def _files(old: ChartSnapshot, new: ChartSnapshot, *, templates: bool) -> list[str]:
    names = sorted(old.blobs.keys() | new.blobs.keys())
    lines = []
    for name in names:
        is_template = name.startswith(("templates/", "charts/"))
        if name == "values.yaml" or is_template != templates:
            continue
        was, now = old.blobs.get(name), new.blobs.get(name)
        if was != now:
            letter = "A" if was is None else "D" if now is None else "M"
            lines.append(f"- {letter} {name}")
    return lines


def _values(old: ChartSnapshot, new: ChartSnapshot) -> Iterator[str]:
    before, after = _flat(old.values), _flat(new.values)
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        if was != now and not path.endswith(".digest"):
            yield f"- {path}: {_shown(path, was)} -> {_shown(path, now)}"


def _flat(values: str) -> dict[str, Any]:
    try:
        return dict(islice(_leaves(yaml.safe_load(values), ()), _MOST_VALUES)) if values else {}
    except (yaml.YAMLError, RecursionError):
        return {}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(number)))
    elif path:
        yield ".".join(path), value


def _shown(path: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if SECRET.search(path):
        return "(redacted)"
    text = redact(" ".join(str(value).split()))
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
