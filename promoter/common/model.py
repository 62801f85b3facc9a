"""The base of every pydantic model that describes a file which people edit, and its reader."""

from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import compose, read_documents


class StrictModel(BaseModel):
    """A frozen model that rejects unknown keys: a misspelled key must not be ignored.

    A model whose Python names differ from the keys of its file and that is also created in
    Python adds ``populate_by_name=True`` as a class argument.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


Model = TypeVar("Model", bound=StrictModel)


def read_model(model: type[Model], content: bytes, file: str) -> Model:
    """Return the ``model`` in the YAML of ``content``; raise `InvalidFile` with line and place."""
    documents = read_documents(content, file)
    if len(documents) > 1:
        raise InvalidFile(file, "", "it has more than one document", next_step=f"correct {file}")
    try:
        return model.model_validate(documents[0] if documents else {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        line, place = _line(compose(content, file), first["loc"]), ".".join(map(str, first["loc"]))
        reason = first["msg"].removeprefix("Value error, ")
        raise InvalidFile(
            file, f"line {line}", f"{place or 'the file'}: {reason}", next_step=f"correct {file}"
        ) from error


def _line(nodes: list[yaml.Node], place: tuple[int | str, ...]) -> int:
    """Return the line of the value at ``place``, or of the last key on the way that exists."""
    node: yaml.Node | None = nodes[0] if nodes else None
    line = 1
    for name in place:
        if isinstance(node, yaml.MappingNode):
            found = {key.value: (key, value) for key, value in node.value}
            key, node = found.get(str(name), (None, None))
        elif isinstance(node, yaml.SequenceNode) and isinstance(name, int):
            key = node = node.value[name]
        else:
            break
        if key is None:
            break
        line = key.start_mark.line + 1
    return line
