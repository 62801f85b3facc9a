"""The evidence of an image: a signature, SLSA provenance and a bill of materials."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from promoter.common.errors import RegistryError
from promoter.programs.cosign import Cosign, VerificationError
from promoter.programs.registry import Registry
from promoter.release.images import Image
from promoter.release.sbom import sbom
from promoter.release.settings import SETTINGS_FILE
from promoter.release.source import SourceTree

BUILDER = "https://github.com/GaloyMoney/galoy-deployments"

_PROVENANCE = "slsaprovenance1"
_SBOM = "cyclonedx"


@dataclass(frozen=True)
class Provenance:
    """The commit (40 hex digits) and version that an image was built from; empty: not named."""

    commit: str
    version: str

    @classmethod
    def parse(cls, predicate: dict[str, Any]) -> Self:
        """Return the provenance that an SLSA v1 predicate names."""
        parameters = _child(predicate, "buildDefinition", "externalParameters")
        digest = _child(parameters, "source", "digest")
        return cls(str(digest.get("gitCommit", "")), str(parameters.get("version", "")))


@dataclass(frozen=True)
class SupplyChain:
    """Signs and verifies the images in ``registry`` with ``cosign``."""

    cosign: Cosign
    registry: Registry

    def attest(
        self,
        image: Image,
        source: SourceTree,
        version: str,
        address: str,
        bases: Mapping[str, str] = MappingProxyType({}),
        recipe: str = SETTINGS_FILE,
    ) -> None:
        """Sign ``image`` and attach an SBOM and provenance (from ``address``), where missing.

        ``bases`` are the references by digest of the base images, by their names; ``recipe`` is
        the file of ``source`` that says how it is built.
        """
        cosign, reference = self.cosign, image.reference
        if not _verifies(lambda: cosign.verify(reference)):
            cosign.sign(reference)
        if not _verifies(lambda: self._provenance(image, source.commit)):
            predicate = provenance(image.name, source, version, address, bases, recipe)
            cosign.attest(reference, _PROVENANCE, json.dumps(predicate))
        if not _verifies(lambda: cosign.verify_attestation(reference, _SBOM)):
            cosign.attest(reference, _SBOM, self._sbom(image, source, version))

    def verify(self, image: Image, commit: str = "") -> Provenance:
        """Return the provenance of ``image``; with ``commit`` it has to name that commit.

        Raises `RegistryError` for a missing image, `VerificationError` unless signature,
        provenance and SBOM are the key's.
        """
        if self.registry.digest(image.name, image.digest) is None:
            raise RegistryError(f"verify {image.reference}: the registry does not have it")
        try:
            self.cosign.verify(image.reference)
            found = self._provenance(image, commit)
            self.cosign.verify_attestation(image.reference, _SBOM)
        except VerificationError as error:
            error.next_step = error.next_step or (
                "complete its release (promoter release final), or find out who built it"
            )
            raise
        return found

    def _provenance(self, image: Image, commit: str) -> Provenance:
        """Return the provenance that names ``commit`` (empty: any)."""
        predicates = self.cosign.verify_attestation(image.reference, _PROVENANCE)
        found = [Provenance.parse(predicate) for predicate in predicates]
        for each in found:
            if commit in ("", each.commit):
                return each
        commits = ", ".join(each.commit or "none" for each in found)
        raise VerificationError(
            f"verify {image.reference}: its provenance names commit {commits}, not {commit}",
            next_step="do not use it: it was not built from the commit that its pin names",
        )

    def _sbom(self, image: Image, source: SourceTree, version: str) -> str:
        content = self.registry.pull(image.name, image.digest)
        return sbom(image, content, version, source.time)


def provenance(
    name: str,
    source: SourceTree,
    version: str,
    address: str,
    bases: Mapping[str, str] = MappingProxyType({}),
    recipe: str = SETTINGS_FILE,
) -> dict[str, Any]:
    """Return the SLSA v1 predicate (slsa.dev/provenance/v1) of the image ``name``.

    A run adds nothing to commit, version, recipe and base images, so it names only who ran it.
    """
    repository, commit = f"git+{address}", {"gitCommit": source.commit}
    origin = {"uri": repository, "digest": commit}
    materials = [{"uri": f"{repository}@{source.commit}", "digest": commit}]
    materials += [
        {"name": base, "uri": f"oci://{reference}", "digest": {"sha256": reference[-64:]}}
        for base, reference in bases.items()
    ]
    definition = {
        "buildType": f"{address}/blob/{source.commit}/{recipe}",
        "externalParameters": {"image": name, "source": origin, "version": version},
        "internalParameters": {},
        "resolvedDependencies": materials,
    }
    return {"buildDefinition": definition, "runDetails": {"builder": {"id": BUILDER}}}


def _child(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        value = document.get(key)
        document = value if isinstance(value, dict) else {}
    return document


def _verifies(check: Callable[[], object]) -> bool:
    with suppress(VerificationError):
        check()
        return True
    return False
