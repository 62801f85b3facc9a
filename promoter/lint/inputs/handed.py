"""The files that a synthesized stack names: Terraform reads them, not the app."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FOLDER_OF_MODULE = re.compile(r"\$\{path\.(?:module|root|cwd)\}")
_PATH = re.compile(r"""(?<![\w.:/-])\.{0,2}/[^\s"'`${}()\[\]<>,;|]*""")


def paths_handed(stack: Path, tree: Path) -> Iterator[tuple[str, str]]:
    """Every path in ``stack`` (a cdk.tf.json) that lies in ``tree``, with the block that has it.

    Paths count from where Terraform runs, the file's own folder, and come back as from the
    top of ``tree``. Whether there is such a file, the caller knows.
    """
    top = tree.absolute()
    for place, text in _texts(json.loads(stack.read_text()), ""):
        for found in _PATH.findall(_FOLDER_OF_MODULE.sub(".", text)):
            path = os.path.normpath(stack.parent.absolute() / found)
            if path.startswith(f"{top}/"):
                yield os.path.relpath(path, top), place


def _texts(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item, place)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key != "//":  # CDK Terrain's own remarks
                yield from _texts(value, f"{place}.{key}" if place else key)
