"""Terraform modules in HCL, in the shape of Terraform's JSON syntax."""

from collections.abc import Mapping
from typing import Any

from promoter.common.errors import InvalidFile

_BLOCK = "__is_block__"
_NESTED = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "provider": 1}
"""Number of labels of the blocks whose body is a mapping by label in the JSON syntax."""


def parse_module(files: Mapping[str, str]) -> dict[str, Any]:
    """Return the blocks of a module by type and labels, from its ``.tf`` files by name.

    Raises `InvalidFile`.
    """
    # Its parser takes 0.3 s to import, which other commands need not wait for.
    import hcl2
    from lark.exceptions import LarkError

    found: dict[str, Any] = {}
    for name in sorted(each for each in files if each.endswith(".tf")):
        try:
            content = hcl2.loads(files[name])
        except LarkError as error:
            raise InvalidFile(name, "", f"is not HCL: {error}") from error
        for block, items in content.items():
            if not block.startswith("__"):
                for item in items:
                    _add(found.setdefault(block, {}), _plain(item), _NESTED.get(block, 0))
    return found


def _add(place: dict[str, Any], item: Mapping[str, Any], labels: int) -> None:
    for name, body in item.items():
        if labels > 1:
            _add(place.setdefault(name, {}), body, labels - 1)
        else:
            place[name] = body


def _plain(value: Any) -> Any:
    """Return a value without quotes and marks; a block that occurs once is a mapping."""
    if isinstance(value, dict):
        return {name.strip('"'): _plain(item) for name, item in value.items() if name[:2] != "__"}
    if isinstance(value, list):
        single = len(value) == 1 and _is_block(value[0])
        return _plain(value[0]) if single else [_plain(item) for item in value]
    return value.strip('"') if isinstance(value, str) else value


def _is_block(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return _BLOCK in value or any(_is_block(body) for body in value.values())
