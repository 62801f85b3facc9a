"""Images from Dockerfiles: handed over by a pipeline, or built by the real buildah."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, PromoterError
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.builders import Buildah, DockerfileBuild
from promoter.programs.oci import write_layout
from promoter.programs.oci_layout import read_layout
from promoter.programs.registry import Registry
from promoter.release.build_arguments import build_arguments
from promoter.release.build_inputs import BuildInputs
from promoter.release.builds import image_builds, require_no_secret
from promoter.release.candidate import create_candidate
from promoter.release.chart import bump_chart
from promoter.release.errors import ReleaseError
from promoter.release.images import REVISION, SOURCE, TITLE, VERSION, VersionBuild
from promoter.release.promotion import promote
from promoter.release.publication import CHECKSUMS, checksums, draft, read_release, release
from promoter.release.settings import read_settings
from promoter.release.source import source_of_commit
from promoter.release.supply_chain import provenance

from .conftest import commit_all, copy_application, new_repository, serving
from .dockerfiles import CREATED, application_files, push_base
from .sandbox import Sandbox, open_sandbox

NAMES = ("lana-bank", "lana-bank-admin-panel", "dagster-code-location-lana-dw")
RC, FINAL = b"lana-cli 0.1.0-rc.1", b"lana-cli 0.1.0"

needs_buildah = pytest.mark.skipif(
    shutil.which("buildah") is None, reason="buildah is not installed (apt-get install buildah)"
)


def handed_over(folder: Path, name: str, files: dict[str, bytes], **config: object) -> str:
    """Write an image as a pipeline's build task does; return the folder."""
    layer = oci.layer({path: SourceFile(content) for path, content in files.items()})
    target = folder / f"{name}-{len(list(folder.iterdir()))}"
    write_layout(oci.image([layer], config, {}, created=CREATED), target)
    return str(target)


def images(folder: Path, binary: bytes) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    return {
        "lana-bank": handed_over(folder, "lana-bank", {"/bin/lana-cli": binary}, User="1000"),
        "lana-bank-admin-panel": handed_over(folder, "panel", {"/app/x": binary}, User="1001"),
        "dagster-code-location-lana-dw": handed_over(folder, "dagster", {"/lana-dw/x": b"1"}),
    }


def with_inputs(sandbox: Sandbox, **inputs: object) -> Sandbox:
    made = BuildInputs(**inputs)  # type: ignore[arg-type]
    return replace(sandbox, application=replace(sandbox.application, inputs=made))


@pytest.fixture
def bases(registry: Registry) -> dict[str, str]:
    """Base images below the names of their registries' mirrors, and the mirrors."""
    host = registry.address.partition("/")[0]
    published = {"/marker": b"1", "/published/lana-cli": FINAL}
    return {
        "alpine:latest": push_base(
            Registry(f"{host}/library", registry.crane), "alpine", published
        ),
        "gcr.io/distroless/static": push_base(
            Registry(f"{host}/distroless", registry.crane), "static", {"/etc/passwd": b""}
        ),
    }


@pytest.fixture
def mirrors(registry: Registry) -> dict[str, str]:
    host = registry.address.partition("/")[0]
    return {"docker.io": host, "gcr.io": host}


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry, bases: dict[str, str]) -> Sandbox:
    return with_inputs(open_sandbox(tmp_path / "sandbox", registry, application_files(bases)))


def cut(sandbox: Sandbox, candidate: BuildInputs, final: BuildInputs) -> VersionBuild:
    application = sandbox.application
    create_candidate(replace(application, inputs=candidate))
    sandbox.merge(promote(application))
    return release(replace(application, inputs=final))


def labels(registry: Registry, name: str, tag: str) -> dict[str, str]:
    return dict(registry.config(name, tag)["config"]["Labels"])


