"""One embedded platform for all tests of a run, shared by pytest-xdist's workers.

A test uses the fixture `platform`; it works in a namespace of its own and leaves the parts
alone. Each worker has a keeper process (this module, run as a program) that counts itself
among the users, brings the platform up, and waits for its worker to close a pipe or to die:
so the last one always brings it down, however the tests ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from promoter.common.progress import Silent
from promoter.platform import Platform
from promoter.toolchain import Toolchain

ROOT = Path(__file__).parent.parent


def toolchain() -> Toolchain:
    """Return the repository's own toolchain, with the cache of the user who runs the tests."""
    return Toolchain(ROOT)


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the platform's folder: the same one for every worker of a run."""
    base = factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return run / "shared-platform"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform that is up; `Platform.require` returns its kubeconfig and registry."""
    folder = shared_folder(tmp_path_factory)
    keeper = subprocess.Popen(
        [sys.executable, "-m", __name__, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for the tests; the keeper ends when they have.
        start_new_session=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    with keeper, keeper.stdin:
        message = keeper.stdout.readline().strip()
        if message != "up":
            raise RuntimeError(f"the shared platform did not start: {message or 'see above'}")
        yield Platform(folder, toolchain())


def kubectl(platform: Platform, *arguments: str, stdin: str = "") -> str:
    """Return the output of kubectl on the platform's cluster; fail the test if kubectl fails."""
    done = subprocess.run(
        [
            platform.toolchain.program("kubectl"),
            f"--kubeconfig={platform.require().kubeconfig}",
            *arguments,
        ],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
    return done.stdout


@pytest.fixture
def namespace(platform: Platform) -> Iterator[str]:
    """A namespace of the test's own on the shared platform, deleted after it."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    kubectl(platform, "create", "namespace", name)
    yield name
    kubectl(platform, "delete", "namespace", name, "--wait=false")


def _keep(folder: Path) -> None:
    platform = Platform(folder, toolchain())
    users = folder.with_suffix(".users")
    lock = FileLock(folder.with_suffix(".lock"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = os.getpid()
    with lock:
        _write(users, [*_read(users), own])
    try:
        platform.up(Silent())
        sys.stdout.write("up\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        with lock:
            left = [user for user in _read(users) if user != own and _alive(user)]
            _write(users, left)
            if not left:
                platform.down()


def _read(users: Path) -> list[int]:
    return list(json.loads(users.read_text())) if users.exists() else []


def _alive(pid: int) -> bool:
    """Return True if a keeper still runs: a killed one must not keep the platform up."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _write(users: Path, pids: list[int]) -> None:
    users.write_text(json.dumps(pids))


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
