"""Signatures, provenance and bills of materials, by the real cosign in a real registry."""

from __future__ import annotations

import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from promoter.common.errors import RegistryError, UsageError
from promoter.forge.forge import Query
from promoter.git import Git
from promoter.programs.cosign import Cosign, VerificationError, create_keys
from promoter.programs.registry import Registry
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.images import Image
from promoter.release.promotion import promote
from promoter.release.publication import release
from promoter.release.sbom import sbom
from promoter.release.source import source_of_commit
from promoter.release.supply_chain import Provenance, SupplyChain, provenance
from promoter.toolchain.toolchain import Toolchain

from .conftest import ADDRESS, ROOT, push_placeholders
from .sandbox import Sandbox

# A cold build of cosign takes some minutes on two cores.
pytestmark = [pytest.mark.timeout(2400), pytest.mark.slow]


@pytest.fixture(scope="session")
def program() -> Path:
    return Toolchain(ROOT).program("cosign")


@pytest.fixture(scope="session")
def keys(program: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return create_keys(program, tmp_path_factory.mktemp("keys"))


@pytest.fixture
def supply(program: Path, registry: Registry, keys: tuple[Path, Path]) -> SupplyChain:
    return SupplyChain(Cosign(program, str(keys[0]), str(keys[1])), registry)


def pushed(application: Git, registry: Registry) -> Image:
    return push_placeholders(application, registry, "1.0.0")[0]


def test_keys_are_created_once_and_only_their_owner_reads_them(
    program: Path, keys: tuple[Path, Path]
) -> None:
    before = keys[0].read_bytes()
    assert create_keys(program, keys[0].parent) == keys
    assert keys[0].read_bytes() == before
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600


def test_an_attested_image_verifies_and_names_its_commit(
    application: Git, registry: Registry, supply: SupplyChain
) -> None:
    image = pushed(application, registry)
    source = source_of_commit(application, "HEAD")
    with pytest.raises(VerificationError):
        supply.verify(image)
    supply.attest(image, source, "1.0.0", ADDRESS)

    verified = supply.verify(image, source.commit)

    assert (verified.commit, verified.version) == (source.commit, "1.0.0")
    with pytest.raises(VerificationError, match=f"names commit {source.commit}, not {'f' * 40}"):
        supply.verify(image, "f" * 40)


def test_signature_and_attestations_are_stored_as_referrers_and_once(
    application: Git, registry: Registry, supply: SupplyChain
) -> None:
    image = pushed(application, registry)
    source = source_of_commit(application, "HEAD")
    supply.attest(image, source, "1.0.0", ADDRESS)
    first = referrers(registry, image)
    supply.attest(image, source, "1.0.0", ADDRESS)
    assert referrers(registry, image) == first
    assert len(first) == 3


def referrers(registry: Registry, image: Image) -> list[str]:
    """Return the referrers of the image, by API or by tag (distribution-spec v1.1)."""
    host, _, folder = registry.repository(image.name).partition("/")
    answer = httpx.get(f"http://{host}/v2/{folder}/referrers/{image.digest}", timeout=10)
    if answer.status_code == 404:
        tag = image.digest.replace(":", "-")
        index = [registry.crane, "manifest", f"{registry.repository(image.name)}:{tag}"]
        answer_by_tag = json.loads(subprocess.check_output(index))
        return sorted(one["digest"] for one in answer_by_tag["manifests"])
    return sorted(one["digest"] for one in answer.json()["manifests"])


def test_another_key_or_another_image_does_not_verify(
    application: Git, registry: Registry, supply: SupplyChain, tmp_path: Path
) -> None:
    image = pushed(application, registry)
    supply.attest(image, source_of_commit(application, "HEAD"), "1.0.0", ADDRESS)
    stranger = create_keys(supply.cosign.program, tmp_path / "stranger")[1]
    other_key = replace(supply.cosign, key="", public_key=str(stranger))
    with pytest.raises(VerificationError):
        replace(supply, cosign=other_key).verify(image)
    absent = replace(image, digest=f"sha256:{'0' * 64}")
    with pytest.raises(RegistryError, match="the registry does not have it"):
        supply.verify(absent)


@pytest.mark.parametrize("keys", [("missing.key", ""), ("", "missing.pub"), ("missing.key", "x")])
def test_a_missing_key_file_is_said_so(
    program: Path, tmp_path: Path, keys: tuple[str, str]
) -> None:
    key, public = (str(tmp_path / name) if name else "" for name in keys)
    cosign = Cosign(program, key, public)
    with pytest.raises(UsageError, match="no such file") as raised:
        cosign.verify("127.0.0.1:1/x@sha256:" + "a" * 64)
    assert "COSIGN_PUBLIC_KEY" in raised.value.next_step
    if key:
        with pytest.raises(UsageError, match=r"missing\.key: no such file"):
            cosign.sign("127.0.0.1:1/x@sha256:" + "a" * 64)


def test_a_key_alone_verifies_what_it_signed(
    application: Git,
    registry: Registry,
    supply: SupplyChain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A task has the private key alone, as a document."""
    image = pushed(application, registry)
    reference = f"{registry.repository(image.name)}@{image.digest}"
    alone = tmp_path / "cosign.key"
    alone.write_bytes(Path(supply.cosign.key).read_bytes())
    cosign = Cosign(supply.cosign.program, str(alone))
    cosign.sign(reference)
    cosign.verify(reference)
    monkeypatch.setenv("COSIGN_PASSWORD", "another")
    with pytest.raises(VerificationError, match=r"read the public half of .*cosign\.key"):
        cosign.verify(reference)


def test_the_pin_bump_rejects_an_image_that_does_not_verify(
    sandbox: Sandbox, program: Path, keys: tuple[Path, Path]
) -> None:
    create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    release(sandbox.application)
    cosign = Cosign(program, str(keys[0]), str(keys[1]))
    supply = SupplyChain(cosign, sandbox.application.registry)
    signing = replace(sandbox.application, supply_chain=supply)
    with pytest.raises(VerificationError):
        bump_chart(signing, sandbox.charts)
    assert sandbox.charts.forge.pull_requests(Query()) == ()
    # The same release, completed with the key, is signed and can be pinned.
    made = release(signing)
    assert bump_chart(signing, sandbox.charts).labels == {"galoybot", "lana-bank"}
    for image in made.images:
        assert supply.verify(image, made.commit).version == "0.1.0"


def test_the_bill_is_valid_and_the_same_for_the_same_image(
    application: Git, registry: Registry
) -> None:
    # Imported here: it takes a second and a half, in every worker that collects this file.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    image = pushed(application, registry)
    source = source_of_commit(application, "HEAD")
    content = registry.pull(image.name, image.digest)
    bill = sbom(image, content, "1.0.0", source.time)
    assert sbom(image, content, "1.0.0", source.time) == bill
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert [one["name"] for one in json.loads(bill)["components"]] == ["/bin/lana-cli"]


def test_the_predicate_names_source_commit_and_version(application: Git) -> None:
    source = source_of_commit(application, "HEAD")
    predicate = provenance("lana-bank", source, "1.0.0", ADDRESS)
    assert Provenance.parse(predicate) == Provenance(source.commit, "1.0.0")
    for incomplete in ({}, {"buildDefinition": 1}):
        assert Provenance.parse(incomplete) == Provenance("", "")
