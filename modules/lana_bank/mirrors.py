"""Images of the chart, as a registry of the environment's own has them; imports no CDK Terrain."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from modules.inputs import declare_input

MIRRORED = ("docker.io", "gcr.io", "quay.io", "us.gcr.io")
"""Registries of the chart's images."""

Values = Mapping[str, Any]


def mirrored_images(chart: Path, mirror: str) -> dict[str, Any]:
    """Return values of the chart by which every image comes from ``mirror``.

    The path there is the whole name: ``mirror/quay.io/keycloak/keycloak``. Digests stay those of
    the chart, so that a mirror can withhold an image, but not change it.
    """
    declare_input(chart)
    values = _mirrored(_read(chart / "values.yaml"), mirror)
    for key, folder in _subcharts(chart):
        inside = _mirrored(_read(folder / "values.yaml"), mirror)
        values[key] = _merged(inside, values.get(key, {}))
    return {key: value for key, value in values.items() if value}


def _subcharts(chart: Path) -> Iterator[tuple[str, Path]]:
    """Yield the key in the chart's values, and the folder, of each subchart with values."""
    for each in _read(chart / "Chart.yaml")["dependencies"]:
        folder = chart / "charts" / each["name"]
        if (folder / "values.yaml").is_file():
            yield each.get("alias", each["name"]), folder


def _mirrored(values: Values, mirror: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key == "image":
            found[key] = {"repository": f"{mirror}/{value['repository']}"}
        elif isinstance(value, Mapping) and (inside := _mirrored(value, mirror)):
            found[key] = inside
    return found


def _merged(base: Values, override: Values) -> dict[str, Any]:
    both = {
        key: _merged(base[key], override[key])
        for key in base.keys() & override.keys()
        if isinstance(base[key], Mapping)
    }
    return {**base, **override, **both}


def _read(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_bytes())
