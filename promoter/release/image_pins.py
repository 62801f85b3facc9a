"""The pins of our own images, on a branch that the pipeline `promoter` writes (decision 81).

They are variables of the pipelines. A resource type of Concourse can name a tag only, which is
then the digest without ``sha256:``.
"""

import re
from collections.abc import Mapping
from typing import Any

from promoter.common.errors import InvalidFile
from promoter.common.yaml_file import read_yaml
from promoter.git import Git
from promoter.programs.cosign import Cosign, VerificationError
from promoter.programs.registry import ImageLookup
from promoter.release.images import Image
from promoter.release.supply_chain import SupplyChain

BRANCH, FILE = "image-pins", "pins.yml"
REMOTE = "git@github.com:GaloyMoney/galoy-deployments.git"
REGISTRY = "us.gcr.io/galoyorg"

_VARIABLES = {
    "cepler-resource": ("cepler-resource-image", "tag"),
    "promoter": ("promoter-image", "digest"),
    "promoter-wheel": ("promoter-wheel", "digest"),
}
_PREFIX = {"tag": "", "digest": "sha256:"}
_PIN = {key: re.compile(rf"{prefix}[0-9a-f]{{64}}") for key, prefix in _PREFIX.items()}


def write_pins(digests: Mapping[str, str]) -> str:
    """Return the variables of the images in ``digests``, as ``fly --load-vars-from`` reads them."""
    lines = []
    for name, digest in digests.items():
        variable, key = _VARIABLES[name]
        value = _PREFIX[key] + digest.removeprefix("sha256:")
        lines.append(f"{variable}: {{{key}: '{value}'}}\n")
    return "".join(lines)


def read_pins(git: Git, remote: str = REMOTE) -> dict[str, str]:
    """Return the digests that the branch of ``remote`` has now, by the names of our images.

    Raises `GitError` where there is no such branch, `InvalidFile` where an image has no pin.
    """
    git.fetch(remote, f"refs/heads/{BRANCH}")
    found = read_yaml(git.file("FETCH_HEAD", FILE) or b"", FILE)
    return {name: _digest(found, *variable) for name, variable in _VARIABLES.items()}


def _digest(document: Any, variable: str, key: str) -> str:
    entry = document.get(variable) if isinstance(document, dict) else None
    value = str(entry.get(key)) if isinstance(entry, dict) else ""
    if not _PIN[key].fullmatch(value):
        remedy = "make images PUSH=<registry> writes it"
        place, reason = f"{BRANCH}: {FILE}", f"{value!r} pins no image"
        raise InvalidFile(place, f"{variable}.{key}", reason, next_step=remedy)
    return f"sha256:{value.removeprefix('sha256:')}"


def verified_pins(
    git: Git, lookup: ImageLookup, cosign: Cosign, remote: str = REMOTE
) -> dict[str, str]:
    """Return what `read_pins` returns, once each image has the evidence of the trusted key.

    Raises `VerificationError` for an image without it, `RegistryError` for one that is missing.
    """
    digests = read_pins(git, remote)
    for name, digest in digests.items():
        registry, *_ = lookup.locate(f"{REGISTRY}/{name}@{digest}")
        try:
            SupplyChain(cosign, registry).verify(Image(name, registry.repository(name), digest))
        except VerificationError as error:
            error.next_step = f"do not use it: find out who moved {BRANCH}, and who signed it"
            raise
    return digests
