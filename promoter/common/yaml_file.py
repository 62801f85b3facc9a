"""Read YAML files that people or other programs wrote.

Every reader refuses text that is not UTF-8, is nested too deeply, or whose aliases expand to
far more than was written (a few lines of nested aliases can stand for billions of values).
"""

from typing import Any

import yaml

from promoter.common.errors import InvalidFile

_MOST_NODES = 100_000


def read_yaml(content: bytes | str, file: str) -> Any:
    """Return the value of the first document, None for an empty file; raise `InvalidFile`."""
    for node in compose(content, file):
        return _value(node, file)
    return None


def read_documents(content: bytes, file: str) -> list[Any]:
    """Return the values of all non-empty documents; `InvalidFile` also for a repeated key."""
    nodes = compose(content, file)
    for node in nodes:
        _refuse_repeated_keys(node, file, set())
    return [_value(node, file) for node in nodes]


def compose(content: bytes | str, file: str) -> list[yaml.Node]:
    """Return the root node of every non-empty document; raise `InvalidFile`."""
    try:
        text = content if isinstance(content, str) else content.decode()
        found = yaml.compose_all(text, Loader=yaml.SafeLoader)
        nodes = [node for node in found if node is not None]
        for node in nodes:
            _expanded_size(node, file, {})
    except UnicodeDecodeError as error:
        raise InvalidFile(file, "", f"not UTF-8: {error.reason}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _invalid(error, file) from error
    return nodes


def children(node: yaml.Node) -> list[yaml.Node]:
    """Return the nodes directly below ``node``, keys included."""
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _value(node: yaml.Node, file: str) -> Any:
    try:
        return yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid(error, file) from error


def _invalid(error: Exception, file: str) -> InvalidFile:
    deep = isinstance(error, RecursionError)
    mark = getattr(error, "problem_mark", None)
    line = f"line {mark.line + 1}" if mark is not None else ""
    reason = "is nested too deeply" if deep else f"not YAML: {' '.join(str(error).split())}"
    return InvalidFile(file, line, reason)


def _expanded_size(node: yaml.Node, file: str, sizes: dict[int, int]) -> int:
    """Return the number of nodes once aliases are expanded; refuse more than `_MOST_NODES`.

    A node is counted as often as it is reached, but visited once: ``sizes`` keeps its size.
    """
    if id(node) not in sizes:
        sizes[id(node)] = 1  # an alias to a node around it counts once
        sizes[id(node)] += sum(_expanded_size(each, file, sizes) for each in children(node))
        if sizes[id(node)] > _MOST_NODES:
            line = f"line {node.start_mark.line + 1}"
            raise InvalidFile(file, line, f"expands to more than {_MOST_NODES:,} values")
    return sizes[id(node)]


def _refuse_repeated_keys(node: yaml.Node, file: str, visited: set[int]) -> None:
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if keys.count(key) > 1:
                line = f"line {node.start_mark.line + 1}"
                raise InvalidFile(file, line, f"key {key!r} is there twice")
    for each in children(node):
        _refuse_repeated_keys(each, file, visited)
