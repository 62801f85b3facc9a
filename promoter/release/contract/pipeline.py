"""Facts about the data pipeline: the environment of the Dagster code location."""

import re
from pathlib import Path

from promoter.release.contract.source import texts

FOLDER = "dagster/src"
_PYTHON = re.compile(r"""(?:EnvVar|os\.getenv|os\.environ\.get)\(\s*["'](\w+)["']""")
_DBT = re.compile(r"""env_var\(\s*["'](\w+)["']\s*(,?)""")


def environment(root: Path) -> dict[str, str]:
    """Return the variables that the code location and its dbt project read.

    Without a default dbt does not start, and it does not say whether Python needs one.
    """
    found = {
        n: "read" for text in texts(root, FOLDER, "*.py").values() for n in _PYTHON.findall(text)
    }
    for text in texts(root, FOLDER, "*.yml").values():
        for name, default in _DBT.findall(text):
            found[name] = found.get(name, "read") if default else "required by dbt"
    return found
