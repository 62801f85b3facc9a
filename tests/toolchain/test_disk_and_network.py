"""A disk that is full or cannot be written to, and no network: one clear message each."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.toolchain import BuildFailed, Toolchain
from promoter.toolchain.build import build_environment
from tests.toolchain.fake_programs import BUILD

ROOT = Path(__file__).parents[2]
CAUGHT = (
    BUILD.replace('print(toolchain.built("etcd"), flush=True)', "")
    + """
from promoter.common.errors import PromoterError
try:
    toolchain.built("etcd")
except PromoterError as error:
    print(f"error: {error}\\nnext: {error.next_step}")
    print("left:", [str(path) for path in Path(sys.argv[2]).glob("programs/*/*")])
"""
)


def small_disk(folder: Path, script: str, *arguments: str, size: str) -> str:
    """Return the output of a Python script that runs with a disk of ``size`` at ``folder``."""
    isolated = ["unshare", "-rm"]
    if subprocess.run([*isolated, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespace of one's own (unshare -rm): a disk cannot be made small here")
    folder.mkdir()
    mount = f'mount -t tmpfs -o {size} none "$1" && shift && exec "$@"'
    done = subprocess.run(
        [
            "unshare",
            "-rm",
            "sh",
            "-c",
            mount,
            "sh",
            folder,
            sys.executable,
            "-c",
            script,
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_disk_that_fills_while_building_is_named(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = tmp_path / "disk"
    monkeypatch.setenv("XDG_CACHE_HOME", str(disk))
    output = small_disk(disk, CAUGHT, str(tree), str(disk / "promoter"), size="size=400k")
    # Whichever writes first: Go, or we about its progress.
    ours, go = "write to the cache .*: No space left on device", "build etcd .*: the disk is full"
    assert re.search(rf"(?m)^error: ({ours}|{go})", output), output
    assert re.search(r"(?m)^next: .*(free some space|what was compiled is kept)", output)
    assert "left: []" in output


def test_a_disk_that_is_full_or_read_only_from_the_beginning_is_named(
    tree: Path, tmp_path: Path
) -> None:
    for number, (size, cause) in enumerate(
        (("size=4k,nr_inodes=2", "No space left on device"), ("ro", "Read-only file system"))
    ):
        disk = tmp_path / f"disk{number}"
        output = small_disk(disk, CAUGHT, str(tree), str(disk / "promoter"), size=size)
        assert f"error: write to the cache {disk}/promoter: {cause}\n" in output
        assert "next: make it writable and free some space" in output


def test_without_a_network_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    with pytest.raises(BuildFailed) as error:
        Toolchain(ROOT, cache=tmp_path / "cache").built("registry")
    assert re.match(
        r"download the modules of programs: exit code 1: no network \(.*GOPROXY=off.*\)$",
        str(error.value),
    )
    assert "what was downloaded is kept" in error.value.next_step
    assert "go env GOPROXY" in error.value.next_step


def test_without_a_home_that_can_be_written_other_caches_are_in_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    ours = {"GOMODCACHE", "npm_config_cache"}
    for name in ours:
        monkeypatch.delenv(name, raising=False)
    assert not ours & {*build_environment()}
    monkeypatch.setenv("HOME", "/proc/self")
    variables = build_environment()
    assert all(Path(variables[name]).is_relative_to(tmp_path / "promoter") for name in ours)
    monkeypatch.setenv("GOMODCACHE", "/modules")
    assert build_environment()["GOMODCACHE"] == "/modules"
