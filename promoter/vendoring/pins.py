"""Pins: image digests in a chart's values.yaml, each with its source commit.

    digest: "sha256:..." # METADATA:: repository=...;commit_ref=...;app=...;

The comment leads from a running image's digest back to the commit that it was built from
(seeds, step 2e).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from promoter.common.errors import YamlEditError
from promoter.common.yaml_edit import (
    KeyPath,
    Scalar,
    compose,
    find,
    parse_path,
    replace,
    show_path,
)

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_REF = re.compile(r"[0-9a-f]{7,40}")
_METADATA = re.compile(r"METADATA:: repository=([^;\r\n]*);commit_ref=([^;\r\n]*);app=([^;\r\n]*);")
_LINE_BREAK = re.compile(r"\r?\n")
_FIELD = re.compile(r"[^;\s]+")


@dataclass(frozen=True)
class Pin:
    """One pinned image.

    ``path`` is the digest's key path (``lanaBank.image.digest``), ``image`` the image's
    repository in the chart (empty where the chart does not name it), ``source`` the source
    repository's address, ``commit_ref`` the commit (7 to 40 hex digits),
    ``app`` the image's name in that repository.
    """

    path: str
    image: str
    digest: str
    source: str
    commit_ref: str
    app: str

    @property
    def metadata(self) -> str:
        """The text of the digest's comment."""
        return f"METADATA:: repository={self.source};commit_ref={self.commit_ref};app={self.app};"


def set_pins(text: str, pins: Iterable[Pin], *, file: str = "values.yaml") -> str:
    """Return ``text`` with the digests and METADATA of all pins; all other bytes stay.

    Idempotent. Raises `YamlEditError` where a pin is malformed, its key is missing or shared
    (alias, merge), the value is not on a line of its own, or the chart names another image.
    """
    for pin in pins:
        _check(pin, file)
        _check_image(text, pin, file)
        text = replace(text, parse_path(pin.path), pin.digest, file)
        text = _with_metadata(text, find(text, parse_path(pin.path), file), pin, file)
    return text


def read_pins(text: str, *, file: str = "values.yaml") -> tuple[Pin, ...]:
    """Return every digest with METADATA on its line, which third-party images have not.

    Raises `YamlEditError` where ``text`` is not YAML.
    """
    return tuple(
        Pin(show_path(path), image, value, *metadata.groups())
        for path, image, value, end in _digests(compose(text, file), (), "", set())
        if (metadata := _METADATA.search(text, end, _line_end(text, end)))
    )


def set_value(text: str, path: str, value: str, *, file: str) -> str:
    """Return ``text`` with the one value at ``path`` replaced (``appVersion``, for example)."""
    return replace(text, parse_path(path), value, file)


def has_value(text: str, path: str) -> bool:
    """Return whether `set_value` finds a value at ``path`` of ``text``."""
    try:
        find(text, parse_path(path), "values.yaml")
    except YamlEditError:
        return False
    return True


def images_of(value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield name, registry and the digest's key path of each image of a chart's values."""
    if isinstance(value, dict):
        if isinstance(repository := value.get("repository"), str) and "digest" in value:
            registry, _, name = repository.rpartition("/")
            yield name, registry, f"{path}.digest".removeprefix(".")
        for key, each in value.items():
            yield from images_of(each, f"{path}.{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from images_of(each, f"{path}[{number}]")


def _check(pin: Pin, file: str) -> None:
    patterns = {"digest": _DIGEST, "commit_ref": _REF, "source": _FIELD, "app": _FIELD}
    for name, pattern in patterns.items():
        if pattern.fullmatch(value := getattr(pin, name)) is None:
            raise YamlEditError(f"pin {pin.path} in {file}: {value!r} is not a {name}")


def _check_image(text: str, pin: Pin, file: str) -> None:
    """Raise unless the chart's image ends with the pin's name: digests must not be swapped."""
    try:
        repository = find(text, (*parse_path(pin.path)[:-1], "repository"), file).value
    except YamlEditError:
        return
    named = repository if "/" in pin.image else repository.rpartition("/")[2]
    if pin.image and named != pin.image:
        raise YamlEditError(
            f"pin {pin.path} in {file}: it is for {repository}, not for {pin.image}",
            next_step="correct the key path of that image",
        )


def _with_metadata(text: str, scalar: Scalar, pin: Pin, file: str) -> str:
    line_end = _line_end(text, scalar.end)
    rest = text[scalar.end : line_end]
    if rest.strip() and not re.match(r"[ \t]+#", rest):
        raise YamlEditError(
            f"pin {pin.path} in {file}: other values follow the digest on its line",
            next_step="put the digest on a line of its own, so that a comment can follow it",
        )
    rest, replaced = _METADATA.subn(lambda _: pin.metadata, rest, count=1)
    if not replaced:
        rest = f" # {pin.metadata} {rest.strip()}".rstrip()
    return text[: scalar.end] + rest + text[line_end:]


def _line_end(text: str, at: int) -> int:
    """Return the end of the line that contains position ``at``, before its line break."""
    found = _LINE_BREAK.search(text, at)
    return found.start() if found else len(text)


def _digests(
    node: yaml.Node | None, path: KeyPath, image: str, visited: set[int]
) -> Iterator[tuple[KeyPath, str, str, int]]:
    """Yield key path, image, digest and end (characters) of every digest below ``node``.

    Aliased mappings and lists are visited once, where they are written: a few aliases can
    repeat a node more often than can be counted.
    """
    if isinstance(node, yaml.ScalarNode):
        if path and _DIGEST.fullmatch(str(node.value)):
            yield path, image, str(node.value), node.end_mark.index
        return
    if node is None or id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.MappingNode):
        image = next((str(v.value) for k, v in node.value if k.value == "repository"), "")
        for key, value in node.value:
            yield from _digests(value, (*path, str(key.value)), image, visited)
    else:
        for number, value in enumerate(node.value):
            yield from _digests(value, (*path, number), "", visited)
