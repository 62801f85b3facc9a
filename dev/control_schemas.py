"""JSON Schemas of the rules and teams files, for completion and checks in an editor.

``python -m dev.control_schemas`` writes them to cepler/schemas/; each file names its own in its
first line. They are generated from the pydantic models, which alone decide what is valid.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from promoter.approvals.rules_file import RulesFile, TeamsFile

FOLDER = Path(__file__).resolve().parent.parent / "cepler/schemas"


def schemas() -> dict[str, str]:
    """Return the content of every schema file by its name."""
    version = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    models = {"rules": RulesFile.model_json_schema(), "teams": TeamsFile.model_json_schema()}
    return {
        f"{name}.json": json.dumps({**version, **model}, indent=2) + "\n"
        for name, model in models.items()
    }


def main() -> int:
    """Write the schemas; return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in schemas().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
