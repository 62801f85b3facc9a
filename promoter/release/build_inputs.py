"""The part of a release that a command brings along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BuildInputs:
    """Input of a command: the content of artifacts, built images, the builder's name.

    An image is the folder of an OCI layout, an archive of `docker save`, or the digest of an image
    in its registry. ``token`` returns the forge's token; ``mirrors`` are of base images.
    """

    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    builder: str = ""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    token: Callable[[], str] = lambda: ""
