"""The reference tables, generated from the schemas: ``python -m dev.reference``.

The chart's README.md has a row for each of its values, docs/settings.md one for each key of
the environments' YAML. A test compares the committed files with the generated ones.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from stacks.schema import schemas

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "upstream/galoy-private-charts/charts/lana-bank"
README = CHART / "README.md"
SETTINGS = ROOT / "docs/settings.md"
# Keys of subcharts in the chart's values, where they differ from the folder.
ALIASES = {
    "oauth2-proxy": "oauth2Proxy",
    "opentelemetry-collector": "openTelemetryCollector",
}
ROW = "| `{key}` | {kind} | {default} | {description} |\n"
HEAD = "\n| key | type | default | |\n|---|---|---|---|\n"

Schema = Mapping[str, Any]


def chart_readme() -> str:
    """Return the chart's README.md."""
    parts = [
        "# lana-bank\n\nLana Bank with everything it needs to run, as Helm installs it. "
        "Images are named by digest only; the pipelines write the digests, each with a METADATA "
        "comment that leads back to the commit.\n\n"
        "This table is generated from `values.schema.json` here and in `charts/*/`, which Helm "
        "checks on every install, upgrade, lint and template.\n",
        HEAD,
        *_chart_rows(CHART, ""),
    ]
    for folder in sorted((CHART / "charts").iterdir()):
        if (folder / "values.schema.json").exists():
            key = ALIASES.get(folder.name, folder.name)
            description = yaml.safe_load((folder / "Chart.yaml").read_text())["description"]
            parts += [f"\n## {key}\n\n{description}.\n", HEAD, *_chart_rows(folder, f"{key}.")]
    return "".join(parts)


def _chart_rows(folder: Path, prefix: str) -> Iterator[str]:
    schema = json.loads((folder / "values.schema.json").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8"))
    yield from _rows(schema, schema.get("definitions", {}), defaults, prefix)


def settings_page() -> str:
    """Return docs/settings.md."""
    parts = [
        "# Settings of an environment\n\nThe keys of `stacks/<platform>/<environment>/*.yml`. "
        "Generated from the models in `stacks/`; unknown keys are rejected.\n"
    ]
    for name, text in schemas().items():
        schema = json.loads(text)
        platform, _, file = name.removesuffix(".json").partition("-")
        parts += [f"\n## {platform}: {file}.yml\n", HEAD]
        parts += _rows(schema, schema.get("$defs", {}), {}, "")
    return "".join(parts)


def _rows(schema: Schema, named: Schema, defaults: Any, prefix: str) -> Iterator[str]:
    required = schema.get("required", [])
    for key, value in schema["properties"].items():
        found = {**_resolved(value, named), **{k: v for k, v in value.items() if k != "$ref"}}
        default = defaults.get(key, found.get("default")) if isinstance(defaults, dict) else None
        if key in ("global", "common") and "properties" not in found:
            continue
        if "properties" in found:
            yield from _rows(found, named, default or {}, f"{prefix}{key}.")
            continue
        must = key in required and default is None
        # A digest changes with every release; the table should not.
        shown = "pinned" if key == "digest" else _shown(default)
        yield ROW.format(
            key=f"{prefix}{key}",
            kind=_kind(found, named),
            default="required" if must else shown,
            description=found.get("description", "").replace("\n", " ").replace("|", "\\|"),
        )


def _resolved(value: Schema, named: Schema) -> Schema:
    """Return the schema behind a reference, or the choice that is not null."""
    reference = value.get("$ref", "")
    if reference:
        found: Schema = named[reference.rpartition("/")[2]]
        return found
    for choice in value.get("anyOf", []):
        if choice.get("type") != "null":
            return _resolved(choice, named)
    return value


def _kind(found: Schema, named: Schema) -> str:
    if "enum" in found:
        return ", ".join(f"`{choice}`" for choice in found["enum"])
    if "const" in found:
        return f"`{found['const']}`"
    if found.get("type") == "array" and isinstance(found.get("items"), dict):
        item = _resolved(found["items"], named)
        return f"list of {item.get('type', 'values')}s"
    return str(found.get("type", "value"))


def _shown(default: Any) -> str:
    return "" if default is None else f"`{json.dumps(default)}`"


def pages() -> dict[Path, str]:
    """Return every generated page by its file."""
    return {README: chart_readme(), SETTINGS: settings_page()}


def main() -> int:
    """Write the pages; return the exit code."""
    for file, content in pages().items():
        file.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
