"""A deploy that could not be recorded is refused before anything is applied."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError
from promoter.common.progress import Silent
from promoter.deploy import preflight
from promoter.deploy.preflight import processes_below, require_recordable
from promoter.git import Git
from promoter.release.cog import read_cog
from promoter.release.version import next_version
from promoter.site.site import Site
from promoter.synthesis.stack import Target, stack_folder
from tests.site.repository import site

__all__ = ["site"]

_SLEEPER = "import time; time.sleep(60)"


def require(site: Site, local: Path) -> None:
    require_recordable(site, Target(local, None), "qa", Silent())


def test_a_usual_clone_can_record(site: Site, tmp_path: Path) -> None:
    require(site, tmp_path / ".local")


def test_git_without_an_identity(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nobody").write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "nobody"))
    with pytest.raises(PromoterError, match="no name and mail") as refused:
        require(site, tmp_path / ".local")
    assert "user.name" in refused.value.next_step
    # Enough to commit with, it seems; but a record has a committer, too.
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "ann@bank.example")
    with pytest.raises(PromoterError, match="no name and mail"):
        require(site, tmp_path / ".local")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Ann")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "ann@bank.example")
    require(site, tmp_path / ".local")


@pytest.mark.parametrize("setting", ["remote.origin.pushurl", "url.{other}.pushInsteadOf"])
def test_a_remote_that_pushes_elsewhere(site: Site, tmp_path: Path, setting: str) -> None:
    fetched = site.git.text("remote", "get-url", "origin")
    value = fetched if "{other}" in setting else str(tmp_path / "fork.git")
    site.git.text("config", setting.format(other=tmp_path / "fork.git"), value)
    with pytest.raises(PromoterError, match=r"pushed to .*fork\.git"):
        require(site, tmp_path / ".local")


def test_a_shallow_clone_neither_deploys_nor_finds_a_version(site: Site, tmp_path: Path) -> None:
    uri = site.git.text("remote", "get-url", "origin")
    Git(tmp_path).text("clone", "-q", "--depth", "1", f"file://{uri}", "shallow")
    shallow = Site.of(tmp_path / "shallow")
    with pytest.raises(PromoterError, match="a shallow clone") as refused:
        require(shallow, tmp_path / ".local")
    assert refused.value.next_step == "git fetch --unshallow --tags"
    with pytest.raises(PromoterError, match=r"find the next version: .* a shallow clone"):
        next_version(shallow.git, "HEAD", read_cog(Git(Path(__file__).parents[2]), "HEAD"))


@pytest.mark.parametrize("folder", [".local", ".local/state", ".local/work"])
def test_a_folder_that_is_a_file(site: Site, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).parent.mkdir(exist_ok=True)
    (tmp_path / folder).write_text("")
    with pytest.raises(PromoterError, match=f"{folder}.* cannot be written"):
        require(site, tmp_path / ".local")


def test_a_full_disk(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 30, 1 << 30, 5 << 20))
    with pytest.raises(PromoterError, match="5 MB are free"):
        require(site, tmp_path / ".local")


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a killed deploy: in the folder of its stack, without a terminal."""
    folder = tmp_path / ".local" / "work" / "qa" / "cdktf.out"
    folder.mkdir(parents=True)
    command = [sys.executable, "-c", _SLEEPER]
    with subprocess.Popen(command, cwd=folder, start_new_session=True) as process:
        yield process
        process.kill()


def test_an_ungated_deploy_and_helm_leave_processes_that_are_found(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed with -9, it leaves a program in the folder of its stack in the checkout."""
    folder, began = stack_folder(site.git.dir, "qa"), tmp_path / "began"
    folder.mkdir(parents=True)
    helm = tmp_path / "helm"
    helm.write_text(f"#!/bin/sh\ntouch {began}\nexec sleep 60\n")
    helm.chmod(0o755)
    code = (
        "from pathlib import Path; from promoter.programs.helm import Helm; "
        f"Helm(Path({str(helm)!r}), None, Path({str(folder)!r})).history('app', 'space')"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        while not began.exists():
            time.sleep(0.02)
        process.kill()
    (orphan,) = processes_below(folder)
    try:
        monkeypatch.setattr(preflight, "_WAIT_SECONDS", 0.1)
        with pytest.raises(PromoterError, match=f"process {orphan} .* still applying"):
            require(site, tmp_path / ".local")
    finally:
        os.kill(orphan, signal.SIGKILL)


def test_what_a_killed_deploy_left_applying_is_waited_for(
    site: Site,
    tmp_path: Path,
    orphan: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path / ".local" / "work" / "qa"
    assert list(processes_below(place)) == [orphan.pid]
    assert list(processes_below(place.with_name("q"))) == []
    monkeypatch.setattr(preflight, "_WAIT_SECONDS", 0.2)
    with pytest.raises(PromoterError, match=f"process {orphan.pid} .* still applying") as waited:
        require(site, tmp_path / ".local")
    assert waited.value.next_step.startswith(f"kill -INT {orphan.pid}")
    monkeypatch.setattr(preflight, "_WAIT_SECONDS", 60.0)
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.6; kill -KILL {orphan.pid}"])
    began = time.monotonic()
    require(site, tmp_path / ".local")
    assert time.monotonic() - began > 0.4
    killer.wait()
