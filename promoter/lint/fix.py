"""Add missing patterns to cepler files, in place: comments, order and style stay as they are."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path
from typing import Any

import yaml

from promoter.common.errors import YamlEditError
from promoter.common.files import write_atomically
from promoter.common.yaml_edit import compose
from promoter.gate.config import CeplerConfig
from promoter.gate.patterns import compiled
from promoter.lint.rules.inputs import uncovered_inputs
from promoter.lint.snapshot import Environment, GateSnapshot, parse_config


@dataclass(frozen=True)
class AddedPattern:
    """A pattern that was added to ``list`` (``latest`` or ``propagated``), and the reason."""

    file: str
    environment: str
    list: str
    pattern: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.environment}"
        return f"{place}: added '{self.pattern}' to {self.list}: {self.reason}"


def add_missing_patterns(
    snapshot: GateSnapshot, root: Path
) -> tuple[tuple[AddedPattern, ...], GateSnapshot]:
    """Add patterns for all uncovered inputs to the cepler files below ``root``.

    Returns what was added, and ``snapshot`` with the cepler files as they are now in ``root``.
    What a cepler file there covers already is left alone, so that a second run adds nothing.
    Raises `InvalidFile` or `YamlEditError` for a file that cannot be changed.
    """
    every: list[AddedPattern] = []
    for file in snapshot.configs:
        path = root / file
        if not path.is_file():
            continue
        content = path.read_bytes()
        snapshot = _with_config(snapshot, file, content)
        environments = [each for each in snapshot.environments() if each.file == file]
        added = [each for environment in environments for each in _missing(environment, snapshot)]
        if added:
            edited = _edited(content.decode(), snapshot.configs[file], added).encode()
            write_atomically(path, edited)
            snapshot = _with_config(snapshot, file, edited)
            every += added
    return tuple(every), snapshot


def _with_config(snapshot: GateSnapshot, file: str, content: bytes) -> GateSnapshot:
    return replace(snapshot, configs={**snapshot.configs, file: parse_config(content, file)})


def _missing(environment: Environment, snapshot: GateSnapshot) -> Iterator[AddedPattern]:
    upstream = snapshot.upstream(environment)
    before = snapshot.inputs.get(upstream.name) if upstream else None
    if before and before.problem:
        return  # it is unknown what shapes the environment before
    paths: dict[str, list[str]] = {"propagated": [], "latest": []}
    for path, _, key in uncovered_inputs(environment, snapshot):
        if path.isprintable() and not environment.is_gate_file(path):
            paths[key].append(path)
    name = upstream.name if upstream else ""
    latest = f"it does not shape {name}" if name else "no environment comes before"
    for key, missing in paths.items():
        reason = f"{name} proves it first" if key == "propagated" else latest
        for pattern in _patterns(missing, snapshot):
            yield AddedPattern(environment.file, environment.name, key, pattern, reason)


def _patterns(missing: Sequence[str], snapshot: GateSnapshot) -> Iterator[str]:
    """Yield patterns that match ``missing`` alone: whole folders where nothing else is in them."""
    while missing:
        first, parts = missing[0], missing[0].split("/")
        folders = [f"{escape('/'.join(parts[:end]))}/**" for end in range(1, len(parts))]
        pattern = escape(first)
        for folder in reversed(folders):
            files = snapshot.matching(folder)
            # A wildcard skips hidden files: they need their own name.
            if len(files) > 1 and first in files and set(files) <= set(missing):
                pattern = folder
        yield pattern
        missing = [path for path in missing if not compiled((pattern,)).matches(path)]


def _edited(text: str, config: CeplerConfig, added: Sequence[AddedPattern]) -> str:
    """Return the cepler file with the added patterns; nothing else of it may change."""
    for each in added:
        environment = config.environments[each.environment]
        items = list(getattr(environment, each.list))
        index = _position(items, each.pattern)
        items.insert(index, each.pattern)
        environment = environment._replace(**{each.list: tuple(items)})  # type: ignore[arg-type]
        environments = {**config.environments, each.environment: environment}
        config = config._replace(environments=environments)
        text = _inserted(text, each, index)
        if parse_config(text.encode(), each.file) != config:
            raise YamlEditError(
                f"write {each.file}: adding {each.pattern} would change something else too",
                next_step=f"write its lists out, without anchors (&) and aliases (*): {each.file}",
            )
    return text


def _position(items: Sequence[str], pattern: str) -> int:
    """Return the index for ``pattern``: sorted among those that share the most folders with it."""

    def shared(other: str) -> int:
        pairs = zip(other.split("/"), pattern.split("/"), strict=False)
        return next((count for count, (a, b) in enumerate(pairs) if a != b), 0)

    most = max(map(shared, items), default=0)
    related = [index for index, item in enumerate(items) if most and shared(item) == most]
    smaller = [index for index in related if items[index] < pattern]
    return smaller[-1] + 1 if smaller else next(iter(related), len(items))


def _inserted(text: str, added: AddedPattern, index: int) -> str:
    """Return ``text`` with the pattern at ``index`` of its list, in the style of that list."""
    scalar = _scalar(added.pattern)
    settings = _child(_child(compose(text, added.file), "environments"), added.environment)
    items = _child(settings, added.list)
    if items is None:
        return _with_list(text, settings, added.list, scalar)
    before = items.value[:index]
    if items.flow_style:
        position = before[-1].end_mark.index if before else items.start_mark.index + 1
        item = f", {scalar}" if before else f"{scalar}, " if items.value else scalar
        return text[:position] + item + text[position:]
    start = text.rfind("\n", 0, items.start_mark.index)
    position = before[-1].end_mark.index if before else start
    return _with_lines(text, position, f"{' ' * items.start_mark.column}- {scalar}")


def _with_list(text: str, settings: yaml.MappingNode, key: str, scalar: str) -> str:
    """Return ``text`` with a new list after the other settings of an environment."""
    last = settings.value[-1][1]
    if settings.flow_style:
        position = last.end_mark.index
        return f"{text[:position]}, {key}: [{scalar}]{text[position:]}"
    while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
        last = last.value[-1]  # a block node ends at the next token, after comments
    indent = " " * settings.start_mark.column
    return _with_lines(text, last.end_mark.index, f"{indent}{key}:", f"{indent}  - {scalar}")


def _with_lines(text: str, position: int, *lines: str) -> str:
    """Insert ``lines`` after the line of ``position``, whose comment stays with it."""
    end = "\r\n" if "\r\n" in text else "\n"
    line, newline, after = text[position:].partition("\n")
    return text[:position] + line + (newline or end) + end.join([*lines, after])


def _child(node: yaml.Node | None, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _scalar(value: str) -> str:
    """Return ``value`` as YAML: plain where every parser reads it as that text, else quoted."""
    with suppress(yaml.YAMLError):
        if re.match(r"[A-Za-z].*[./]", value) and yaml.safe_load(f"[{value}]") == [value]:
            return value
    return "'" + value.replace("'", "''") + "'"
