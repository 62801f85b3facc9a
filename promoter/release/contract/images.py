"""Facts about the images: what the last stage of each Dockerfile declares."""

import json
import re
from pathlib import Path

from promoter.release.contract.source import read
from promoter.release.dockerfile import instructions

DOCKERFILES = (
    "Dockerfile.rc",
    "Dockerfile.release",
    "apps/admin-panel/Dockerfile",
    "apps/customer-portal/Dockerfile",
    "dagster/Dockerfile",
)
_ASSIGNMENT = re.compile(r"(\w+)(?:=|\s+)(\"[^\"]*\"|\S+)")


def image(root: Path, path: str) -> dict[str, str]:
    """Return arguments (of every stage), variables, user, folder, port and command of an image."""
    arguments: dict[str, str] = {}
    found: dict[str, str] = {}
    users: dict[str, str] = {}
    for name, words in instructions(read(root, path)):
        if name == "FROM":
            found, users = {}, {}
        elif name == "ARG":
            pairs = (word.partition("=") for word in words.split())
            arguments |= {f"argument {n}": f"default {v!r}" if e else "" for n, e, v in pairs}
        elif name == "RUN":
            users |= {user: uid for uid, user in re.findall(r"--uid (\d+) (\w+)", words)}
        elif name == "ENV":
            values = {key: value.strip('"') for key, value in _ASSIGNMENT.findall(words)}
            found |= {f"variable {key}": value for key, value in values.items()}
        elif name == "USER":
            found["user"] = users.get(words, words)
        elif name == "WORKDIR":
            found["folder"] = words
        elif name == "EXPOSE":
            found["port"] = words
        elif name in ("CMD", "ENTRYPOINT"):
            command = json.loads(words) if words.startswith("[") else words.split()
            found[name.lower()] = " ".join(command)
    return arguments | found
