"""Images are named by digest, so that the tested image is the one that runs."""

import re

from policies.stack import UNPINNED, CheckedStack, Violations

_IMAGE = re.compile(r"^[^@:]+(:[0-9]+/[^@:]+)?@sha256:[0-9a-f]{64}$")


def check(stack: CheckedStack) -> Violations:
    """Return containers whose image is named by a tag, or is not pinned yet."""
    for place, container in stack.containers():
        image = container["image"]
        if not _IMAGE.match(image):
            yield place, f"image {image} is not named by digest alone"
        elif image.endswith(UNPINNED):
            name = image.partition("@")[0]
            yield place, f"image {name} is not pinned: its digest in the values is empty"
