"""JSON Schemas of the settings, for completion and checks in an editor.

``python -m stacks.schema`` writes them to stacks/schemas/; each YAML file names its own in its
first line. They are generated from the pydantic models, which alone decide what is valid.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from stacks.foundations.azure import AzureFoundationSettings
from stacks.foundations.gcp import GcpFoundationSettings
from stacks.platforms import azure, gcp, local
from stacks.settings import Settings

MODELS: Mapping[str, type[Settings]] = {
    "azure-foundation": AzureFoundationSettings,
    "azure-lana-bank": azure.AzureSettings,
    "azure-shared": azure.AzureShared,
    "gcp-foundation": GcpFoundationSettings,
    "gcp-lana-bank": gcp.GcpSettings,
    "gcp-shared": gcp.GcpShared,
    "local-lana-bank": local.LocalSettings,
    "local-shared": local.LocalShared,
}
"""The models, by <platform>-<name of the settings file>."""


def schemas() -> dict[str, str]:
    """Return the content of every schema file by its name."""
    version = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    contents = {name: {**version, **model.model_json_schema()} for name, model in MODELS.items()}
    return {
        f"{name}.json": json.dumps(content, indent=2, sort_keys=True) + "\n"
        for name, content in contents.items()
    }


def main() -> int:
    """Write the schemas; return the exit code."""
    folder = Path(__file__).parent / "schemas"
    folder.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (folder / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
