"""The bill of materials of an image: CycloneDX 1.6, the same for the same image."""

import hashlib
import uuid
import warnings
from datetime import datetime

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from promoter.programs.oci import Layer, OciImage, files_in
from promoter.release.images import Image


def sbom(image: Image, content: OciImage[Layer], version: str, time: datetime) -> str:
    """Return the bill of ``image`` as JSON at the commit's time, with the SHA-256 of every file."""
    files = [
        Component(
            name=path,
            type=ComponentType.FILE,
            bom_ref=f"file:{path}",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(data).hexdigest())],
        )
        for path, (_, _, data) in sorted(files_in(content.layers).items())
        if data
    ]
    described = Component(
        name=image.name,
        version=version,
        type=ComponentType.CONTAINER,
        bom_ref="image",
        purl=PackageURL("oci", "", image.name, image.digest, {"repository_url": image.repository}),
    )
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, image.reference), components=files)
    bom.metadata.timestamp = time
    bom.metadata.component = described
    bom.register_dependency(described, files)
    with warnings.catch_warnings():
        # An image without a file has an empty graph, which the library warns about.
        warnings.simplefilter("ignore", UserWarning)
        return str(JsonV1Dot6(bom).output_as_string(indent=1))
