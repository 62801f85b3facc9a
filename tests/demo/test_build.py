"""The programs that the demo builds meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev.build import Build
from tests.toolchain.fake_programs import fake, wait_until

ROOT = Path(__file__).parents[2]


def test_the_provider_is_built_at_the_same_time_as_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = tmp_path / "builds"
    script = f'[ $1 = list ] && exit\nprintf "%s %s\\n" "${{PWD##*/}}" "$$" >>{builds}\n'
    fake(tmp_path / "bin", "go", f"{script}exec sleep 600")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    build = Build(ROOT, print)
    try:
        wait_until(lambda: builds.is_file() and len(builds.read_text().splitlines()) == 2)
    finally:
        build.stop()
    folders, pids = zip(*map(str.split, builds.read_text().splitlines()), strict=True)
    assert set(folders) == {"programs", "terraform-provider-helm"}
    assert not any(Path("/proc", pid).exists() for pid in pids)
