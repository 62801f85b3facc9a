"""The archive that a root is built from, its state, and the errors if none can be built."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev.images import debian
from dev.images.__main__ import main
from dev.images.debian import ImageError, configured_archive, release_of
from dev.images.wheel import build_wheel
from promoter.cli import guarded
from promoter.common.errors import ProgramMissing
from promoter.common.progress import Silent
from promoter.toolchain.cache import Cache

DEB822 = """\
# https://old.example/debian
Types: deb
URIs: https://mirror.example/debian
Suites: bookworm
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sources.list", "deb https://mirror.example/debian bookworm main\n"),
        ("sources.list.d/debian.list", "deb [arch=amd64] https://mirror.example/debian/ x main\n"),
        ("sources.list.d/debian.sources", DEB822),
    ],
)
def test_the_archive_is_the_one_that_apt_uses(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content)
    assert configured_archive(tmp_path) == "https://mirror.example/debian"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sources.list", "# deb https://mirror.example/debian bookworm main\n"),
        ("sources.list", "deb https://mirror.example/debian-security x main\n"),
        ("sources.list.d/debian.sources.off", DEB822),
    ],
)
def test_without_an_archive_in_apt_s_sources_one_must_be_named(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content)
    with pytest.raises(ImageError, match="find Debian's archive: no source in") as raised:
        configured_archive(tmp_path)
    assert raised.value.next_step == "name one with --archive"


def test_a_release_is_its_bytes_and_their_date() -> None:
    content = b"Suite: oldstable\nDate: Sat, 11 Jan 2025 10:16:37 UTC\n"
    found = release_of(content)
    assert found.epoch == 1_736_590_597
    assert release_of(content + b"\n").digest != found.digest


def test_a_file_without_a_date_is_no_release() -> None:
    with pytest.raises(ImageError, match="it has no Date"):
        release_of(b"<html>welcome</html>")


@pytest.mark.parametrize(("user", "reason"), [(1000, "only root can"), (0, "debootstrap is not")])
def test_a_missing_requirement_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, reason: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match=reason) as raised:
        debian.debian(Cache(tmp_path), Silent())
    assert "debootstrap" in raised.value.next_step


def test_an_unreachable_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="InRelease"):
        debian.current_release("http://127.0.0.1:1/debian", "bookworm")


def test_a_folder_without_devices_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "debootstrap").write_text("#!/bin/sh\n")
    (tmp_path / "debootstrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "mknod", refused)
    assert debian.unmet(tmp_path / "cache") == f"{tmp_path}/cache cannot have device nodes"


def test_the_command_fails_with_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(debian, "unmet", lambda folder: "")
    arguments = ["--archive", "http://127.0.0.1:1/debian/", "--output", str(tmp_path / "out")]
    assert guarded(lambda: main(arguments)) == 1
    message = capsys.readouterr().err
    assert "error: read bookworm/InRelease" in message
    assert "next:  check that apt-get update works" in message
    assert not (tmp_path / "out").exists()


def test_the_same_files_are_the_same_wheel(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = build_wheel(tmp_path / "one"), build_wheel(tmp_path / "two")
    assert one.digest == two.digest


def test_a_root_keeps_nothing_of_the_machine(tmp_path: Path) -> None:
    for name in (*debian._EMPTIED, "etc/apt", "usr/share/doc/git"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    (tmp_path / "var/log/bootstrap.log").write_text("when")
    (tmp_path / "etc/hostname").write_text("here")
    (tmp_path / "usr/share/doc/git/README").write_text("long")
    (tmp_path / "usr/share/doc/git/copyright").write_text("GPL-2")
    debian._strip(tmp_path)
    left = [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_size]
    assert left == [tmp_path / "usr/share/doc/git/copyright"]
