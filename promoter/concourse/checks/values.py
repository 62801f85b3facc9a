"""The values of a pipeline's templates: what they read is given, what is given is read.

For machines without ytt, which would say the first of the two itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from promoter.common.errors import InvalidFile
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.pipelines import PipelineFiles

_READ = re.compile(r"\bdata\.values\.(\w+)")
_VALUES = "#@data/values"
_COMMENT = re.compile(r"^\s*#!")


def check_values(place: PipelineFiles, root: Path) -> Iterator[PipelineFinding]:
    """A value that a template reads and nobody gives, or the other way round."""
    given: dict[str, str] = {}
    read: dict[str, str] = {}
    for file in place.templates(root):
        text, name = file.read_text(encoding="utf-8"), f"{place.folder}/{file.name}"
        if _VALUES in text:
            given |= dict.fromkeys(_keys(file, text), name)
        else:
            code = "\n".join(line for line in text.splitlines() if not _COMMENT.match(line))
            read = {**dict.fromkeys(_READ.findall(code), name), **read}
    for value in sorted(read.keys() - given.keys()):
        yield PipelineFinding(read[value], f"reads data.values.{value}, which no values file gives")
    for value in sorted(given.keys() - read.keys()):
        yield PipelineFinding(given[value], f"gives {value}, which no template reads")


def _keys(file: Path, text: str) -> list[str]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidFile(str(file), "", str(error)) from error
    if not isinstance(found, dict):
        raise InvalidFile(str(file), "", "must be values by their names")
    return [str(key) for key in found]
