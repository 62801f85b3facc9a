"""Read a YAML settings file into a pydantic model, with errors that name file, line and key."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stacks.errors import InvalidSettings, SettingsProblem

MAX_VALUES = 10_000
"""Values of a settings file after its aliases are expanded."""


class Settings(BaseModel):
    """Base of every settings model: no unknown keys, no coercion, immutable."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class Contradiction(ValueError):
    """Values of a model that do not fit each other; ``key`` is the one to correct."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


ModelT = TypeVar("ModelT", bound=Settings)


def read_settings(file: Path, model: type[ModelT], *, shown_as: str) -> ModelT:
    """Return the settings in ``file``.

    ``shown_as`` is the name of the file in messages. Raises ``InvalidSettings`` if the file
    cannot be read, is not YAML, or does not fit ``model``, with all problems at once.
    """
    document = _parse(file, shown_as)
    try:
        return model.model_validate(_plain(document))
    except ValidationError as error:
        problems = []
        for problem in error.errors():
            place = (*problem["loc"], *_contradicting(problem.get("ctx", {}).get("error")))
            line, key = _line(document, place), ".".join(map(str, place))
            # Pydantic prefixes the message of a validator of ours.
            reason = problem["msg"].removeprefix("Value error, ")
            problems.append(SettingsProblem(shown_as, line, key, reason))
        raise InvalidSettings(*problems) from error


def _contradicting(error: object) -> tuple[str, ...]:
    return tuple(error.key.split(".")) if isinstance(error, Contradiction) else ()


def invalid_settings(file: Path, shown_as: str, reasons: Mapping[str, str]) -> InvalidSettings:
    """Return the error for values that do not fit each other: ``reasons`` by dotted key."""
    document = _parse(file, shown_as)
    return InvalidSettings(
        *(
            SettingsProblem(shown_as, _line(document, tuple(key.split("."))), key, reason)
            for key, reason in reasons.items()
        )
    )


def _parse(file: Path, shown_as: str) -> CommentedMap:
    def invalid(reason: str, line: int | None = None) -> InvalidSettings:
        return InvalidSettings.of(shown_as, reason, line=line)

    try:
        document = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise invalid("the file is missing") from error
    except OSError as error:
        raise invalid(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise invalid("is not UTF-8 text") from error
    except RecursionError as error:
        raise invalid("is nested too deeply") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise invalid(f"is not YAML: {error.problem or error.context}", line) from error
    except YAMLError as error:
        raise invalid(f"is not YAML: {error}") from error
    if document is None:
        return CommentedMap()
    if not isinstance(document, CommentedMap):
        raise invalid("is not a mapping of keys to values", 1)
    _limit_expansion(document, shown_as, {})
    return document


def _limit_expansion(node: Any, shown_as: str, sizes: dict[int, float]) -> float:
    """Return the number of values below ``node`` with aliases expanded, each counted once.

    A few nested aliases expand to more values than fit in memory, an alias inside its own
    anchor to infinitely many. Raises ``InvalidSettings`` with the line that passes the limit.
    """
    if not isinstance(node, (CommentedMap, CommentedSeq)):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = math.inf
        total = 1.0
        for position, value in _items(node):
            total += _limit_expansion(value, shown_as, sizes)
            if total > MAX_VALUES:
                reason = f"expands to more than {MAX_VALUES} values; use fewer aliases"
                raise InvalidSettings.of(shown_as, reason, line=_line_of(node, position))
        sizes[id(node)] = total
    return sizes[id(node)]


def _items(node: CommentedMap | CommentedSeq) -> Iterator[tuple[Any, Any]]:
    return iter(node.items()) if isinstance(node, CommentedMap) else enumerate(node)


def _plain(node: Any) -> Any:
    """Return the document without ruamel's own types, which strict validation would reject."""
    if isinstance(node, CommentedMap):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return tuple(_plain(value) for value in node)
    kind = next((kind for kind in (bool, int, float, str) if isinstance(node, kind)), None)
    return kind(node) if kind else node


def _line(document: CommentedMap, location: tuple[int | str, ...]) -> int | None:
    """Return the line of the innermost part of ``location`` that the document has."""
    line: int | None = None
    node: Any = document
    for part in location:
        if not isinstance(node, (CommentedMap, CommentedSeq)) or part not in dict(_items(node)):
            break
        line = _line_of(node, part)
        node = node[part]
    return line


def _line_of(node: CommentedMap | CommentedSeq, position: Any) -> int:
    """Return the line of a key or an item; for a merged key, the line of the mapping."""
    place = (node.lc.data or {}).get(position)
    return int(place[0] if place else node.lc.line) + 1