def test_what_a_pipeline_built_is_labeled_released_and_pinned(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    registry = sandbox.application.registry
    made = cut(
        sandbox,
        BuildInputs({"lana-cli": RC}, images(tmp_path / "rc", RC)),
        BuildInputs({"lana-cli": FINAL}, images(tmp_path / "final", FINAL)),
    )

    assert [image.name for image in made.images] == list(NAMES)
    for name, version in (("lana-bank", "0.1.0"), ("lana-bank", "0.1.0-rc.1")):
        found = labels(registry, name, version)
        assert (found[REVISION], found[VERSION]) == (made.commit, version)
    # Its release is the candidate's image; the others were built for the release.
    dagster = NAMES[2]
    assert registry.digest(dagster, "0.1.0") == registry.digest(dagster, "0.1.0-rc.1")
    assert registry.digest("lana-bank", "0.1.0") != registry.digest("lana-bank", "0.1.0-rc.1")
    assert sandbox.application.forge.asset("0.1.0", "lana-cli") == FINAL
    assert [proof.partition(" is ")[0] for proof in made.proofs] == [
        f"lana-bank: candidate and release are of commit {made.commit}".partition(" is ")[0],
        "lana-bank 0.1.0: /bin/lana-cli",
        "lana-bank 0.1.0-rc.1: /bin/lana-cli",
        f"lana-bank-admin-panel: candidate and release are of commit {made.commit}",
        f"{dagster}: the candidate's image, {registry.digest(dagster, '0.1.0')}",
    ]
    assert read_release(sandbox.application) == made
    pull = bump_chart(sandbox.application, sandbox.charts)
    assert made.images[0].digest in pull.body


def test_a_digest_in_the_registry_is_an_image_that_is_handed_over(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    registry = sandbox.application.registry
    layer = oci.layer({"/lana-dw/x": SourceFile(b"1")})
    built = oci.image([layer], {}, {}, created=CREATED)
    registry.push(NAMES[2], built)
    given = {**images(tmp_path / "rc", RC), NAMES[2]: built.digest}
    made = create_candidate(
        replace(sandbox.application, inputs=BuildInputs({"lana-cli": RC}, given))
    )
    assert labels(registry, NAMES[2], "0.1.0-rc.1")[REVISION] == made.commit


def test_an_image_that_was_built_from_another_commit_is_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    source = read_settings(source_of_commit(sandbox.application.git, "HEAD")).source

    def candidate(**named: str) -> None:
        files = {"/lana-dw/x": b"1"}
        given = images(tmp_path / "rc", RC)
        given[NAMES[2]] = handed_over(tmp_path, "dagster", files, Labels=named)
        inputs = BuildInputs({"lana-cli": RC}, given)
        create_candidate(replace(sandbox.application, inputs=inputs))

    with pytest.raises(ReleaseError, match=rf"verify image {NAMES[2]}: its label .* is aaaa"):
        candidate(**{REVISION: "a" * 40, SOURCE: source})
    assert sandbox.tags() == []
    # A base image has labels of its own.
    candidate(**{REVISION: "a" * 40, SOURCE: "https://example.com/a-base"})
    assert sandbox.tags() == ["0.1.0-rc.1"]


def test_an_image_that_was_built_for_another_version_is_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    tip = sandbox.application.fetch()
    source = read_settings(source_of_commit(sandbox.application.git, tip)).source
    named = {REVISION: tip, SOURCE: source, VERSION: "0.1.0-rc.7"}
    given = images(tmp_path / "rc", RC)
    given[NAMES[1]] = handed_over(tmp_path, "panel", {"/app/x": RC}, Labels=named)
    inputs = BuildInputs({"lana-cli": RC}, given)
    with pytest.raises(ReleaseError, match=r"its label .*version is 0.1.0-rc.7, not 0.1.0-rc.1"):
        create_candidate(replace(sandbox.application, inputs=inputs))
    assert sandbox.tags() == []


@pytest.mark.parametrize("rebuilt", [False, True])
def test_an_image_that_names_its_commit_keeps_its_digest_unless_it_is_rebuilt(
    sandbox: Sandbox, tmp_path: Path, rebuilt: bool
) -> None:
    git, registry = sandbox.application.git, sandbox.application.registry
    if rebuilt:
        text = git.file("HEAD", "ci/release/release.yml") or b""
        changed = text.replace(b"rebuilt: false", b"rebuilt: true")
        sandbox.commit("ci: rebuild it", {"ci/release/release.yml": changed})
    tip = sandbox.application.fetch()
    named = {REVISION: tip, SOURCE: read_settings(source_of_commit(git, tip)).source}
    named[TITLE] = NAMES[2]
    files = {"/lana-dw/x": b"1"}
    built = handed_over(tmp_path, "dagster", files, Labels=named)
    given = {**images(tmp_path / "rc", RC), NAMES[2]: built}
    create_candidate(replace(sandbox.application, inputs=BuildInputs({"lana-cli": RC}, given)))
    kept = registry.digest(NAMES[2], "0.1.0-rc.1") == read_layout(Path(built)).digest
    assert kept != rebuilt


@needs_buildah
def test_only_the_build_itself_gets_the_secrets(tmp_path: Path) -> None:
    context, calls, buildah = tmp_path / "context", tmp_path / "calls", tmp_path / "buildah"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM scratch\nARG A_TOKEN\nCOPY Dockerfile /x\n")
    recorded = f'echo "${{A_TOKEN:-without}} $*" >>{calls}'
    buildah.write_text(f'#!/bin/sh\n{recorded}\nexec {shutil.which("buildah")} "$@"\n')
    buildah.chmod(0o755)
    secrets = {"A_TOKEN": "of-the-test"}
    build = DockerfileBuild("x", context / "Dockerfile", context, 0, secrets=secrets)
    Buildah(buildah, "build").build(build, tmp_path)
    built, pushed = calls.read_text().splitlines()
    assert " build " in built and built.startswith("of-the-test ")
    assert " push " in pushed and pushed.startswith("without ")


@pytest.mark.parametrize("builder", ["buildah", "podman"])
def test_candidate_and_release_are_built_from_their_own_dockerfiles(
    sandbox: Sandbox, mirrors: dict[str, str], builder: str
) -> None:
    if shutil.which(builder) is None:
        pytest.skip(f"{builder} is not installed (apt-get install {builder})")
    registry = sandbox.application.registry
    made = cut(
        sandbox,
        BuildInputs({"lana-cli": RC}, {}, builder, mirrors),
        BuildInputs({"lana-cli": FINAL}, {}, builder, mirrors),
    )
    for version in ("0.1.0", "0.1.0-rc.1"):
        config = registry.config("lana-bank", version)["config"]
        assert f"VERSION={version}" in config["Env"]
        assert f"COMMITHASH={made.commit}" in config["Env"]
        assert config["User"] == "1000"
    panel = oci.files_in(registry.pull("lana-bank-admin-panel", "0.1.0").layers)
    assert b"NEXT_PUBLIC_APP_VERSION=0.1.0\n" in panel["/app/.env"][2]
    assert len(made.proofs) == 5


@needs_buildah
def test_a_release_whose_image_has_another_binary_is_not_published(
    sandbox: Sandbox, mirrors: dict[str, str]
) -> None:
    other = BuildInputs({"lana-cli": b"another"}, {}, "buildah", mirrors)
    with pytest.raises(ReleaseError, match="verify image lana-bank: its /bin/lana-cli"):
        cut(sandbox, BuildInputs({"lana-cli": RC}, {}, "buildah", mirrors), other)
    found = sandbox.application.forge.release("0.1.0")
    assert found is not None and found.draft
    assert sandbox.application.registry.digest("lana-bank", "0.1.0") is None
    assert sandbox.tags() == ["0.1.0-rc.1"]


def test_an_interrupted_release_continues_with_the_files_of_its_draft(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    application = sandbox.application
    candidate = BuildInputs({"lana-cli": RC}, images(tmp_path / "rc", RC))
    wrong = BuildInputs({"lana-cli": FINAL}, images(tmp_path / "wrong", b"another"))
    with pytest.raises(ReleaseError, match=r"its /bin/lana-cli is sha256:.*, artifact lana-cli is"):
        cut(sandbox, candidate, wrong)
    resumed = BuildInputs({}, images(tmp_path / "final", FINAL))
    made = release(replace(application, inputs=resumed))
    assert application.forge.asset("0.1.0", "lana-cli") == FINAL
    # Once more, with nothing given: everything is there.
    assert release(application) == made
    with pytest.raises(ReleaseError, match="its lana-cli is not the one of commit"):
        release(replace(application, inputs=BuildInputs({"lana-cli": b"x"})))


def test_the_draft_gets_its_files_once_and_before_its_images(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    application = sandbox.application
    candidate = BuildInputs({"lana-cli": RC}, images(tmp_path / "rc", RC))
    commit = create_candidate(replace(application, inputs=candidate)).commit
    promoted = promote(application)
    with pytest.raises(NotCleared):
        draft(application)
    sandbox.merge(promoted)

    def drafted(**artifacts: bytes) -> dict[str, bytes]:
        given = {name.replace("_", "-"): content for name, content in artifacts.items()}
        made = draft(replace(application, inputs=BuildInputs(given)))
        assert (str(made.version), made.commit) == ("0.1.0", commit)
        found = application.forge.release("0.1.0")
        assert found is not None and found.draft
        return {a.name: application.forge.asset("0.1.0", a.name) for a in found.assets}

    assert drafted() == {}
    complete = {"lana-cli": FINAL, CHECKSUMS: checksums({"lana-cli": FINAL})}
    assert drafted(lana_cli=FINAL) == complete
    assert drafted(lana_cli=b"compiled again") == complete
    release(replace(application, inputs=BuildInputs({}, images(tmp_path / "final", FINAL))))
    assert application.forge.asset("0.1.0", "lana-cli") == FINAL


def test_the_build_arguments_of_a_release_have_a_token(tmp_path: Path) -> None:
    copy_application(tmp_path / "lana-bank")
    git = new_repository(tmp_path / "lana-bank")
    commit = commit_all(git, "feat: the application")
    inputs = BuildInputs(token=lambda: "of-the-test")
    values = {"COMMITHASH": commit, "BUILDTIME": "2026-01-01-00:00:00"}
    candidate = build_arguments(git, "lana-bank", "0.1.0-rc.1", inputs)
    assert candidate == {"VERSION": "0.1.0-rc.1", **values}
    final = build_arguments(git, "lana-bank", "0.1.0", inputs)
    assert final == {"VERSION": "0.1.0", **values, "GH_TOKEN": "of-the-test"}
    with pytest.raises(ReleaseError, match=r"postgresql: not in .*; known: lana-bank, "):
        build_arguments(git, "postgresql", "0.1.0", inputs)


def test_each_image_is_in_the_registry_that_its_settings_name(
    tmp_path: Path, crane: Path, registry: Registry, bases: dict[str, str]
) -> None:
    with serving(crane) as second:
        first = registry.address
        named = application_files(bases)
        text = named["ci/release/release.yml"].decode()
        text = f"registry: {first}\n" + text.replace(
            f"name: {NAMES[2]}\n", f"name: {NAMES[2]}\n  registry: {second}/dagster\n"
        )
        named["ci/release/release.yml"] = text.encode()
        sandbox = open_sandbox(tmp_path / "two", Registry("", crane), named)
        made = cut(
            sandbox,
            BuildInputs({"lana-cli": RC}, images(tmp_path / "rc", RC)),
            BuildInputs({"lana-cli": FINAL}, images(tmp_path / "final", FINAL)),
        )
        assert [image.repository for image in made.images] == [
            f"{first}/lana-bank",
            f"{first}/lana-bank-admin-panel",
            f"{second}/dagster/{NAMES[2]}",
        ]
        assert registry.digest(NAMES[2], "0.1.0") is None
        assert Registry(f"{second}/dagster", crane).digest(NAMES[2], "latest")
        # The chart pulls from other registries than the images were pushed to.
        with pytest.raises(PromoterError, match=f"it is for gcr.io/.*, not for {first}/lana-bank"):
            bump_chart(sandbox.application, sandbox.charts)


def broken(path: str, content: str) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.__setitem__(path, content.encode())


def settings(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        text = files["ci/release/release.yml"].decode()
        assert old in text
        files["ci/release/release.yml"] = text.replace(old, new).encode()

    return change


@pytest.mark.parametrize(
    ("change", "inputs", "reason"),
    [
        (
            settings("candidate: dagster/Dockerfile", "candidate: dagster/Gone"),
            {},
            r"read dagster/Gone in [0-9a-f]{12}: no such file",
        ),
        (
            broken("dagster/Dockerfile", "FROM alpine:latest\nARG DAGSTER_VERSION\n"),
            {},
            "ARG DAGSTER_VERSION of dagster/Dockerfile has no value",
        ),
        (
            broken("dagster/Dockerfile", "FROM python:3.13-alpine\n"),
            {},
            "base image python:3.13-alpine of dagster/Dockerfile has no digest",
        ),
        (
            broken("dagster/Dockerfile", f"FROM alpine@sha256:{'0' * 64}\n"),
            {},
            "is not in its registry",
        ),
        (
            settings("VERSION: '{version}'", "VERSION: '{tag}'"),
            {},
            r"unknown placeholder \{tag\}",
        ),
        (
            settings("VERSION: '{version}'", "VERSION: 'x-{github_token}'"),
            {},
            r"\{github_token\} is the whole value of an argument",
        ),
        (
            settings("VERSION: '{version}'", "VERSION: '{version!r}'"),
            {},
            r"unknown placeholder \{version!r\}",
        ),
        (
            settings("COMMITHASH: '{commit}'", "COMMITHASH: '{github_token}'"),
            {},
            "ARG COMMITHASH needs a token of the forge",
        ),
        (lambda _: None, {"artifacts": {}}, "read artifact lana-cli of 0.1.0-rc.1: none was given"),
        (lambda _: None, {"artifacts": {"other": b""}}, "--artifact other: not in ci/release"),
        (lambda _: None, {"images": {"other": "x"}}, "--image other: not in ci/release"),
        (lambda _: None, {"builder": "kaniko"}, "find builder kaniko: unknown; known: buildah"),
        (settings("cliff.toml", "gone.toml"), {}, "read gone.toml in [0-9a-f]{12}: no such file"),
        (settings("contains:", "contained:"), {}, "release.yml: images.0.dockerfile.contained"),
    ],
)
def test_bad_input_is_named_before_anything_is_pushed(
    tmp_path: Path,
    registry: Registry,
    bases: dict[str, str],
    mirrors: dict[str, str],
    change: Callable[[dict[str, bytes]], None],
    inputs: dict[str, object],
    reason: str,
) -> None:
    files = application_files(bases)
    change(files)
    own = replace(registry, address=f"{registry.address}/own")
    sandbox = open_sandbox(tmp_path / "bad", own, files)
    given = {"artifacts": {"lana-cli": RC}, "mirrors": mirrors, "builder": "", **inputs}
    if reason.startswith("read gone"):
        given["images"] = images(tmp_path / "rc", RC)
    with pytest.raises(PromoterError, match=reason):
        create_candidate(with_inputs(sandbox, **given).application)
    assert sandbox.tags() == []
    assert all(own.digest(name, "edge") is None for name in NAMES)


@needs_buildah
def test_a_dockerfile_that_does_not_build_is_named_with_the_builders_last_lines(
    sandbox: Sandbox, mirrors: dict[str, str]
) -> None:
    sandbox.commit("feat: x", {"dagster/Dockerfile": b"FROM alpine:latest\nCOPY gone /x\n"})
    given = BuildInputs({"lana-cli": RC}, {}, "buildah", mirrors)
    with pytest.raises(PromoterError, match=r"(?s)build image dagster-.*: buildah exit 125:.*gone"):
        create_candidate(replace(sandbox.application, inputs=given))
    assert sandbox.tags() == []


def test_a_secret_in_the_history_of_an_image_is_refused(tmp_path: Path) -> None:
    build = DockerfileBuild("x", tmp_path, tmp_path, 0, secrets={"GH_TOKEN": "of-the-test"})
    layer = oci.layer({"/x": SourceFile(b"")})
    require_no_secret(oci.image([layer], {}, {}, created=CREATED), build)
    leaking = oci.image([layer], {"Env": ["GH_TOKEN=of-the-test"]}, {}, created=CREATED)
    with pytest.raises(ReleaseError, match="the value of GH_TOKEN is in its configuration"):
        require_no_secret(leaking, build)


def test_base_images_are_materials_of_the_provenance(
    sandbox: Sandbox, bases: dict[str, str]
) -> None:
    source = source_of_commit(sandbox.application.git, "HEAD")
    git, registry, settings = (
        sandbox.application.git,
        sandbox.application.registry,
        read_settings(source),
    )
    # Those of an image that a pipeline has built are not known.
    for given, names in ({}, bases.keys()), ({"lana-bank": "x"}, set()):
        inputs = BuildInputs(images=given)
        made = image_builds(git, source, settings, "0.1.0", registry, inputs, released=True)
        with made as builds:
            assert builds.materials(settings.images[0]).keys() == names
    reference = f"gcr.io/distroless/static@sha256:{'1' * 64}"
    found = provenance("x", source, "0.1.0", "https://x", {"gcr.io/distroless/static": reference})
    materials = found["buildDefinition"]["resolvedDependencies"]
    assert materials[1]["digest"] == {"sha256": "1" * 64}
    assert materials[1]["uri"] == f"oci://{reference}"


def test_a_release_that_would_run_as_another_user_is_not_published(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    final = images(tmp_path / "final", FINAL)
    final["lana-bank"] = handed_over(tmp_path / "final", "root", {"/bin/lana-cli": FINAL}, User="0")
    candidate = BuildInputs({"lana-cli": RC}, images(tmp_path / "rc", RC))
    with pytest.raises(ReleaseError, match=r"its candidate in configuration User$"):
        cut(sandbox, candidate, BuildInputs({"lana-cli": FINAL}, final))
    assert sandbox.tags() == ["0.1.0-rc.1"]
