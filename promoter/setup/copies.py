"""Copies of an environment's YAML under another name; comments and order stay as they are."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

import yaml

from promoter.common.errors import InvalidFile, YamlEditError
from promoter.common.yaml_edit import KeyPath, compose, find, replace
from promoter.gate.config import CeplerConfig, read_config

_KEPT = ("platform", "stage")
_UNIQUE = {
    "dns_zone": "{folder}.{value}",
    "honeycomb_dataset": "{value}-{folder}",
    "lana_domain": "{folder}.{value}",
}
"""Settings that no two environments share, and their value where the renamed one is taken."""


@dataclass(frozen=True)
class Renaming:
    """The names of an environment and of its copy: ``<platform>-<folder>`` each.

    ``suffix`` ends the names of both in a cepler file: ``-foundation`` in that of foundations.
    """

    old: str
    new: str
    suffix: str = ""

    @property
    def entries(self) -> tuple[str, str]:
        """The names of both in the cepler file."""
        return f"{self.old}{self.suffix}", f"{self.new}{self.suffix}"

    @property
    def platform(self) -> str:
        """The platform of both."""
        return self.old.partition("-")[0]

    @property
    def folders(self) -> tuple[str, str]:
        """The folders of their settings, relative to the repository."""
        names = (each.partition("-")[2] for each in (self.old, self.new))
        old, new = (f"stacks/{self.platform}/{name}" for name in names)
        return old, new

    def value(self, text: str) -> str:
        """Return a setting of the copy: with the new folder's name, with or without dashes.

        The last part of the name (``qa`` of ``volcano-qa``) is replaced where it is a word, as
        in ``qa.lana.galoy.io``.
        """
        old, new = (folder.rpartition("/")[2] for folder in self.folders)
        word = re.escape(old.rpartition("-")[2])
        compact = old.replace("-", "")
        names = f"{re.escape(old)}|{re.escape(compact)}|(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])"
        renamed = {old: new, compact: new.replace("-", "")}
        last = new.rpartition("-")[2]
        return re.sub(names, lambda found: renamed.get(found[0], last), text)


def settings_copy(text: str, renaming: Renaming, file: str, taken: Collection[str] = ()) -> str:
    """Return the settings in ``text`` with the names of the copy; raises `YamlEditError`.

    ``taken`` are the `unique_values` of the other environments.
    """
    for path in list(_scalars(compose(text, file), ())):
        value = find(text, path, file).value
        renamed = value if path[-1] in _KEPT else renaming.value(value)
        if path[-1] in _UNIQUE and renamed in taken:
            folder = renaming.folders[1].rpartition("/")[2]
            renamed = _UNIQUE[str(path[-1])].format(folder=folder, value=value)
        if renamed != value:
            text = replace(text, path, renamed, file)
    return text


def unique_values(text: str, file: str) -> set[str]:
    """Return the values in settings that no other environment may have."""
    paths = _scalars(compose(text, file), ())
    return {find(text, path, file).value for path in paths if path[-1] in _UNIQUE}


def _scalars(node: yaml.Node | None, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, (*path, index))
    elif node is not None:
        yield path


def cepler_copy(text: str, renaming: Renaming, file: str) -> str:
    """Return the cepler file with an entry of the copy right after the one of the original.

    It has the same ``passed`` and patterns, with its own folder. Raises `YamlEditError` where
    the entry is not written as lines of its own.
    """
    config = read_config(text.encode(), file)
    name, copied = renaming.entries
    start, end = _entry(text, name, file)
    old, new = renaming.folders
    entry = re.sub(
        rf"(?m)^(\s*[\"']?){re.escape(name)}\b",
        rf"\g<1>{copied}",
        text[start:end],
        count=1,
    )
    entry = entry.replace(f"{old}/", f"{new}/")
    gap = "" if text[:end].endswith("\n") else "\n"
    changed = f"{text[:end]}{gap}\n{entry}{text[end:]}"
    with suppress(InvalidFile):
        if read_config(changed.encode(), file) == _with_copy(config, renaming):
            return changed
    raise YamlEditError(
        f"write {file}: the entry of {name} cannot be copied alone",
        next_step=f"write it out in lines of its own, without anchors and aliases: {file}",
    )


def _entry(text: str, name: str, file: str) -> tuple[int, int]:
    """Return the first and last position of an entry's lines in a cepler file."""
    environments = _value(compose(text, file), "environments")
    pairs = environments.value if isinstance(environments, yaml.MappingNode) else []
    key, value = next(pair for pair in pairs if pair[0].value == name)
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    while isinstance(value, yaml.CollectionNode) and value.value and not value.flow_style:
        last = value.value[-1]  # a block node ends at the next token, after comments
        value = last[1] if isinstance(last, tuple) else last
    end = text.find("\n", value.end_mark.index - 1)
    return start, len(text) if end < 0 else end + 1


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _with_copy(config: CeplerConfig, renaming: Renaming) -> CeplerConfig:
    name, copied = renaming.entries
    original = config.environments[name]
    old, new = renaming.folders

    def renamed(patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(each.replace(f"{old}/", f"{new}/") for each in patterns)

    copy = original._replace(
        name=copied,
        latest=renamed(original.latest),
        propagated=renamed(original.propagated),
    )
    return config._replace(environments={**config.environments, copied: copy})
