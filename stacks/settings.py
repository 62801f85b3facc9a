"""Reads one YAML settings file into a pydantic model, with errors that name file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stacks.errors import InvalidSettings, SettingsProblem


class Settings(BaseModel):
    """Base of every settings model: unknown keys are refused, values are not coerced or changed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


ModelT = TypeVar("ModelT", bound=Settings)


def read_settings(file: Path, model: type[ModelT], *, shown_as: str) -> ModelT:
    """Give the settings in ``file``.

    ``shown_as`` is the name of the file in messages. Raises ``InvalidSettings`` when the file
    is missing, is not YAML, or does not fit ``model``; all its faults are reported at once.
    """
    document = _parse(file, shown_as)
    try:
        return model.model_validate(_plain(document))
    except ValidationError as error:
        findings = tuple(
            SettingsProblem(
                shown_as, _line(document, fault["loc"]), _key(fault["loc"]), _reason(fault["msg"])
            )
            for fault in error.errors()
        )
        raise InvalidSettings(findings) from error


def _parse(file: Path, shown_as: str) -> CommentedMap:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InvalidSettings(
            (SettingsProblem(shown_as, None, "", "the file is missing"),)
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidSettings(
            (SettingsProblem(shown_as, None, "", "is not UTF-8 text"),)
        ) from error
    try:
        document = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        reason = f"is not YAML: {error.problem or error.context}"
        raise InvalidSettings((SettingsProblem(shown_as, line, "", reason),)) from error
    except YAMLError as error:
        raise InvalidSettings(
            (SettingsProblem(shown_as, None, "", f"is not YAML: {error}"),)
        ) from error
    if document is None:
        return CommentedMap()
    if not isinstance(document, CommentedMap):
        raise InvalidSettings(
            (SettingsProblem(shown_as, 1, "", "is not a mapping of keys to values"),)
        )
    return document


def _plain(node: Any) -> Any:
    """The document without ruamel's own types, which strict validation would refuse."""
    if isinstance(node, CommentedMap):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return tuple(_plain(value) for value in node)
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _reason(message: str) -> str:
    """Give the message of pydantic without the class of error that a validator of ours raised."""
    return message.removeprefix("Value error, ")


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _line(document: CommentedMap, location: tuple[int | str, ...]) -> int | None:
    """The line of the innermost part of ``location`` that the document has."""
    line: int | None = None
    node: Any = document
    for part in location:
        if isinstance(node, CommentedMap) and part in node:
            line = node.lc.key(part)[0] + 1
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line = node.lc.item(part)[0] + 1
        else:
            break
        node = node[part]
    return line
