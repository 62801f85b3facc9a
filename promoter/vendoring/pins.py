"""Pins: image digests in a chart's values.yaml, each with where it came from.

    digest: "sha256:..." # METADATA:: repository=...;commit_ref=...;app=...;

The comment is the breadcrumb of seeds, step 2e: from a running image's digest back to the
commit it was built from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
_METADATA = re.compile(
    r"METADATA:: repository=(?P<repository>[^;\r\n]*);"
    r"commit_ref=(?P<commit_ref>[^;\r\n]*);app=(?P<app>[^;\r\n]*);"
)
_LINE_BREAK = re.compile(r"\r?\n")
_FIELD = re.compile(r"[^;\s]+")


@dataclass(frozen=True)
class Pin:
    """One pinned image.

    ``path`` is the digest's key path (``lanaBank.image.digest``), ``image`` the image's
    repository as the chart names it (empty: not said there), ``source`` the source
    repository's address, ``commit_ref`` the commit (40 hex digits when we wrote it), ``app``
    the image's name in that repository.
    """

    path: str
    image: str
    digest: str
    source: str
    commit_ref: str
    app: str


def set_pins(text: str, pins: Iterable[Pin], *, file: str = "values.yaml") -> str:
    """``text`` with the pins' digests and METADATA written; all other bytes stay.

    What else a comment on such a line says is kept. Idempotent. Raises `YamlEditError` where a
    pin is malformed, its key is missing or shared (alias, merge), the value does not stand
    on a line of its own, or the chart names a different image there. Nothing is written
    half: it is all pins or an error.
    """
    for pin in pins:
        _check(pin, file)
        _check_image(text, pin, file)
        text = replace(text, parse_path(pin.path), pin.digest, file)
        text = _with_metadata(text, find(text, parse_path(pin.path), file), pin, file)
    return text


def read_pins(text: str, *, file: str = "values.yaml") -> tuple[Pin, ...]:
    """Every digest of ``text`` that has METADATA on its line, in the text's order.

    A digest without METADATA is no pin of ours (third-party images have none). Raises
    `YamlEditError` for what is not YAML.
    """
    return tuple(
        Pin(show_path(path), image, value, *metadata.group("repository", "commit_ref", "app"))
        for path, image, value, end in _digests(compose(text, file), (), set())
        if (metadata := _METADATA.search(text, end, _line_end(text, end)))
    )


def set_value(text: str, path: str, value: str, *, file: str) -> str:
    """``text`` with the one value at ``path`` replaced, for ``appVersion`` and its like."""
    return replace(text, parse_path(path), value, file)


def _check(pin: Pin, file: str) -> None:
    problems = {
        "digest": _DIGEST.fullmatch(pin.digest) is None,
        "commit_ref": _REF.fullmatch(pin.commit_ref) is None,
        "source": _FIELD.fullmatch(pin.source) is None,
        "app": _FIELD.fullmatch(pin.app) is None,
    }
    for name, wrong in problems.items():
        if wrong:
            raise YamlEditError(f"pin {pin.path} in {file}: {getattr(pin, name)!r} is not a {name}")


def _check_image(text: str, pin: Pin, file: str) -> None:
    """The chart's own name of the image has to end as the pin's does: no swapped digests."""
    path = parse_path(pin.path)
    if not pin.image:
        return
    try:
        there = find(text, (*path[:-1], "repository"), file).value
    except YamlEditError:
        return
    if there.rpartition("/")[2] != pin.image.rpartition("/")[2]:
        raise YamlEditError(
            f"pin {pin.path} in {file}: it is for {there}, not for {pin.image}",
            next_step="correct the key path of that image",
        )


def _with_metadata(text: str, scalar: Scalar, pin: Pin, file: str) -> str:
    line_end = _line_end(text, scalar.end)
    rest = text[scalar.end : line_end]
    said = f"METADATA:: repository={pin.source};commit_ref={pin.commit_ref};app={pin.app};"
    if rest.strip() and not re.match(r"[ \t]+#", rest):
        raise YamlEditError(
            f"pin {pin.path} in {file}: something else follows the digest on its line",
            next_step="put the digest on a line of its own, so that a comment can follow it",
        )
    if _METADATA.search(rest):
        rest = _METADATA.sub(lambda _: said, rest, count=1)
    elif rest.strip():
        rest = f" # {said} {rest.strip()}"
    else:
        rest = f" # {said}"
    return text[: scalar.end] + rest + text[line_end:]


def _line_end(text: str, at: int) -> int:
    """Where the line of position ``at`` ends, before its line break."""
    found = _LINE_BREAK.search(text, at)
    return found.start() if found else len(text)


def _digests(
    node: yaml.Node | None, path: KeyPath, seen: set[int]
) -> Iterator[tuple[KeyPath, str, str, int]]:
    """Key path, image repository, digest and end (characters) of every digest below ``node``.

    What aliases repeat is told where it stands: they may stand for more than can be counted.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        image = next((str(v.value) for k, v in node.value if k.value == "repository"), "")
        for key, value in node.value:
            yield from _digest(value, (*path, str(key.value)), image, seen)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _digest(value, (*path, number), "", seen)


def _digest(
    node: yaml.Node, path: KeyPath, image: str, seen: set[int]
) -> Iterator[tuple[KeyPath, str, str, int]]:
    if not isinstance(node, yaml.ScalarNode):
        yield from _digests(node, path, seen)
    elif _DIGEST.fullmatch(str(node.value)):
        yield path, image, str(node.value), node.end_mark.index
