from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.oci import Layer, OciImage, write_layout
from promoter.programs.oci_layout import (
    InvalidImage,
    file_digest,
    image_config,
    labeled,
    read_archive,
    read_layout,
)

CREATED = "2026-01-01T00:00:00Z"


def image(*files: dict[str, bytes]) -> OciImage[Layer]:
    layers = [oci.layer({p: SourceFile(c) for p, c in each.items()}) for each in files]
    return oci.image(layers, {"User": "1000", "Labels": {"a": "1"}}, {"b": "2"}, created=CREATED)


def digest(content: bytes) -> str:
    return oci.Blob(content, "").digest


def test_a_layout_is_read_as_it_was_written_and_labels_are_added(tmp_path: Path) -> None:
    written = image({"/bin/x": b"x"}, {"/bin/y": b"y"})
    write_layout(written, tmp_path / "one")
    found = read_layout(tmp_path / "one")
    assert (found.digest, found.config.content) == (written.digest, written.config.content)

    marked = labeled(found, {"c": "3"})
    write_layout(marked, tmp_path / "two")
    again = read_layout(tmp_path / "two")
    assert image_config(again) == {"User": "1000", "Labels": {"a": "1", "c": "3"}}
    assert json.loads(again.manifest.content)["annotations"] == {"b": "2", "c": "3"}
    assert [layer.digest for layer in again.layers] == [layer.digest for layer in written.layers]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (({"/bin/x": b"1"}, {"/bin/x": b"2"}), digest(b"2")),
        (({"/bin/x": b"1"}, {"/bin/.wh.x": b""}), None),
        (({"/bin/x": b"1"}, {"/.wh.bin": b""}), None),
        (({"/bin/x": b"1"}, {"/bin/.wh..wh..opq": b"", "/bin/y": b""}), None),
        (({"/bin/x": b"1"}, {"/bin/.wh..wh..opq": b"", "/bin/x": b"3"}), digest(b"3")),
        (({"/bin/y": b"1"},), None),
    ],
    ids=["replaced", "removed", "folder removed", "emptied", "emptied and written", "absent"],
)
def test_a_file_is_that_of_the_upper_layer(
    layers: tuple[dict[str, bytes], ...], expected: str | None
) -> None:
    assert file_digest(image(*layers).layers, "/bin/x") == expected


def linked(**links: str) -> dict[str, SourceFile]:
    return {f"/{name}": SourceFile(target.encode(), symlink=True) for name, target in links.items()}


@pytest.mark.parametrize(
    ("links", "path", "expected"),
    [
        (linked(bin="usr/bin"), "/bin/x", b"x"),
        (linked(bin="/usr/bin"), "/bin/x", b"x"),
        (linked(run="usr/bin/x"), "/run", b"x"),
        (linked(a="b", b="usr/lib/../bin"), "/a/x", b"x"),
        (linked(out="../../../usr/bin/x"), "/out", b"x"),
        (linked(a="b", b="a"), "/a/x", None),
        (linked(gone="nowhere"), "/gone", None),
        ({}, "/usr/bin/x/y", None),
        ({}, "/usr/bin", None),
    ],
)
def test_links_are_followed_as_in_a_container(
    links: dict[str, SourceFile], path: str, expected: bytes | None
) -> None:
    layers = [oci.layer(links), oci.layer({"/usr/bin/x": SourceFile(b"x")})]
    found = oci.image(layers, {}, {}, created=CREATED)
    assert file_digest(found.layers, path) == (digest(expected) if expected else None)


def test_a_hard_link_has_the_content_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / "y").hardlink_to(tmp_path / "x")
    with tarfile.open(tmp_path / "layer.tar", "w") as archive:
        for name in ("x", "y"):
            archive.add(tmp_path / name, f"./bin/{name}")
    tar = (tmp_path / "layer.tar").read_bytes()
    assert file_digest([Layer(tar, oci.LAYER_TYPE, tar)], "bin/y") == digest(b"x")


def test_an_image_for_another_platform_is_refused(tmp_path: Path) -> None:
    write_layout(image({"/x": b"x"}), tmp_path / "layout")
    index = tmp_path / "layout" / "index.json"
    document = json.loads(index.read_text())
    document["manifests"][0]["platform"]["architecture"] = "arm64"
    index.write_text(json.dumps(document))
    with pytest.raises(InvalidImage, match="0 of its images are for linux/amd64"):
        read_layout(tmp_path / "layout")


def test_changed_content_is_refused(tmp_path: Path) -> None:
    written = image({"/x": b"x"})
    write_layout(written, tmp_path / "layout")
    layer = written.layers[0].digest.removeprefix("sha256:")
    (tmp_path / "layout" / "blobs" / "sha256" / layer).write_bytes(b"other")
    with pytest.raises(InvalidImage, match="has other content"):
        read_layout(tmp_path / "layout")
    with pytest.raises(InvalidImage, match="it is not an OCI layout"):
        read_layout(tmp_path)


def test_an_archive_of_docker_save_is_one_image(tmp_path: Path) -> None:
    written = image({"/bin/x": b"x"})
    files = {
        "config.json": written.config.content,
        "layer.tar": written.layers[0].tar,
        "manifest.json": json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with tarfile.open(tmp_path / "image.tar", "w") as archive:
        for name in files:
            archive.add(tmp_path / name, name)
    (tmp_path / "layers").mkdir()
    found = read_archive(tmp_path / "image.tar", tmp_path / "layers")
    assert file_digest(found.layers, "/bin/x") == digest(b"x")
    assert image_config(found)["User"] == "1000"
    with pytest.raises(InvalidImage, match="is not the archive of one image"):
        read_archive(tmp_path / "manifest.json", tmp_path / "layers")


def test_an_archive_with_half_a_layer_is_refused(tmp_path: Path) -> None:
    written = image({"/bin/x": b"x"})
    files = {
        "config.json": written.config.content,
        "layer.tar": gzip.compress(written.layers[0].tar)[:-20],
        "manifest.json": json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode(),
    }
    with tarfile.open(tmp_path / "image.tar", "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with pytest.raises(InvalidImage, match="is not the archive of one image"):
        read_archive(tmp_path / "image.tar", tmp_path)


@pytest.mark.parametrize("kind", ["tar+zstd", "nondistributable.v1.tar+gzip"])
def test_a_layer_that_cannot_be_read_here_is_named(tmp_path: Path, kind: str) -> None:
    layer = oci.layer({"/bin/x": SourceFile(b"x")})
    media_type = f"application/vnd.oci.image.layer.v1.{kind}"
    other = Layer(layer.content, media_type, layer.tar)
    write_layout(oci.image([other], {}, {}, created=CREATED), tmp_path / "one")
    with pytest.raises(InvalidImage, match=rf"read layer {layer.digest}: it is .*{kind[-4:]}"):
        read_layout(tmp_path / "one")


def test_a_layer_that_is_no_tar_is_named(tmp_path: Path) -> None:
    for number, content in enumerate((b"no tar at all", gzip.compress(b"x" * 9999)[:20])):
        damaged = Layer(content, oci.LAYER_TYPE, b"")
        write_layout(oci.image([damaged], {}, {}, created=CREATED), tmp_path / str(number))
        found = read_layout(tmp_path / str(number))
        with pytest.raises(InvalidImage, match=r"read /bin/x of the image: a layer is damaged"):
            file_digest(found.layers, "/bin/x")
