"""Images are named by digest, so that what was tested is what runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.subject import CheckedStack

ID = "images-by-digest"
TITLE = "Every image is named by its digest, without a tag"

_IMAGE = re.compile(r"^[^@:]+(:[0-9]+/[^@:]+)?@sha256:[0-9a-f]{64}$")


def check(subject: CheckedStack) -> Iterator[tuple[str, str]]:
    """Find containers whose image is named by a tag."""
    for place, container in subject.containers():
        if not _IMAGE.match(container["image"]):
            yield place, f"image {container['image']} is not named by digest alone"
