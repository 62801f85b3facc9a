"""`make demo` where nothing is built yet, and where it cannot start."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.toolchain.fake_programs import fake

ROOT = Path(__file__).parents[2]
# Compiles one package of many, and never ends.
ENDLESS = (
    '[ "$1" = list ] && { yes some/package | head -100; exit; }; echo some/package; exec sleep 600'
)
HOLD = "import sys; from pathlib import Path; from dev.demo import only_one\n"
HOLD += "with only_one(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def path_without_go() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(each for each in folders if not Path(each, "go").exists())


def demo(root: Path, folder: Path, variables: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dev.demo", "--folder", str(folder)],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def empty_cache(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.slow
def test_steps_run_while_programs_are_built(tmp_path: Path, empty_cache: dict[str, str]) -> None:
    """In a clone without history, in a folder with spaces; interrupted, nothing is left."""
    clone = tmp_path / "a clone with spaces"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", str(clone)], check=True
    )
    bin_ = tmp_path / "bin"
    fake(bin_, "go", f"echo $$ >>'{tmp_path}/pids'; {ENDLESS}")
    path = {"PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    lines: list[str] = []
    with demo(clone, clone / ".local" / "demo", {**empty_cache, **path}) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "which another process creates" in line:
                process.send_signal(signal.SIGTERM)
    output = "".join(lines)
    assert process.returncode == 128 + signal.SIGTERM, output
    assert "0.1.0-rc.1" in output  # `promoter version next`, which needs no program
    waiting = r"wait for registry, crane, which another process creates \.\.\. .* s: "
    waiting += r"left registry, crane, cosign, .*about"
    assert re.search(rf"{waiting} \d+ min \(1 of 100 packages\)", output), output
    for pid in (tmp_path / "pids").read_text().split():
        assert not Path(f"/proc/{pid}").exists()


def test_without_go_one_error_says_what_to_install(
    tmp_path: Path, empty_cache: dict[str, str]
) -> None:
    if shutil.which("go", path=path_without_go()):
        pytest.skip("every folder of PATH with a Go compiler is needed")
    with demo(ROOT, tmp_path / "demo", {**empty_cache, "PATH": path_without_go()}) as process:
        output = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    last = output.strip().splitlines()[-2:]
    assert re.match(r"error: build 1\d programs: there is no Go compiler on PATH", last[0]), output
    assert last[1].startswith("next:  install Go >= 1.")


def test_a_second_demo_is_refused_and_names_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-c", HOLD, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with demo(ROOT, folder, {}) as second:
            output = second.communicate(timeout=60)[0]
        assert second.returncode == 1
        assert output.startswith(f"error: start in {folder}: process {first.pid} is at work there")
        first.communicate("", timeout=60)
    assert not folder.exists()
