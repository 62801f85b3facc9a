"""Nested values as a chart or an environment's settings have them: mappings, lists, scalars."""

from collections.abc import Iterator
from typing import Any


def merge(base: Any, override: Any) -> Any:
    """Return both as Helm merges values: mappings by key, anything else replaced."""
    if not (isinstance(base, dict) and isinstance(override, dict)):
        return override
    return base | {key: merge(base.get(key), value) for key, value in override.items()}


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in ``value`` with its key, like ``a.b[0]``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{key}[{index}]")
    elif isinstance(value, str):
        yield key, value
