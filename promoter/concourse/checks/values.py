"""Checks of the values of templates: each one that is read is set, each one that is set is read.

For machines without ytt, which reports the first kind itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.common.finding import Finding
from promoter.common.yaml_file import read_yaml
from promoter.concourse.pipelines import PipelineFiles

_READ = re.compile(r"\bdata\.values\.(\w+)")
_VALUES = "#@data/values"
_COMMENT = re.compile(r"(?m)^\s*#!.*$")


def check_values(files: PipelineFiles, root: Path) -> Iterator[Finding]:
    """Find values that a template reads and no file sets, and the other way round."""
    present: dict[str, str] = {}
    read: dict[str, str] = {}
    for file in files.templates(root):
        text, name = file.read_text(encoding="utf-8"), f"{files.folder}/{file.name}"
        if _VALUES in text:
            values = read_yaml(text, str(file))
            if not isinstance(values, dict):
                raise InvalidFile(str(file), "", "must be a mapping of values")
            present |= dict.fromkeys(map(str, values), name)
        else:
            read = {**dict.fromkeys(_READ.findall(_COMMENT.sub("", text)), name), **read}
    for value in sorted(read.keys() - present.keys()):
        yield Finding(read[value], f"reads data.values.{value}, which no values file sets")
    for value in sorted(present.keys() - read.keys()):
        yield Finding(present[value], f"sets {value}, which no template reads")
