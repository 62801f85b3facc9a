"""The file of the pins: what is written is read again, and anything else is one error."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import GitError, InvalidFile
from promoter.git import Git
from promoter.release.image_pins import BRANCH, FILE, read_pins, write_pins

from .conftest import new_repository

DIGESTS = {
    name: f"sha256:{digit * 64}"
    for name, digit in (("cepler-resource", "a"), ("promoter", "b"), ("promoter-wheel", "c"))
}


def pin(folder: Path, text: str) -> Git:
    git = new_repository(folder)
    made = git.commit_files(None, {FILE: text.encode()}, "ci: images")
    git.text("update-ref", f"refs/heads/{BRANCH}", made)
    return git


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    text = write_pins(DIGESTS)
    assert f"cepler-resource-image: {{tag: '{'a' * 64}'}}" in text
    assert read_pins(pin(tmp_path, text), ".") == DIGESTS


@pytest.mark.parametrize(
    "value", ["sha512:" + "b" * 64, "latest", "sha256:bb", "sha256:" + "b" * 64 + "x"]
)
def test_a_pin_that_is_no_digest_is_named(tmp_path: Path, value: str) -> None:
    text = write_pins(DIGESTS).replace(DIGESTS["promoter"], value)
    with pytest.raises(InvalidFile, match=f"promoter-image.digest: '{value}' pins no image"):
        read_pins(pin(tmp_path, text), ".")


@pytest.mark.parametrize("text", ["", "a\n", "promoter-image: x\n"])
def test_an_image_without_a_pin_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidFile, match=r"cepler-resource-image\.tag: '' pins no image"):
        read_pins(pin(tmp_path, text), ".")


def test_a_branch_that_does_not_exist_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="image-pins"):
        read_pins(new_repository(tmp_path), ".")
